"""Addresses as they come out of letters, lists and spreadsheets."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matricula.invitations.models import Invitation
from matricula.mail.names_and_addresses import read_name
from matricula.organizations.models import Role
from matricula.peoplefile.pasted_text import read_addresses

NAMES = st.text(
    st.characters(categories=["L", "M"], include_characters=" -.,;'"), min_size=1, max_size=20
).map(str.strip)
NAMES = NAMES.filter(lambda name: name.strip("'") == name and name)
SEPARATORS = st.sampled_from([",", ";", "\n", "\r\n", " ,\n", ";;", ",\t"])


@pytest.mark.parametrize(
    ("pasted", "people"),
    [
        (
            "Ada <ada@a.example>, bo@b.example\nADA@a.example",
            [("Ada", "ada@a.example"), ("", "bo@b.example")],
        ),
        (
            '"Keller, Bruno" <b@x.example>; Di <d@x.example>',
            [("Keller, Bruno", "b@x.example"), ("Di", "d@x.example")],
        ),
        ("Keller, Bruno <b@x.example>; c@x.example", [("Keller, Bruno", "b@x.example"), ("", "c@x.example")]),
        ("a@x.example b@x.example\tc@x.example", [("", f"{letter}@x.example") for letter in "abc"]),
        (
            "Ada Lovelace\ta@x.example\nb@x.example\tBo",
            [("Ada Lovelace", "a@x.example"), ("Bo", "b@x.example")],
        ),
        ("Ada <a@x.example> Bo <b@x.example>", [("Ada", "a@x.example"), ("Bo", "b@x.example")]),
        ("<a@x.example>,, ;\r\n\r\n(b@x.example)", [("", "a@x.example"), ("", "b@x.example")]),
        ("'Ada' <mailto:a@x.example>; mailto:o'b@x.example", [("Ada", "a@x.example"), ("", "o'b@x.example")]),
    ],
)
def test_a1_pasted_addresses_are_read_in_any_mix(pasted, people):
    assert read_addresses(pasted) == (people, [])


def test_a1_each_wrong_piece_is_told_with_its_line():
    people, wrong = read_addresses(
        'nonsense, a@x.example\n\nb@x.example; jörg@x.example\rAda <ada>\n"open, c@x.example'
    )
    assert [person.address for person in people] == ["a@x.example", "b@x.example", "c@x.example"]
    assert [(piece.line, piece.text) for piece in wrong] == [
        (1, "nonsense"),
        (3, "jörg@x.example"),
        (4, "ada"),
        (5, '"open'),
    ]
    assert wrong[1].words == "Use only plain letters before the @ sign."


@given(st.lists(st.tuples(NAMES, SEPARATORS), max_size=8))
def test_whatever_stands_between_them_everybody_is_found(list_of_people):
    pasted = "".join(f'"{name}" <p{at}@x.example>{gap}' for at, (name, gap) in enumerate(list_of_people))
    expected = [(read_name(name), f"p{at}@x.example") for at, (name, _) in enumerate(list_of_people)]
    assert read_addresses(pasted) == (expected, [])


@given(st.text('"<>,;@\\ \n\ta.', max_size=200))
def test_any_text_can_be_pasted_and_nothing_with_an_at_sign_is_lost(text):
    people, wrong = read_addresses(text)
    assert bool(people or wrong) or not set(text) & set("@a")


@pytest.mark.parametrize(
    "text",
    [
        '"\\',
        "<",
        '"',
        "<>",
        "a<",
        'a,"',
        "a@x ",
        "“",
        "(",
        "<@\n",
        "a\n",
        "<mailto:a@x>",
        "- ",
        "a@x<mailto:",
    ],
)
def test_a_long_text_of_any_kind_takes_no_time(text):
    begin = time.process_time()
    read_addresses(text * (100_000 // len(text)))
    assert time.process_time() - begin < 5


def paste(client, program, bruno, typed, language="en"):
    Role.objects.create(organization=program.organization, account=bruno, kind=Role.Kind.OWNER)
    client.force_login(bruno)
    given = {"program": program.pk, "addresses": typed, "language": language}
    return client.post(f"/console/{program.organization.slug}/invitations/new/", given).content.decode()


def test_a1_good_ones_are_invited_and_the_others_stay_in_the_box_with_their_reasons(client, program, bruno):
    wrong = [
        "wrong",
        "jörg@x.example",
        *["Ann " * 60 + "<ann@x.example>"],
        *[f"wrong {at}" for at in range(9)],
    ]
    page = paste(client, program, bruno, "\n".join(["Ada <ada@x.example>", "", *wrong]))
    assert [(one.address, one.name) for one in Invitation.objects.all()] == [("ada@x.example", "Ada")]
    assert "1 invited" in page
    assert "Line 1: “wrong”. Enter an e-mail address such as ada@example.com." in page
    assert "Line 3: “ann@x.example”. A name has at most 200 characters. Shorten it." in page
    assert "And 2 more like these." in page
    assert "wrong 8" in page
    assert "ada@x.example" not in page


def test_a1_nobody_is_invited_while_something_else_in_the_form_is_wrong(client, program, bruno):
    page = paste(client, program, bruno, "ada@x.example\nwrong", language="xx")
    assert "ada@x.example" in page
    assert not Invitation.objects.exists()


RIGHT = [
    ("Ann <ann@p.example<mailto:ann@p.example>>; Bo <bo@p.example<mailto:bo@p.example>>", ["Ann", "Bo"]),
    ("“Ann Lee” <ann@p.example>", ["Ann Lee"]),
    ("\u200bann@p.example\nbo@p.example\u200b", ["", ""]),
    ("ann@p.example.", [""]),
    ("Name\tE-Mail\nAnn Lee\tann@p.example", ["Ann Lee"]),
    ("ann@p.example (Ann Lee)", ["Ann Lee"]),
    ("Ann Lee\n <ann@p.example>, Bo Ek\n\t<bo@p.example>", ["Ann Lee", "Bo Ek"]),
    ("MAILTO:ann@p.example?subject=Hello", [""]),
    ("• ann@p.example\n- bo@p.example\n1. cy@p.example\n[x] di@p.example", ["", "", "", ""]),
    ("ann@p.example，bo@p.example；cy@p.example、di@p.example", ["", "", "", ""]),
    ("ann@p.example / bo@p.example", ["", ""]),
    ("Lee, Ann (Grid, Oslo) <ann@p.example>; Ek, Bo <bo@p.example>", ["Lee, Ann (Grid, Oslo)", "Ek, Bo"]),
    ("ａｎｎ＠ｐ．ｅｘａｍｐｌｅ", [""]),
]  # fmt: skip


@pytest.mark.parametrize(("pasted", "names"), RIGHT)
def test_a1_what_people_paste_is_read_as_they_mean_it(pasted, names):
    addresses = [f"{one}@p.example" for one in ("ann", "bo", "cy", "di")[: len(names)]]
    expected = [(name, address) for name, address in zip(names, addresses, strict=True)]
    assert read_addresses(pasted) == (expected, [])


@pytest.mark.django_db
def test_more_people_than_one_request_may_invite_are_sent_to_a_file(client, organization, program, bruno):
    Role.objects.create(organization=organization, account=bruno, kind=Role.Kind.OWNER)
    client.force_login(bruno)
    pasted = "\n".join(f"p{n}@n.example" for n in range(1_001))
    given = {"program": program.pk, "language": "en", "addresses": pasted}
    page = client.post("/console/nordlicht/invitations/new/", given).content.decode()
    assert "These are 1001 addresses." in page
    assert not program.invitations.exists()
