"""Addresses as they come out of letters, lists and spreadsheets."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matricula.invitations.models import Invitation
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
    expected = [(name, f"p{at}@x.example") for at, (name, _) in enumerate(list_of_people)]
    assert read_addresses(pasted) == (expected, [])


@given(st.text('"<>,;@\\ \n\ta.', max_size=200))
def test_any_text_can_be_pasted_and_nothing_with_an_at_sign_is_lost(text):
    people, wrong = read_addresses(text)
    assert bool(people or wrong) or not text.strip("\"'()[]<>,; \n\t")


@pytest.mark.parametrize("text", ['"\\', "<", '"', "<>", "a<", 'a,"', "a@x "])
def test_a_long_text_of_any_kind_takes_no_time(text):
    begin = time.process_time()
    read_addresses(text * (100_000 // len(text)))
    assert time.process_time() - begin < 5


def test_a1_the_form_says_which_lines_are_wrong_and_keeps_what_was_typed(client, program, bruno):
    Role.objects.create(organization=program.organization, account=bruno, kind=Role.Kind.OWNER)
    client.force_login(bruno)
    typed = "\n".join(["", "ada@x.example", *[f"wrong {at}" for at in range(12)]])
    answer = client.post(
        f"/console/{program.organization.slug}/invitations/new/", {"program": program.pk, "addresses": typed}
    )
    page = answer.content.decode()
    assert "Line 3: “wrong 0”. Enter an e-mail address such as ada@example.com." in page
    assert "And 2 more like these." in page
    assert "wrong 11" in page
    assert not Invitation.objects.exists()


@pytest.mark.django_db
def test_more_people_than_one_request_may_invite_are_sent_to_a_file(client, organization, program, bruno):
    Role.objects.create(organization=organization, account=bruno, kind=Role.Kind.OWNER)
    client.force_login(bruno)
    pasted = "\n".join(f"p{n}@n.example" for n in range(1_001))
    given = {"program": program.pk, "language": "en", "addresses": pasted}
    page = client.post("/console/nordlicht/invitations/new/", given).content.decode()
    assert "These are 1001 addresses." in page
    assert not program.invitations.exists()
