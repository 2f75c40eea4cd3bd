import pytest
from hypothesis import given
from hypothesis import strategies as st

from matricula.accounts.addresses import AddressRefused, canonical


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("Ada@Example.COM", "ada@example.com"),
        ("  ada@example.com ", "ada@example.com"),
        ("ada@BÜCHER.example", "ada@xn--bcher-kva.example"),
        ("ada@bu\u0308cher.example", "ada@xn--bcher-kva.example"),
    ],
)
def test_one_mailbox_has_one_spelling(typed, expected):
    assert canonical(typed) == expected


@pytest.mark.parametrize("letter", ["\u0131", "\u212a", "\u017f", "\ufb01", "ß"])
def test_a_lookalike_local_part_never_joins_two_people(letter):
    with pytest.raises(AddressRefused):
        canonical(f"ad{letter}@example.com")


def test_sharp_s_and_double_s_are_two_domains():
    assert canonical("ada@straße.example") != canonical("ada@strasse.example")


@pytest.mark.parametrize(
    "typed",
    ["", "ada", "@example.com", "ada@", "a da@example.com", "ada@-.example", "a" * 300 + "@b.example"],
)
def test_what_mail_cannot_reach_is_refused(typed):
    with pytest.raises(AddressRefused):
        canonical(typed)


@given(st.text(max_size=80))
def test_any_text_is_refused_or_stays_the_same_when_spelled_again(text):
    try:
        once = canonical(text)
    except AddressRefused:
        return
    assert canonical(once) == once
