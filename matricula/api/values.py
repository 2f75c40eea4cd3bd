"""The kinds of values that requests and answers are made of, each checked once, here."""

import re
from collections.abc import Callable
from datetime import date
from typing import Annotated, Any

from django.conf import settings
from ninja import Path
from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
)
from pydantic_core import PydanticCustomError

from matricula.db.public_ids import PUBLIC_ID_LENGTH
from matricula.mail.addresses import AddressRefused, canonical, domain_of
from matricula.mail.names_and_addresses import LONGEST_NAME, clean_address, clean_name

PUBLIC_ID = f"^[A-Za-z0-9_-]{{{PUBLIC_ID_LENGTH}}}$"
ONE_LINE = r"^[^\x00-\x1f\x7f]*$"
WORDS = r"^[^\x00-\x1f\x7f]*[^\s\x00-\x1f\x7f][^\x00-\x1f\x7f]*$"
DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}")
LARGEST_NUMBER = 2_147_483_647
"""Of a whole number in the database."""
SAMPLE = "p7Xk2mQwR9tYbN4cVz8LdA"


class Given(BaseModel):
    """A body of a request: what is not expected is refused, and a number is no text."""

    model_config = ConfigDict(extra="forbid", strict=True)


def deliverable(address: str) -> str:
    try:
        canonical(address)
    except AddressRefused as refusal:
        raise PydanticCustomError("address_refused", str(refusal.message)) from refusal
    return address


def cleaned(clean: Callable[[str], str]) -> BeforeValidator:
    """What stands around a text by accident goes before its length is held against the most."""
    return BeforeValidator(lambda value: clean(value) if isinstance(value, str) else value)


def domain(name: str) -> str:
    try:
        return domain_of(f"a@{name}")
    except AddressRefused as refusal:
        raise PydanticCustomError("domain_refused", "This is no domain name.") from refusal


def written(value: Any) -> Any:
    """pydantic alone would take numbers for seconds, too."""
    if not isinstance(value, str) or not MOMENT.match(value):
        raise PydanticCustomError("moment_refused", "Write a date and time as RFC 3339 has it.")
    return value


def day(value: Any) -> Any:
    if value is not None and (not isinstance(value, str) or not DAY.fullmatch(value)):
        raise PydanticCustomError("day_refused", "Write a day as 2027-03-31.")
    return value


def whole(value: Any) -> Any:
    """To JSON, 3.0 is a whole number."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


FORMAT = {"format": "public-id"}
PublicId = Annotated[str, Field(pattern=PUBLIC_ID, examples=[SAMPLE], json_schema_extra=FORMAT)]
PathId = Annotated[str, Field(pattern=PUBLIC_ID, examples=[SAMPLE], json_schema_extra=FORMAT), Path()]
Words = Annotated[str, StringConstraints(strip_whitespace=True, pattern=WORDS)]
"""One line with something in it. Give it a max_length."""
Line = Annotated[str, StringConstraints(strip_whitespace=True, pattern=ONE_LINE)]
Text = Annotated[str, StringConstraints(pattern=r"^[^\x00]*$")]
Address = Annotated[
    str,
    cleaned(clean_address),
    AfterValidator(deliverable),
    Field(max_length=254, json_schema_extra={"format": "email"}, examples=["ada@nordlicht.example"]),
]
PersonName = Annotated[str, cleaned(clean_name), Field(max_length=LONGEST_NAME, examples=["Ada Okafor"])]
Domain = Annotated[
    str,
    AfterValidator(domain),
    Field(max_length=253, json_schema_extra={"format": "hostname"}, examples=["nordlicht.example"]),
]
Moment = Annotated[AwareDatetime, BeforeValidator(written), Field(strict=False)]
Language = Annotated[
    str,
    Field(
        pattern=f"^({'|'.join(tag for tag, _name in settings.LANGUAGES)})?$",
        description="Of the letter; without one, the organization's.",
        examples=["de"],
    ),
]
Day = Annotated[date, Field(strict=False), BeforeValidator(day)]
Count = Annotated[int, Field(ge=0, le=LARGEST_NUMBER), BeforeValidator(whole)]
