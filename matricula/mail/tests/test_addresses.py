import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matricula.mail.addresses import AddressRefused, _canonical_of_any, canonical


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


LONG_IN_ASCII = "a" * 20 + "@" + ".".join(["ä漢ж" * 11] * 5)


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "ada",
        "@example.com",
        "ada@",
        "a da@example.com",
        "ada@-.example",
        "a" * 300 + "@b.example",
        LONG_IN_ASCII,
    ],
)
def test_what_mail_cannot_reach_is_refused(typed):
    with pytest.raises(AddressRefused):
        canonical(typed)


QUOTED = [
    '"ada"@example.com',
    '"a\\da"@example.com',
    '"Ada, see http://evil.example/x"@example.com',
    '"a@b"@example.com',
    'ada."l"@example.com',
    "ada\\@example.com",
]
BEYOND = [
    "ädä\u3002evil@example.com",
    "ä．d@example.com",
    "ä：／／d@example.com",
    '"ä"@example.com',
    "ä\u200bd@example.com",
]


@pytest.mark.parametrize("typed", QUOTED)
def test_ada_has_no_second_spelling_in_quotes_and_a_stranger_writes_no_sentence_there(typed):
    with pytest.raises(AddressRefused):
        canonical(typed)


@pytest.mark.parametrize("typed", BEYOND)
def test_letters_beyond_ascii_are_letters_where_they_are_allowed(typed, settings):
    settings.NON_ASCII_LOCAL_PARTS = True
    assert canonical("Jürgen.ÖZ@example.com") == "jürgen.öz@example.com"
    with pytest.raises(AddressRefused):
        canonical(typed)


@given(st.text(max_size=80))
def test_any_text_is_refused_or_stays_the_same_when_spelled_again(text):
    try:
        once = canonical(text)
    except AddressRefused:
        return
    assert canonical(once) == once


LABELS = st.text("aZ09-", min_size=1, max_size=5) | st.sampled_from(["a" * 63, "a" * 64, "xn--4ca", "ab--c"])
PLAIN = st.builds(
    "{}@{}".format,
    st.text("aZ0.+-_'\"%", min_size=1, max_size=6),
    st.lists(LABELS, min_size=1, max_size=5).map(".".join),
)


def outcome(rule, text):
    try:
        return rule(text)
    except AddressRefused as refused:
        return refused.code


@settings(max_examples=400)
@given(PLAIN | st.emails() | st.text("aB@. \t\x1f\x7f\u0130", max_size=8))
def test_the_short_way_and_the_long_way_spell_alike(text):
    assert outcome(canonical, text) == outcome(_canonical_of_any, text)


@given(st.integers(1, 66), st.integers(180, 260))
def test_the_short_way_and_the_long_way_draw_the_line_at_the_same_length(label, length):
    domain = ".".join(["a" * label] * (length // (label + 1) + 1))
    for text in (f"a@{domain}", f"a@{domain[:length]}", "a" * (length - 10) + "@b.example"):
        assert outcome(canonical, text) == outcome(_canonical_of_any, text)
