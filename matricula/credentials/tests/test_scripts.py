"""Whatever script Ada's name is written in, it stands on one page, every letter of it."""

from io import BytesIO

import pytest
from django.utils import translation
from PIL import Image
from pypdf import PdfReader
from pypdf.generic import ContentStream

from matricula.credentials.drawing import draw_card, font_families, print_certificate, template_of
from matricula.credentials.models import Certificate
from matricula.credentials.scripts import han_language
from matricula.credentials.tests.names import LONG, NAMES, lengthened

ADDRESS = "https://learn.example/certificates/AbCdEfGhIjKlMnOpQrStUv/"


def certificate_for(name: str, **rest) -> Certificate:
    values = {"title": "Safe every day", "organization_name": "Nordlicht", "signatory_name": "Bruno Keller"}
    return Certificate(recipient_name=name, **{**values, **rest})


def missing_letters(pdf: bytes) -> int:
    """How often the page shows the box that stands for a letter no font knows: glyph 0 of a font."""
    (page,) = PdfReader(BytesIO(pdf)).pages
    content = ContentStream(page["/Contents"].get_object(), page.pdf)
    shown = (
        one.original_bytes
        for operands, operator in content.operations
        for one in (operands[0] if operator == b"TJ" else operands)
        if operator in (b"TJ", b"Tj") and hasattr(one, "original_bytes")
    )
    return sum(letters[at : at + 2] == b"\0\0" for letters in shown for at in range(0, len(letters), 2))


@pytest.mark.parametrize("letters", [0, 90, LONG])
@pytest.mark.parametrize("script", NAMES)
def test_a_name_of_any_script_and_length_is_one_page_with_every_letter(script, letters):
    name = lengthened(NAMES[script], letters or len(NAMES[script]))
    assert missing_letters(print_certificate(certificate_for(name), ADDRESS)) == 0


def test_a_letter_that_no_font_knows_is_noticed():
    assert missing_letters(print_certificate(certificate_for("Ada \U00013000"), ADDRESS)) == 1


@pytest.mark.parametrize("language", ["de", "es", "ar"])
def test_the_words_of_a_certificate_are_drawn_in_every_language(language):
    with translation.override(language):
        assert missing_letters(print_certificate(certificate_for("Ada"), ADDRESS)) == 0


def test_everything_as_long_as_it_may_be_is_one_page():
    long = {one: lengthened("Wilhelmina", LONG) for one in ("title", "organization_name", "signatory_name")}
    courses = [lengthened("Safe every day", LONG)] * 30
    made = certificate_for(
        "W" * LONG, signatory_role=lengthened("Head of Learning", LONG), courses=courses, **long
    )
    assert len(PdfReader(BytesIO(print_certificate(made, ADDRESS))).pages) == 1


def test_the_card_is_as_large_as_other_sites_ask_for():
    card = Image.open(BytesIO(draw_card(certificate_for("Ada Okafor"), ADDRESS)))
    assert (card.format, card.size) == ("PNG", (1200, 630))


def test_the_same_certificate_is_the_same_file_whenever_it_is_printed():
    made = certificate_for("Ada Okafor")
    assert print_certificate(made, ADDRESS) == print_certificate(made, ADDRESS)


def test_what_was_issued_with_the_first_design_keeps_it_and_its_words():
    old, new = certificate_for("Ada Okafor", design=1), certificate_for("Ada Okafor")
    texts = [
        PdfReader(BytesIO(print_certificate(one, ADDRESS))).pages[0].extract_text() for one in (old, new)
    ]
    assert ["Certificate number" in text for text in texts] == [False, True]
    assert "Ada Okafor" in texts[0]
    assert template_of(1) != template_of(2)


def test_no_font_of_the_machine_is_asked():
    assert all(one.startswith(("Libertinus", "Noto ")) for one in font_families())


@pytest.mark.parametrize(
    ("words", "language"), [("直樹 さくら", "ja"), ("김민준 直", "ko"), ("直", "zh"), ("Ada", "zh")]
)
def test_an_ideograph_has_the_form_of_the_country_its_neighbours_tell_of(words, language):
    assert han_language(words) == language
