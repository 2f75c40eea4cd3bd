"""How a typed answer is compared with the accepted ones."""

import unicodedata
from decimal import Decimal, InvalidOperation

LONGEST_NUMBER = 40


def normal_answer(text: str) -> str:
    """The form in which two short answers are equal: Unicode form, letter case and spaces do not count."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def read_number(text: str) -> Decimal | None:
    """A typed number, with a decimal point or a decimal comma; None if it is none."""
    plain = unicodedata.normalize("NFKC", text).strip().replace("\N{MINUS SIGN}", "-")
    plain = plain.replace(" ", "").replace("_", "x")
    if len(plain) > LONGEST_NUMBER:
        return None
    if plain.count(",") == 1 and "." not in plain:
        plain = plain.replace(",", ".")
    try:
        number = Decimal(plain)
    except InvalidOperation:
        return None
    return number if number.is_finite() and abs(number.adjusted()) <= LONGEST_NUMBER else None
