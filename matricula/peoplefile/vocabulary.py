"""The words of headings in the languages of companies' lists. One dictionary per question, commas between.

Words are compared without case, accents and spaces. A new language is a few words in each line here.
"""

EMAIL = """
    email, mail, mejl, mejladress, e-mails, mails, Mailadresse, Mailadressen, email address, correo,
    courriel, adresse électronique, posta elettronica, poçta, e-posta, e-post, epost, e-postadress,
    sähköposti, e-pošta, elektronická pošta, elektronski naslov, poczta elektroniczna,
    adres elektroniczny, el. paštas,
    e-pasts, e-pasta, meiliaadress, imejl, имейл, мейл, емейл, эл. почта, электронная почта, почта,
    пошта, е-пошта, ηλεκτρονικό ταχυδρομείο, ηλεκτρονική διεύθυνση, ηλ. ταχυδρομείο, דואר אלקטרוני,
    דוא"ל, אימייל, מייל, البريد الإلكتروني, بريد إلكتروني, البريد, ایمیل, پست الکترونیک, ईमेल, ई-मेल,
    ইমেইল, อีเมล, อีเมล์, thư điện tử, surel, pos-el, 邮箱, 郵箱, 邮件, 郵件, 电邮, 電郵, メール, Eメール,
    이메일, 메일, 전자우편"""
"""Found anywhere in a heading."""

FULL = """
    full name, fullname, display name, complete name, name and surname, first and last name, first
    last, first name last name, last name first name, name surname, common name, person, participant,
    worker, employee, learner, student, attendee, contact, vollständiger Name, Vollname, ganzer Name, Vor- und
    Nachname, Vorname Nachname, Vorname und Nachname, Nachname Vorname, Name Vorname, Anzeigename,
    Mitarbeiter, Mitarbeiterin, Mitarbeitende, Teilnehmer, Teilnehmerin, nombre completo, nombre y
    apellido, nombre y apellidos, nombres y apellidos, apellidos y nombre, apellidos nombre, nom
    complet, nom et prénom, nom prénom, prénom et nom, prénom nom, nom affiché, nome completo, nome e
    cognome, cognome e nome, nominativo, nome e sobrenome, nome e apelido, volledige naam,
    weergavenaam, naam medewerker, voor- en achternaam, fullständigt namn, för- och efternamn, fulde
    navn, for- og efternavn, fullt navn, for- og etternavn, koko nimi, etu- ja sukunimi, imię i
    nazwisko, nazwisko i imię, jméno a příjmení, celé jméno, příjmení a jméno, meno a priezvisko, celé
    meno, teljes név, nume complet, nume și prenume, nume prenume, ime i prezime, ime in priimek,
    vardas pavardė, vardas ir pavardė, vārds uzvārds, vārds un uzvārds, täisnimi, ees- ja
    perekonnanimi, ad soyad, adı soyadı, ad ve soyad, isim soyisim, ονοματεπώνυμο, πλήρες όνομα, ФИО,
    полное имя, имя и фамилия, фамилия и имя, фамилия имя отчество, повне ім'я, ПІБ, прізвище та ім'я,
    пълно име, име и фамилия, име и презиме, שם מלא, الاسم الكامل, الإسم الكامل, نام و نام خانوادگی,
    पूरा नाम, पूर्ण नाम, ชื่อ-นามสกุล, ชื่อเต็ม, ชื่อ นามสกุล, họ và tên, họ tên, nama lengkap, nama penuh, nom i
    cognoms, 姓名, 全名, 氏名, 成员姓名, 성명, 성함, フルネーム, お名前"""
NAME = """
    name, names, Nombre, Nombres, nom, nome, naam, namn, navn, nimi, nazwa, jméno, meno, név, nume,
    ime, vardas, vārds, ad, adı, isim, όνομα, имя, ім'я, име, שם, الاسم, اسم, الإسم, نام, नाम, ชื่อ, tên,
    nama, 名字, 名前, 이름"""
"""The whole name, or the part of it that no other column holds."""

FIRST = """
    first name, firstname, given name, given names, forename, first names, first, given, Vorname,
    Vornamen, Rufname, nombre de pila, primer nombre, prénom, prénoms, primeiro nome, nome próprio,
    nome di battesimo, voornaam, roepnaam, förnamn, tilltalsnamn, fornavn, etunimi, imię, křestní
    jméno, křestné meno, krstné meno, keresztnév, utónév, prenume, vorname, eesnimi, ilk ad, ilk isim,
    μικρό όνομα, личное имя, собствено име, שם פרטי, الاسم الأول, الإسم الأول, نام کوچک, पहला नाम, प्रथम
    नाम, ชื่อจริง, tên gọi, nama depan, nama pertama, 名, 下の名前"""
LAST = """
    last name, lastname, surname, family name, second name, sn, last, family, Nachname, Familienname,
    Zuname, Apellido, Apellidos, primer apellido, nom de famille, cognome, cognomi, sobrenome, apelido,
    último nome, achternaam, familienaam, efternamn, efternavn, etternavn, sukunimi, nazwisko,
    příjmení, priezvisko, vezetéknév, családnév, nume de familie, prezime, priimek, pavardė, uzvārds,
    perekonnanimi, perenimi, soyad, soyadı, soyisim, επώνυμο, επίθετο, фамилия, прізвище, фамилно име,
    שם משפחה, اسم العائلة, الاسم الأخير, اللقب, نام خانوادگی, उपनाम, अंतिम नाम, कुलनाम, นามสกุล, họ, nama
    belakang, nama keluarga, cognoms, 姓, 姓氏, 苗字, 성, презиме"""
GROUPS = """
    group, groups, group name, group names, Gruppe, Gruppen, Grupo, Grupos, groupe, groupes, gruppo,
    gruppi, groep, groepen, grupp, grupper, ryhmä, ryhmät, grupa, grupy, skupina, skupiny, csoport,
    csoportok, grupuri, skupine, grupė, grupės, grupas, rühm, rühmad, grup, gruplar, ομάδα, ομάδες,
    группа, группы, група, групи, קבוצה, קבוצות, مجموعة, المجموعة, المجموعات, گروه, समूह, กลุ่ม, nhóm,
    kelompok, kumpulan, grups, 组, 组别, 小组, 分组, 群组, 群組, 組, グループ, 그룹"""
COURSES = """
    course, courses, course id, course code, training, trainings, Schulung, Schulungen, Lehrgang,
    Lehrgänge, kurss, course name, course names, Kurs, Kurse, Curso, Cursos, cours, formation,
    formations, corso, corsi, cursus, cursussen, kurser, kursus, kurssi, kurssit, kursy, kurz, kurzy,
    tanfolyam, kurzus, cursuri, tečaj, tečaji, tečajevi, kursai, kursas, kursi, kursus, kursused,
    kurslar, μάθημα, μαθήματα, курс, курсы, курси, курсове, קורס, קורסים, דورة, دورة, الدورة, الدورات,
    دوره, पाठ्यक्रम, หลักสูตร, khóa học, pelatihan, curs, 课程, 課程, コース, 講座, 과정, 강좌, 코스"""

WORK = """
    work, dienstl, geschäftl, geschäfts, berufl, büro,
    business, company, corporate, office, primary, official, professional, main, organization,
    organisation, dienstlich, dienstliche, dienst, geschäftlich, geschäftliche, firmen, firma, arbeits,
    arbeit, beruflich, berufliche, betrieb, trabajo, corporativo, empresa, laboral, principal,
    professionnel, professionnelle, pro, travail, entreprise, lavoro, aziendale, trabalho,
    profissional, werk, zakelijk, zakelijke, arbete, jobb, arbejde, arbeid, arbeids, arbets, työ,
    firmowy, służbowy, pracovní, firemní, pracovný, firemný, munkahelyi, céges, serviciu, рабочая,
    рабочий, служебная, служебный, корпоративная, корпоративный, робоча, служебен, iş, kurumsal,
    εταιρικό, επαγγελματικό, עבודה, العمل, للعمل, công ty, perusahaan, 公司, 工作, 企业, 企業, 单位,
    会社, 社用, 仕事, 회사, 업무, 직장"""
PRIVATE = """
    private, personal, home, secondary, alternate, alternative, recovery, other, old, previous, former,
    backup, second, additional, new, fallback, privat, private, privates, persönlich, persönliche,
    zweite, privada, privado, particular, alternativo, alternativa, secundario, personnel, personnelle,
    perso, secondaire, privé, privato, personale, secondario, pessoal, secundário, privé-, persoonlijk,
    persoonlijke, prywatny, osobní, soukromý, súkromný, magán, personală, личная, личный, частная,
    особиста, личен, kişisel, özel, προσωπικό, אישי, פרטי, الشخصي, شخصي, cá nhân, pribadi, 个人, 個人,
    私人, 私用, 개인"""
OWN = """
    employee, employees, emp, user, users, learner, student, participant, member, person, persons,
    staff, attendee, invitee, invited, recipient, candidate, colleague, associate, worker, contact,
    legal, your, the, of, to, invite, be, id, address, addresses, adresse, adres, field, current,
    valid, and, s, Mitarbeiter, Mitarbeiterin, Mitarbeitende, Mitarbeiters, Teilnehmer, Teilnehmers,
    Benutzer, der, des, die, empleado, usuario, participante, alumno, del, de, dirección, employé,
    salarié, collaborateur, utilisateur, du, la, dipendente, utente, indirizzo, di, funcionário,
    colaborador, usuário, endereço, do, medewerker, deelnemer, pracownik, pracownika, zaměstnanec,
    zaměstnance, сотрудник, сотрудника, работник, адрес, адреса, çalışan, personel, adresi, osoite,
    adress, עובד, כתובת, الموظف, عنوان, địa chỉ, alamat, 员工, 員工, 社員, 用户, 地址, アドレス, 電子,
    电子, 직원, 주소, required, optional, mandatory, upload, only, req, pflichtfeld, pflicht,
    erforderlich, requerido, obligatorio, opcional, obligatoire, facultatif, requis, verplicht,
    obbligatorio, obrigatório, wymagane, povinné, обязательно, обязательное, zorunlu, gerekli, 必填,
    必須, 필수"""
"""Says nothing beyond that it is the person's own, or must be filled in."""

OTHERS = """
    manager, managers, mgr, supervisor, supervisors, boss, superior, approver, emergency, assistant,
    sponsor, owner, buddy, mentor, recruiter, instructor, teacher, trainer, coach, parent, guardian,
    mother, father, spouse, partner, hrbp, referrer, created, updated, sender, from, by, cc, bcc,
    admin, administrator, reports, reporting, lead, leader, teamlead, head, Vorgesetzte, Vorgesetzter,
    Vorgesetzten, Führungskraft, Leiter, Leiterin, Teamleiter, Teamleitung, Abteilungsleiter, Leitung,
    Chef, Chefin, Notfall, Ansprechpartner, jefe, jefa, gerente, gestor, responsable, supervisora,
    emergencia, supérieur, urgence, gestionnaire, capo, responsabile, responsável, supervisore,
    emergenza, leidinggevende, noodgeval, chefens, chefs, närmaste, sjef, leder, nærmeste, esimies,
    esihenkilö, przełożony, przełożonego, kierownik, kierownika, menedżer, menedżera, nadřízený,
    nadřízeného, vedoucí, manažer, manažera, nadriadený, vedúci, vezető, felettes, șef, șeful,
    superiorul, vadovas, vadovo, vadītājs, juht, ülemus, nadređeni, nadrejeni, vodja, yönetici,
    yöneticisi, müdür, amir, προϊστάμενος, προϊσταμένου, διευθυντής, руководитель, руководителя,
    начальник, начальника, менеджер, менеджера, керівник, керівника, ръководител, мениджър, מנהל,
    מנהלת, מנהל ישיר, المدير, مدير, للمدير, المشرف, المشرفة, مدیر, प्रबंधक, ผู้จัดการ, หัวหน้า, quản lý,
    manajer, atasan, penyelia, 经理, 經理, 主管, 上级, 上級, 上司, 领导, 管理者, マネージャー, 관리자,
    상사, 매니저, 팀장"""
"""Whoever is meant, it is not the person the line is about."""

LOGIN = """
    username, user name, login, login name, login id, user id, Benutzername, Anmeldename, nombre de
    usuario, nom d'utilisateur, identifiant, nome utente, nome de usuário, gebruikersnaam,
    användarnamn, brugernavn, brukernavn, käyttäjätunnus, nazwa użytkownika, uživatelské jméno,
    kullanıcı adı, имя пользователя, логин, שם משתמש, اسم المستخدم, 用户名, 用戶名, ユーザー名,
    ユーザ名, 사용자 이름, 사용자명"""
"""No name to greet anybody by."""

ABOUT = """
    voice, snail, air,
    type, display, name, status, verified, confirmed, sent, send, opt, optin, optout, subscribed,
    format, domain, signature, provider, count, language, template, subject, body, message, marketing,
    notification, notifications, frequency, consent, newsletter, permission, date, time, last,
    nickname, stop, code, station, room, mailing, postal, merge, thread, list, enabled, allowed,
    bounced, alias, aliases, typ, gesendet, bestätigt, versand, anzeigename, enviado, tipo, envoyé,
    inviata, verificato"""
"""A matter of e-mail, but no address."""

SECRETS = """
    password, passwords, passwort, passwörter, kennwort, passwd, pwd, pass, passphrase, passcode,
    contraseña, clave, mot de passe, mdp, senha, palavra-passe, wachtwoord, lösenord, adgangskode,
    kodeord, passord, salasana, hasło, heslo, jelszó, parolă, parola, lozinka, geslo, šifra,
    slaptažodis, parole, parool, şifre, κωδικός, κωδικός πρόσβασης, пароль, парола, лозинка, סיסמה,
    סיסמא, كلمة السر, كلمة المرور, الرقم السري, رمز عبور, گذرواژه, पासवर्ड, কূটশব্দ, পাসওয়ার্ড, รหัสผ่าน, mật
    khẩu, kata sandi, kata laluan, contrasenya, 密码, 密碼, 口令, パスワード, 暗証番号, 비밀번호, 암호,
    password hash function, pin, pincode, otp, totp, mfa, secret, secrets, token, tokens, api key,
    apikey, private key, secret key, access key, credential, credentials, security answer, security
    question, sicherheitsfrage, recovery code, recovery codes, hash, salt, ssn, social security, social
    security number, national id, iban, bank account, kontonummer, credit card, card number, cvv, cvc"""
"""What is neither shown nor kept."""
