"""Letters when a program ends, seats run out, or somebody was removed or left."""

from datetime import date

from django.conf import settings
from django.urls import reverse
from django.utils.formats import date_format

from matricula.accounts.confirmation import mint_proofs
from matricula.accounts.models import EmailAddress
from matricula.mail.composition import LetterContent, composes, composes_many, plain_words
from matricula.mail.models import Letter
from matricula.organizations.branding import letterhead
from matricula.organizations.models import Organization
from matricula.programs.departure import DEPARTURE, REMOVED
from matricula.programs.expiry import FAREWELL
from matricula.programs.models import Membership, Program
from matricula.programs.seats import SEATS


@composes_many(FAREWELL)
def compose_farewells(letters: list[Letter]) -> dict[int, LetterContent]:
    """Moot for people who are back in the program."""
    rows = Membership.objects.exclude(state=Membership.State.ACTIVE).select_related("program__organization")
    found = rows.in_bulk([one.reference for one in letters])
    return {
        one.pk: compose_farewell(found[one.reference], one.context["day"])
        for one in letters
        if one.reference in found
    }


def compose_farewell(membership: Membership, day: str) -> LetterContent:
    program = membership.program
    return LetterContent(
        "programs/email/ended",
        values={
            "program": plain_words(program.name),
            "day": date_format(date.fromisoformat(day), "DATE_FORMAT"),
            "link": settings.BASE_URL + reverse(settings.LOGIN_REDIRECT_URL),
            **letterhead(program.organization),
        },
        same=(program.pk, day),
        sender_name=plain_words(program.organization.name),
    )


@composes(SEATS)
def compose_seats_letter(letter: Letter) -> LetterContent | None:
    program = Program.objects.select_related("organization").filter(pk=letter.reference or 0).first()
    if program is None:
        return None
    path = reverse("programs:edit", args=[program.organization.slug, program.public_id])
    values = {
        "program": plain_words(program.name),
        "used": program.seats_used,
        "seats": program.seats,
        "level": letter.context["level"],
        "link": settings.BASE_URL + path,
    }
    return LetterContent("programs/email/seats", values | letterhead(program.organization))


@composes(DEPARTURE)
def compose_departure_letter(letter: Letter) -> LetterContent | None:
    """Moot for whoever is back, and where the other address is confirmed already."""
    organization = Organization.objects.filter(pk=letter.reference or 0).first()
    told = departure_link(letter)
    if organization is None or told is None:
        return None
    day = letter.context.get("day")
    values = {
        "fate": letter.context["fate"],
        "day": date_format(date.fromisoformat(day), "DATE_FORMAT") if day else "",
        **told,
        **letterhead(organization),
    }
    return LetterContent("programs/email/departure", values, sender_name=plain_words(organization.name))


def departure_link(letter: Letter) -> dict[str, str] | None:
    """The address it is about and where its button leads; None when there is nothing left to do."""
    fate, address = letter.context["fate"], letter.context.get("address", "")
    if fate == "alternative":
        return mint_proofs(letter.context["confirmation"]) or None
    page = {"gone": "sign-in", "replaceable": "addresses", "alone": "add-address"}[fate]
    losing = EmailAddress.objects.spelled(address).filter(power_ends_at__isnull=False)
    if fate != "gone" and not losing.exists():
        return None
    return {"address": address, "link": settings.BASE_URL + reverse(f"accounts:{page}")}


@composes(REMOVED)
def compose_removal_letter(letter: Letter) -> LetterContent | None:
    """Moot for people who are back in the program."""
    rows = Membership.objects.exclude(state=Membership.State.ACTIVE).select_related("program__organization")
    membership = rows.filter(pk=letter.reference or 0).first()
    if membership is None:
        return None
    program = membership.program
    values = {
        "program": plain_words(program.name),
        "link": settings.BASE_URL + reverse(settings.LOGIN_REDIRECT_URL),
        **letterhead(program.organization),
    }
    return LetterContent("programs/email/removed", values, sender_name=plain_words(program.organization.name))
