"""Files of programs that write eight bits a letter and do not say which: the letters themselves tell."""

import pytest

from matricula.peoplefile.encodings import EIGHT_BITS, Encoding, encoding_named
from matricula.peoplefile.layout import Choices
from matricula.peoplefile.people import read_rows
from matricula.peoplefile.records import look

FILES = {
    ("windows-1252", "German"): ("Name;E-Mail", ["Jörg Müller", "Zoë Übermut"]),
    ("windows-1252", "one umlaut"): ("name;email", ["Jörg"]),
    ("windows-1252", "French"): ("Prénom;Email", ["Élodie", "René"]),
    ("windows-1252", "Spanish"): ("nombre;correo", ["José Núñez"]),
    ("windows-1252", "Danish"): ("Navn;E-mail", ["Søren Kjær", "Åse Ødegård"]),
    ("windows-1252", "Icelandic"): ("Name;E-mail", ["Þóra Guðmundsdóttir"]),
    ("windows-1252", "an apostrophe of Word"): ("Name;E-mail", ["Sean O’Brien"]),
    ("windows-1254", "Turkish"): ("Name;E-mail", ["Ayşe İğdır"]),
    ("windows-1254", "Turkish throughout"): ("Ad Soyad;E-posta", ["Gökhan Yılmaz", "Özgür Şahin"]),
    ("windows-1250", "Czech"): ("Jméno;E-mail", ["Jiří Dvořák"]),
    ("windows-1250", "Polish"): ("Imię;E-mail", ["Łukasz Wójcik", "Małgorzata Żak"]),
    ("windows-1250", "Hungarian"): ("Név;E-mail", ["Kovács Győző"]),
    ("windows-1251", "Russian"): ("Имя;E-mail", ["Иван Петров", "Ольга Чехова"]),
    ("windows-1251", "Bulgarian"): ("Име;E-mail", ["Георги"]),
    ("koi8-r", "Russian of Unix"): ("Имя;E-mail", ["Иван Петров"]),
    ("ibm866", "Russian of DOS"): ("Имя;E-mail", ["Иван Петров"]),
    ("windows-1253", "Greek"): ("Όνομα;Email", ["Γιώργος Παπαδόπουλος"]),
    ("windows-1255", "Hebrew"): ("Name;E-mail", ["דוד כהן"]),
    ("windows-1256", "Arabic"): ("الاسم;Email", ["محمد علي"]),
    ("windows-1257", "Lithuanian"): ("Vardas;El. paštas", ["Živilė Čepaitė"]),
    ("windows-874", "Thai"): ("ชื่อ;อีเมล", ["สมชาย ใจดี"]),
    ("shift_jis", "Japanese"): ("氏名;メールアドレス", ["小野 明", "表 太郎", "山田 花子"]),
    ("euc-jp", "Japanese of Unix"): ("名前;メール", ["山田 花子"]),
    ("euc-kr", "Korean"): ("이름;email", ["김민수", "이영희"]),
    ("gb18030", "Chinese"): ("姓名;邮箱", ["王伟", "李娜"]),
    ("big5", "Chinese, traditional"): ("姓名;電子郵件", ["王偉", "陳美玲"]),
    ("macintosh", "of a Mac"): ("name;email", ["Jörg Müller", "Zoë Ångström"]),
    ("ibm850", "of DOS"): ("Name;E-Mail", ["Jörg Müller"]),
}


def written(encoding, heading, names):
    lines = [heading, *(f"{name};p{at}@x.example" for at, name in enumerate(names))]
    return "\r\n".join([*lines, ""]).encode(Encoding(encoding).codec)


@pytest.mark.parametrize(("encoding", "language"), FILES)
def test_names_are_read_in_the_alphabet_they_were_written_in(file, encoding, language):
    heading, names = FILES[encoding, language]
    place = file(written(encoding, heading, names))
    layout = look(place)
    assert (layout.encoding, layout.guessed) == (encoding, True)
    assert [row.name for row in read_rows(place, 1, layout)] == names


def test_unicode_is_no_guess(file):
    assert look(file("Name;E-Mail\nЯн;y@x.example\n")).guessed is False
    assert look(file("Name;E-Mail\nJan;j@x.example\n".encode("utf-16"))).guessed is False


def test_the_first_samples_are_those_that_show_the_alphabet(file):
    layout = look(file("Name;E-Mail\nAnn;a@x.example\nBo;b@x.example\nCy;c@x.example\nJörg;j@x.example\n"))
    assert layout.columns[0].samples == ("Jörg", "Ann", "Bo")


@pytest.mark.parametrize("encoding", [*EIGHT_BITS, Encoding.UTF_8, Encoding.UTF_16_LE, Encoding.UTF_16_BE])
def test_every_encoding_may_be_chosen(file, encoding):
    place = file("name,email\nAnn,a@x.example\n".encode(encoding.codec))
    layout = look(place, Choices(encoding=encoding))
    assert [row.name for row in read_rows(place, 1, layout)] == ["Ann"]
    assert encoding_named(encoding.codec) in (encoding, None)


def test_a_wrong_choice_loses_nothing_that_cannot_be_chosen_again(file):
    place = file("name,email\nAnn,a@x.example\n")
    assert look(place, Choices(encoding="utf-16-le")).undecided == "missing"
    assert len(look(place, Choices(delimiter="|")).columns) == 1
