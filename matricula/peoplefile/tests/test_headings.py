"""Which column is what, in lists as programs and people of many countries write them."""

import pytest

from matricula.peoplefile.arrangement import arrange_columns
from matricula.peoplefile.columns import Role, meaning_of
from matricula.peoplefile.layout import Choices
from matricula.peoplefile.people import read_rows
from matricula.peoplefile.records import look

ANN = ("ann@x.example", "Ann Lee", ())
IN_CARE = ("ann@x.example", "Ann Lee", ("Customer care",))
NAMELESS = ("ann@x.example", "", ())
SHAPES = {
    "Entra, users downloaded": (
        "userPrincipalName,displayName,surname,mail,givenName,objectId,userType,jobTitle,department",
        "ann_x#EXT#@t.onmicrosoft.example,Ann Lee,Lee,ann@x.example,Ann,7f1,Member,Clerk,Sales",
        ANN,
    ),
    "Entra, users downloaded without mail": (
        "userPrincipalName,displayName,alternateEmailAddress",
        "ann@x.example,Ann Lee,",
        ANN,
    ),
    "Entra, bulk invitation": (
        "version:v1.0,,\nEmail address to invite [inviteeEmail] Required,Redirection url [inviteRedirectURL] "
        "Required,Customized invitation message [customizedMessageBody]",
        "ann@x.example,https://myapps.x.example,Hello",
        NAMELESS,
    ),
    "Entra, bulk creation": (
        "version:v1.0,,,\nName [displayName] Required,User name [userPrincipalName] Required,"
        "Initial password [passwordProfile] Required,Block sign in (Yes/No) [accountEnabled] Required",
        "Ann Lee,ann@x.example,Geheim-4711,No",
        ANN,
    ),
    "Google Workspace": (
        "First Name [Required],Last Name [Required],Email Address [Required],Password [Required],"
        "Password Hash Function [UPLOAD ONLY],Org Unit Path [Required],"
        "New Primary Email [UPLOAD ONLY],Recovery Email,Home "
        "Secondary Email,Work Secondary Email,Department",
        "Ann,Lee,ann@x.example,Geheim-4711,,/Sales,,,ann@home.example,,Sales",
        ANN,
    ),
    "Google Contacts": (
        "Name,Given Name,Family Name,E-mail 1 - Type,E-mail 1 - Value,E-mail 2 - Value",
        "Ann Lee,Ann,Lee,Work,ann@x.example,ann@home.example",
        ANN,
    ),
    "Okta": (
        "login,firstName,lastName,middleName,honorificPrefix,email,title,displayName,nickName",
        "ann@x.example,Ann,Lee,,,ann@x.example,Clerk,,Annie",
        ANN,
    ),
    "Workday": (
        "Employee ID,Worker,Legal Name - First Name,Legal Name - Last Name,Email - Primary Work,Cost Center",
        "7,Ann Lee,Ann,Lee,ann@x.example,CC1",
        ANN,
    ),
    "Workday, manager beside": (
        "Worker,Worker's Manager,Manager Work Email,Primary Work Email",
        "Ann Lee,Bo Boss,boss@x.example,ann@x.example",
        ANN,
    ),
    "BambooHR": (
        "Employee #,First Name,Last Name,Preferred Name,Work Email,Home Email,Supervisor,Supervisor Email",
        "7,Ann,Lee,Annie,ann@x.example,ann@home.example,Bo Boss,boss@x.example",
        ANN,
    ),
    "SuccessFactors": (
        "STATUS,USERID,USERNAME,FIRSTNAME,LASTNAME,MI,GENDER,EMAIL,MANAGER,HR,DEPARTMENT",
        "active,7,alee,Ann,Lee,,F,ann@x.example,8,9,Sales",
        ANN,
    ),
    "SuccessFactors, second line of labels": (
        "USER_ID,FIRST_NAME,LAST_NAME,BUSINESS_EMAIL,PERSONAL_EMAIL,MANAGER_EMAIL",
        "7,Ann,Lee,ann@x.example,ann@home.example,boss@x.example",
        ANN,
    ),
    "Personio": (
        "Vorname;Nachname;E-Mail;Vorgesetzter;E-Mail des Vorgesetzten",
        "Ann;Lee;ann@x.example;Bo;boss@x.example",
        ANN,
    ),
    "HiBob": ("First name,Last name,Email,Reports to email", "Ann,Lee,ann@x.example,boss@x.example", ANN),
    "Moodle": (
        "username,password,firstname,lastname,email,course1,group1,cohort1",
        "alee,Geheim-4711,Ann,Lee,ann@x.example,SAFE1,Customer care,2027",
        IN_CARE,
    ),
    "TalentLMS": (
        "Login;Firstname;Lastname;Email;Group;Group",
        "alee;Ann;Lee;ann@x.example;Customer care;Grid",
        ("ann@x.example", "Ann Lee", ("Customer care", "Grid")),
    ),
    "Canvas, users": (
        "user_id,login_id,authentication_provider_id,password,first_name,last_name,short_name,email,status",
        "u7,alee,,Geheim-4711,Ann,Lee,Annie,ann@x.example,active",
        ANN,
    ),
    "Canvas, full name": (
        "user_id,login_id,full_name,sortable_name,email,declared_user_type",
        "u7,alee,Ann Lee,Lee Ann,ann@x.example,student",
        ANN,
    ),
    "Outlook contacts": (
        "Title,First Name,Middle Name,Last Name,Company,E-mail Address,E-mail Type,E-mail Display Name,"
        "E-mail 2 Address,Manager's Name,Assistant's Name",
        "Ms,Ann,Q,Lee,X,ann@x.example,SMTP,Ann Lee (ann@x.example),ann@home.example,Bo Boss,Cy",
        ANN,
    ),
    "Exchange": (
        "DisplayName,PrimarySmtpAddress,Alias,EmailAddresses_note",
        "Ann Lee,ann@x.example,alee,",
        ANN,
    ),
    "Active Directory": ("cn,givenName,sn,mail,manager", "Ann Lee,Ann,Lee,ann@x.example,CN=Bo", ANN),
    "Slack members": (
        "username,email,status,billing-active,fullname,displayname",
        "alee,ann@x.example,Member,1,Ann Lee,annie",
        ANN,
    ),
    "Zoom": ("Email,First Name,Last Name,User Group", "ann@x.example,Ann,Lee,Customer care", IN_CARE),
    "Eventbrite": (
        "Order #,First Name,Last Name,Email,Buyer Email,Ticket Type",
        "1,Ann,Lee,ann@x.example,buyer@x.example,Free",
        ANN,
    ),
    "SAP, German": (
        "Personalnummer;Nachname;Vorname;E-Mail (geschäftlich);E-Mail (privat);Führungskraft E-Mail",
        "7;Lee;Ann;ann@x.example;ann@home.example;boss@x.example",
        ANN,
    ),
    "with the manager's address first": (
        "Employee ID,Manager Email ID,Employee Email ID,Employee First Name",
        "7,boss@x.example,ann@x.example,Ann",
        ("ann@x.example", "Ann", ()),
    ),
    "in brackets what is required": (
        "first_name (required),last_name (required),email (required),Management Level",
        "Ann,Lee,ann@x.example,Director",
        ANN,
    ),
    "with asterisks": ("* E-Mail,*First Name:,Last name *", "ann@x.example,Ann,Lee", ANN),
    "with a company's name": ("Company Name,Contact Name,Email", "X Inc,Ann Lee,ann@x.example", ANN),
    "with a heading nobody knows": ("Kontakt;Gruppe;Name", "ann@x.example;Customer care;Ann Lee", IN_CARE),
    "with headings nobody knows": ("Wohin;Wer;Kst", "ann@x.example;Ann Lee;7", NAMELESS),
    "with a title and an address above": (
        "Staff list\nExported by hr@x.example on 2024-05-01\n\nNachname;Vorname;E-Mail;Gruppe",
        "Lee;Ann;ann@x.example;Customer care",
        IN_CARE,
    ),
    "with an address alone in a line above": (
        "Questions?;;;\nhr@x.example;;;\nNachname;Vorname;E-Mail;Gruppe",
        "Lee;Ann;ann@x.example;Customer care\nEk;Bo;bo@x.example;",
        IN_CARE,
    ),
    "with an empty full name": ("email,displayName,firstName,lastName", "ann@x.example,,Ann,Lee", ANN),
    "with a full name turned round": ("email,Name,Vorname,Nachname", 'ann@x.example,"Lee, Ann",Ann,Lee', ANN),
    "with a name that is the address": ("email,name", "ann@x.example,ann@x.example", NAMELESS),
    "of pandas": ("email,name", "ann@x.example,nan", NAMELESS),
    "of a database": ("email,first_name,last_name", "ann@x.example,NULL,NULL", NAMELESS),
    "with what a formula did not find": ("email,name,groups", "ann@x.example,#N/A,#REF!", NAMELESS),
    "with what a German formula did not find": ("E-Mail;Name", "ann@x.example;#NV", NAMELESS),
    "with a number called Employee": ("Employee,Email", "7,ann@x.example", NAMELESS),
    "with two equal columns": ("Email,E-mail,Name", "ann@x.example,ANN@x.example,Ann Lee", ANN),
    "with flags of e-mail": (
        "Email opt-in,Email verified,Email,Name",
        "yes,true,ann@x.example,Ann Lee",
        ANN,
    ),
    "with a postal address": ("Mailing address,Mail stop,Email,Name", "Oslo,4,ann@x.example,Ann Lee", ANN),
    "quoted line by line": ('"email,name,groups"', '"ann@x.example,""Ann Lee"",Customer care"', IN_CARE),
    "in one line": ("", "ann@x.example,bo@x.example,cy@x.example", NAMELESS),
    "French": ("Nom;Prénom;Adresse e-mail;Groupe", "Lee;Ann;ann@x.example;Customer care", IN_CARE),
    "French, for work": (
        "Nom;Prénom;Courriel personnel;Courriel professionnel;Courriel du responsable;Mot de passe",
        "Lee;Ann;ann@home.example;ann@x.example;boss@x.example;Geheim-4711",
        ANN,
    ),
    "Spanish": (
        "Nombre;Apellidos;Correo electrónico corporativo;Correo del jefe;Contraseña;Grupo",
        "Ann;Lee;ann@x.example;boss@x.example;Geheim-4711;Customer care",
        IN_CARE,
    ),
    "Portuguese": (
        "Nome;Sobrenome;E-mail;Grupo;Senha",
        "Ann;Lee;ann@x.example;Customer care;G-4711",
        IN_CARE,
    ),
    "Italian": (
        "Cognome;Nome;Posta elettronica;Gruppo;Email responsabile",
        "Lee;Ann;ann@x.example;Customer care;boss@x.example",
        IN_CARE,
    ),
    "Dutch": (
        "Voornaam;Achternaam;E-mailadres;Groep;E-mail leidinggevende",
        "Ann;Lee;ann@x.example;Customer care;boss@x.example",
        IN_CARE,
    ),
    "Swedish": (
        "Förnamn;Efternamn;E-postadress;Grupp;Chefens e-post;Lösenord",
        "Ann;Lee;ann@x.example;Customer care;boss@x.example;Geheim-4711",
        IN_CARE,
    ),
    "Danish": ("Fornavn;Efternavn;E-mail;Adgangskode", "Ann;Lee;ann@x.example;Geheim-4711", ANN),
    "Norwegian": ("Fornavn;Etternavn;E-post;Passord", "Ann;Lee;ann@x.example;Geheim-4711", ANN),
    "Finnish": (
        "Etunimi;Sukunimi;Sähköposti;Esihenkilön sähköposti;Ryhmä",
        "Ann;Lee;ann@x.example;;Customer care",
        IN_CARE,
    ),
    "Polish": (
        "Imię;Nazwisko;Adres e-mail;E-mail przełożonego;Grupa;Hasło",
        "Ann;Lee;ann@x.example;boss@x.example;Customer care;Geheim-4711",
        IN_CARE,
    ),
    "Czech": (
        "Jméno;Příjmení;E-mail;E-mail nadřízeného;Skupina;Heslo",
        "Ann;Lee;ann@x.example;boss@x.example;Customer care;Geheim-4711",
        IN_CARE,
    ),
    "Slovak": ("Meno;Priezvisko;E-mail;Skupina", "Ann;Lee;ann@x.example;Customer care", IN_CARE),
    "Hungarian": (
        "Vezetéknév;Keresztnév;E-mail cím;Csoport;Jelszó",
        "Lee;Ann;ann@x.example;Customer care;Geheim-4711",
        IN_CARE,
    ),
    "Romanian": ("Prenume;Nume;Adresă e-mail;Parolă", "Ann;Lee;ann@x.example;Geheim-4711", ANN),
    "Croatian": ("Ime;Prezime;E-pošta;Grupa;Lozinka", "Ann;Lee;ann@x.example;Customer care;G-4711", IN_CARE),
    "Slovenian": ("Ime;Priimek;E-pošta;Geslo", "Ann;Lee;ann@x.example;Geheim-4711", ANN),
    "Lithuanian": ("Vardas;Pavardė;El. paštas;Grupė", "Ann;Lee;ann@x.example;Customer care", IN_CARE),
    "Latvian": ("Vārds;Uzvārds;E-pasts;Parole", "Ann;Lee;ann@x.example;Geheim-4711", ANN),
    "Estonian": ("Eesnimi;Perekonnanimi;E-post;Parool", "Ann;Lee;ann@x.example;Geheim-4711", ANN),
    "Turkish": (
        "ADI;SOYADI;İŞ E-POSTASI;YÖNETİCİ E-POSTASI;GRUP;ŞİFRE",
        "Ann;Lee;ann@x.example;boss@x.example;Customer care;Geheim-4711",
        IN_CARE,
    ),
    "Greek": ("Όνομα;Επώνυμο;Ηλ. ταχυδρομείο;Ομάδα", "Ann;Lee;ann@x.example;Customer care", IN_CARE),
    "Russian": (
        "ФИО;Рабочая почта;Почта руководителя;Группа;Пароль",
        "Ann Lee;ann@x.example;boss@x.example;Customer care;Geheim-4711",
        IN_CARE,
    ),
    "Ukrainian": ("Ім’я;Прізвище;Електронна пошта;Група", "Ann;Lee;ann@x.example;Customer care", IN_CARE),
    "Bulgarian": ("Име;Фамилия;Имейл;Група;Парола", "Ann;Lee;ann@x.example;Customer care;G-4711", IN_CARE),
    "Hebrew": ('שם פרטי;שם משפחה;"דוא""ל";סיסמה', "Ann;Lee;ann@x.example;Geheim-4711", ANN),
    "Arabic": (
        "الاسم الأول;اسم العائلة;البريد الإلكتروني للعمل;البريد الإلكتروني للمدير;المجموعة;كلمة المرور",
        "Ann;Lee;ann@x.example;boss@x.example;Customer care;Geheim-4711",
        IN_CARE,
    ),
    "Persian": ("نام;نام خانوادگی;ایمیل;رمز عبور", "Ann;Lee;ann@x.example;Geheim-4711", ANN),
    "Hindi": ("पहला नाम;उपनाम;ईमेल;पासवर्ड", "Ann;Lee;ann@x.example;Geheim-4711", ANN),
    "Thai": ("ชื่อ-นามสกุล;อีเมล;กลุ่ม;รหัสผ่าน", "Ann Lee;ann@x.example;Customer care;G-4711", IN_CARE),
    "Vietnamese": (
        "Họ và tên;Thư điện tử;Nhóm;Mật khẩu",
        "Ann Lee;ann@x.example;Customer care;G-4711",
        IN_CARE,
    ),
    "Indonesian": (
        "Nama Lengkap;Alamat Email;Kelompok;Kata Sandi",
        "Ann Lee;ann@x.example;Customer care;G-4711",
        IN_CARE,
    ),
    "Catalan": (
        "Nom;Cognoms;Correu electrònic;Correo;Grup",
        "Ann;Lee;ann@x.example;ann@x.example;Customer care",
        IN_CARE,
    ),
    "Chinese": (
        "员工姓名,公司邮箱,经理邮箱,组,密码",
        "王伟,ann@x.example,boss@x.example,Customer care,Geheim-4711",
        ("ann@x.example", "王伟", ("Customer care",)),
    ),
    "Chinese, traditional": ("姓,名,電子郵件", "王,偉,ann@x.example", ("ann@x.example", "王偉", ())),
    "Japanese": (
        "氏名,メールアドレス,上司のメールアドレス,パスワード",
        "山田 花子,ann@x.example,boss@x.example,Geheim-4711",
        ("ann@x.example", "山田 花子", ()),
    ),
    "Korean": (
        "이름,회사 이메일,팀장 이메일,비밀번호",
        "김민수,ann@x.example,boss@x.example,Geheim-4711",
        ("ann@x.example", "김민수", ()),
    ),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_a1_a_list_as_it_really_comes_says_who_is_invited_under_which_name(file, shape):
    headings, rows, right = SHAPES[shape]
    ann, *_ = read_rows(file("\n".join(filter(None, [headings, rows])) + "\n"))
    assert (ann.address, ann.name, ann.groups, ann.fault) == (*right, "")
    assert not any("4711" in said for said in ann.note.values())


@pytest.mark.parametrize("shape", [shape for shape in SHAPES if "4711" in SHAPES[shape][1]])
def test_a_column_of_passwords_is_known_as_one_and_has_no_samples(file, shape):
    layout = look(file("\n".join(SHAPES[shape][:2]) + "\n"))
    secrets = layout.where(Role.SECRET)
    assert len(secrets) in (1, 2)
    assert "4711" not in str(layout.kept())


@pytest.mark.parametrize(
    "heading",
    [
        "Secretary", "Personalnummer", "Management Level", "User name", "nombre de usuario", "用户名",
        "Group ID", "Company Name",
        "Manager Name", "Emergency Contact Name", "Preferred Name", "Department", "Phone",
    ],
)  # fmt: skip
def test_what_is_no_word_of_ours_stays_a_note(heading):
    assert meaning_of(heading).role is Role.NOTE


def roles(*head):
    layout = arrange_columns([line.split(";") for line in head])
    return [column.role.value for column in layout.columns], layout.undecided, layout.possible


def test_two_columns_that_could_hold_the_address_are_a_question():
    asked = roles("Work e-mail;Company e-mail;Name", "ann@x.example;info@x.example;Ann")
    assert asked == (["note", "note", "name"], "tie", (0, 1))


def test_without_headings_two_columns_of_addresses_are_a_question():
    assert roles("ann@x.example;boss@x.example", "bo@x.example;boss@x.example")[1:] == ("tie", (0, 1))


def test_a_column_that_is_the_persons_other_address_is_not_chosen_before_one_nobody_knows():
    assert roles("Login;Recovery email", "ann@x.example;ann@home.example")[1] == "tie"
    assert roles("Login;Recovery email", "ann@x.example;")[0] == ["email", "note"]


def test_only_the_managers_address_is_a_question_and_no_answer():
    assert roles("Name;Manager e-mail", "Ann;boss@x.example") == (["name", "note"], "missing", ())


def test_a_column_of_digests_is_hidden_whatever_its_heading():
    digest = "$2b$12$abcdefghijklmnopqrstuv"
    assert roles("email;Zugang", f"ann@x.example;{digest}")[0] == ["email", "secret"]


def test_without_headings_what_looks_generated_is_no_group():
    assert roles("ann@x.example;Ann;Geheim-Pw1")[0] == ["email", "name", "secret"]
    assert roles("ann@x.example;7;Ann")[0] == ["email", "note", "name"]


def test_somebodys_choice_counts_and_what_was_found_besides_does_not(file):
    place = file("Work e-mail,Company e-mail,Who\nann@x.example,info@x.example,Ann\n")
    layout = look(place, Choices(columns={0: Role.EMAIL, 2: Role.FIRST}))
    (ann,) = read_rows(place, 1, layout)
    assert (ann.address, ann.name, ann.note) == ("ann@x.example", "Ann", {"Company e-mail": "info@x.example"})


def test_nobody_can_choose_to_read_a_column_of_passwords(file):
    place = file("email,Password\nann@x.example,Geheim-4711\n")
    layout = look(place, Choices(columns={1: Role.NOTE}))
    assert layout.columns[1].role is Role.SECRET


def test_what_is_out_of_place_beside_a_password_is_not_kept(file):
    text = "Name,email,Password,Floor\nAnn,ann@x.example,Geheim,4711,3\nBo,Geheim-4711\n"
    text += "Cy,cy@x.example,Geheim-4711,3\n"
    ann, bo, cy = read_rows(file(text))
    assert (ann.canonical, ann.note, ann.name) == ("ann@x.example", {}, "")
    assert (bo.address, bo.fault, bo.note) == ("", "bad_address", {})
    assert (cy.name, cy.note) == ("Cy", {"Floor": "3"})


def test_every_cell_of_a_single_line_of_addresses_is_a_person(file):
    rows = read_rows(file("ann@x.example,bo@x.example,cy@x.example\n"))
    assert [(row.line, row.address) for row in rows] == [
        (1, "ann@x.example"),
        (2, "bo@x.example"),
        (3, "cy@x.example"),
    ]


def test_a_name_that_programs_write_for_nothing_may_be_somebodys(file):
    rows = read_rows(file("email,name\nn@x.example,Nan\nj@x.example,Jennifer Null\nx@x.example,None\n"))
    assert [row.name for row in rows] == ["Nan", "Jennifer Null", ""]


def test_a_layout_survives_being_kept(file):
    layout = look(file("email,Password,Group,Group\nann@x.example,Geheim-4711,A,B\n"))
    assert type(layout).of(layout.kept()) == layout
    choices = Choices("windows-1251", ";", {1: Role.EMAIL})
    assert Choices.of(choices.kept()) == choices


LANGUAGES = {
    "en": "E-mail; Name; First name; Last name; Group; Course",
    "de": "E-Mail; Name; Vorname; Nachname; Gruppe; Kurs",
    "fr": "Courriel; Nom; Prénom; Nom de famille; Groupe; Cours",
    "es": "Correo electrónico; Nombre completo; Nombre de pila; Apellidos; Grupo; Curso",
    "pt": "E-mail; Nome completo; Primeiro nome; Sobrenome; Grupo; Curso",
    "it": "Posta elettronica; Nome e cognome; Nome di battesimo; Cognome; Gruppo; Corso",
    "nl": "E-mailadres; Naam; Voornaam; Achternaam; Groep; Cursus",
    "sv": "E-post; Namn; Förnamn; Efternamn; Grupp; Kurs",
    "da": "E-mail; Navn; Fornavn; Efternavn; Gruppe; Kursus",
    "nb": "E-post; Navn; Fornavn; Etternavn; Gruppe; Kurs",
    "fi": "Sähköposti; Nimi; Etunimi; Sukunimi; Ryhmä; Kurssi",
    "pl": "Adres e-mail; Imię i nazwisko; Imię; Nazwisko; Grupa; Kurs",
    "cs": "E-mail; Jméno a příjmení; Křestní jméno; Příjmení; Skupina; Kurz",
    "sk": "E-mail; Meno a priezvisko; Krstné meno; Priezvisko; Skupina; Kurz",
    "hu": "E-mail cím; Teljes név; Keresztnév; Vezetéknév; Csoport; Tanfolyam",
    "ro": "E-mail; Nume complet; Prenume; Nume de familie; Grup; Curs",
    "hr": "E-pošta; Ime i prezime; Ime; Prezime; Grupa; Tečaj",
    "sl": "E-pošta; Ime in priimek; Ime; Priimek; Skupina; Tečaj",
    "lt": "El. paštas; Vardas Pavardė; Vardas; Pavardė; Grupė; Kursas",
    "lv": "E-pasts; Vārds, uzvārds; Vārds; Uzvārds; Grupa; Kurss",
    "et": "E-post; Täisnimi; Eesnimi; Perekonnanimi; Rühm; Kursus",
    "tr": "E-posta; Ad Soyad; Ad; Soyad; Grup; Kurs",
    "el": "Ηλεκτρονικό ταχυδρομείο; Ονοματεπώνυμο; Μικρό όνομα; Επώνυμο; Ομάδα; Μάθημα",
    "ru": "Электронная почта; ФИО; Имя; Фамилия; Группа; Курс",
    "uk": "Електронна пошта; ПІБ; Ім'я; Прізвище; Група; Курс",
    "bg": "Имейл; Пълно име; Собствено име; Фамилия; Група; Курс",
    "sr": "Е-пошта; Име и презиме; Име; Презиме; Група; Курс",
    "he": "דואר אלקטרוני; שם מלא; שם פרטי; שם משפחה; קבוצה; קורס",
    "ar": "البريد الإلكتروني; الاسم الكامل; الاسم الأول; اسم العائلة; المجموعة; الدورة",
    "fa": "ایمیل; نام و نام خانوادگی; نام کوچک; نام خانوادگی; گروه; دوره",
    "hi": "ईमेल; पूरा नाम; पहला नाम; उपनाम; समूह; पाठ्यक्रम",
    "th": "อีเมล; ชื่อ-นามสกุล; ชื่อจริง; นามสกุล; กลุ่ม; หลักสูตร",
    "vi": "Thư điện tử; Họ và tên; Tên; Họ; Nhóm; Khóa học",
    "id": "Surel; Nama lengkap; Nama depan; Nama belakang; Kelompok; Pelatihan",
    "zh": "邮箱; 姓名; 名; 姓; 组; 课程",
    "zh-t": "電子郵件; 姓名; 名; 姓; 群組; 課程",
    "ja": "メールアドレス; 氏名; 名; 姓; グループ; コース",
    "ko": "이메일; 성명; 이름; 성; 그룹; 과정",
}
"""In each: e-mail; whole name; first name; last name; group; course."""


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_plain_words_of_many_languages_are_known(language):
    email, full, first, last, group, course = LANGUAGES[language].split("; ")
    whole = roles(f"{group};{full};{email};{course}", "Crew;Ann Lee;ann@x.example;safe")
    assert whole == (["groups", "name", "email", "courses"], "", ())
    parts = roles(f"{last};{first};{email}", "Lee;Ann;ann@x.example")
    assert parts == (["last", "first", "email"], "", ())


@pytest.mark.parametrize(
    "heading",
    [
        "Dienstmail",
        "Firmenmail",
        "Geschäftsmail",
        "Büromail",
        "Mail dienstl.",
        "Jobbmejl",
        "werkmail",
        "Mail pro",
    ],
)
def test_a_word_that_ends_in_mail_is_taken_apart(heading):
    assert meaning_of(heading)[:2] == (Role.EMAIL, 4)


@pytest.mark.parametrize("heading", ["Voicemail", "Mailing list", "Mailbox size", "Mail sent", "Airmail"])
def test_not_everything_with_mail_in_it_is_an_address(heading):
    assert meaning_of(heading).role is Role.NOTE
