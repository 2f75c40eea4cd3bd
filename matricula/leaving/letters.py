"""Letters to who left by themselves, or will be removed; and about combining: to every confirmed address of
both, once a mailbox.

A work e-mail gets a short one about its own organization only: no other address, no other company, no number.
"""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from matricula.accounts.models import Account, EmailAddress
from matricula.leaving.combining.reasons import work_emails
from matricula.leaving.departing.departing import LEFT
from matricula.leaving.departing.ways_in import way_in_without
from matricula.leaving.models import Combining, HeldDeparture
from matricula.leaving.offboarding.holding import HELD, STAYS
from matricula.leaving.offboarding.program_ends import ENDS
from matricula.mail.composition import LetterContent, composes, plain_words
from matricula.mail.models import Letter
from matricula.organizations.branding import letterhead
from matricula.organizations.models import Affiliation, Organization
from matricula.programs.models import Membership
from matricula.security.clients import device_name
from matricula.security.secrets import digest

COMBINING, OF_A_COMPANY = "leaving.combining", "leaving.of_a_company"
PURPOSE = "combining-undo"


def undo_secret(combining: Combining, side: str = Combining.Side.KEPT) -> str:
    """What a link of the letters shows: that it came by letter, and to a mailbox of which side."""
    return digest(PURPOSE, named_for_undo(combining, side))


def named_for_undo(combining: Combining, side: str) -> str:
    return f"{combining.public_id}:{side}"


def tell_both(combining: Combining, news: str) -> None:
    """`news`: combined, undone, or soon_final. Call it while each address is still with the account that its
    owner knows it by, or again is: letters are in that one's language."""
    rows = list(
        EmailAddress.objects.lasting().filter(account__in=people(combining)).select_related("account")
    )
    work = work_emails(people(combining), [one.canonical for one in rows])
    personal = [one for one in rows if one.canonical not in work]
    letters = [personal_letter(combining, one, news) for one in personal]
    if news != "soon_final":
        letters += company_letters(combining, [one for one in rows if one.canonical in work], news)
    Letter.objects.bulk_create(letters)


def people(combining: Combining) -> tuple[int, int]:
    return combining.kept_id, combining.given_up_id


def personal_letter(combining: Combining, email: EmailAddress, news: str) -> Letter:
    """Whoever reads a mailbox that let its owner choose a new password there may still do so, to undo."""
    recovers = email.account_id == combining.given_up_id and email.signs_in
    side = Combining.Side.GIVEN_UP if recovers else Combining.Side.KEPT
    return Letter(
        kind=COMBINING,
        to=email.address,
        language=email.account.language,
        reference=combining.pk,
        context={"news": news, "side": side.value},
    )


def company_letters(combining: Combining, rows: Iterable[EmailAddress], news: str) -> list[Letter]:
    """To work e-mails of today; each names the organization that has it."""
    known = {one.canonical: one for one in rows}
    ties = Affiliation.objects.live().filter(account__in=people(combining), canonical__in=known)
    return [
        Letter(
            kind=OF_A_COMPANY,
            to=known[tie.canonical].address,
            language=known[tie.canonical].account.language,
            reference=combining.pk,
            context={"news": news, "organization": tie.organization.name},
        )
        for tie in ties.select_related("organization").order_by("pk")
    ]


@composes(COMBINING)
def compose_combining_letter(letter: Letter) -> LetterContent | None:
    """The reminder is moot when it was undone, or is final, meanwhile."""
    rows = Combining.objects.filter(pk=letter.reference or 0).select_related("kept", "given_up")
    combining = rows.first()
    news = letter.context["news"]
    if combining is None or (news == "soon_final" and not combining.is_open):
        return None
    side = letter.context.get("side", Combining.Side.KEPT)
    page = reverse("leaving:undo-link", args=[combining.public_id, undo_secret(combining, side)])
    values: dict[str, Any] = {
        "news": news,
        "kept": plain_words(combining.kept.full_name),
        "given_up": plain_words(combining.given_up.full_name),
        "made_at": combining.made_at,
        "until": combining.undo_until,
        "device": plain_words(device_name(combining.browser))
        if combining.browser
        else _("an unknown device"),
        "primary": primary_of(combining.kept),
        "link": settings.BASE_URL + (reverse("accounts:sign-in") if news == "undone" else page),
    }
    return LetterContent("leaving/email/combining", values)


def primary_of(account: Account) -> str:
    address = account.primary_address
    return address.address if address else ""


@composes(OF_A_COMPANY)
def compose_company_letter(letter: Letter) -> LetterContent | None:
    combining = Combining.objects.filter(pk=letter.reference or 0).first()
    if combining is None:
        return None
    organization = plain_words(letter.context["organization"])
    values = {"news": letter.context["news"], "organization": organization, "made_at": combining.made_at}
    return LetterContent("leaving/email/of_a_company", values)


@composes(LEFT)
def compose_leaving_letter(letter: Letter) -> LetterContent | None:
    organization = Organization.objects.filter(pk=letter.reference or 0).first()
    if organization is None:
        return None
    values = {
        "programs": ", ".join(plain_words(one) for one in letter.context["programs"]),
        "day": date_format(date.fromisoformat(letter.context["day"]), "DATE_FORMAT"),
        "link": settings.BASE_URL + reverse("leaving:companies"),
        **letterhead(organization),
    }
    return LetterContent("leaving/email/left", values, sender_name=plain_words(organization.name))


@composes(HELD)
def compose_held_letter(letter: Letter) -> LetterContent | None:
    """Moot where it was taken back meanwhile, or is over."""
    departure = departure_of(letter)
    if departure is None or departure.state != HeldDeparture.State.HELD:
        return None
    needed = what_is_needed(departure.organization, departure.membership.account)
    return content_of_held(letter, departure, **needed)


def what_is_needed(organization: Organization, account: Account) -> dict[str, str]:
    """For a way in of their own, and the page where it is to be had."""
    way_in = way_in_without(organization, account)
    need = "" if way_in.stands else "password" if way_in.has_address else "address"
    page = {"": "leaving:companies", "password": "accounts:password", "address": "accounts:add-address"}[need]
    if need == "address" and way_in.unproven:
        page = "accounts:addresses"
    return {"need": need, "link": settings.BASE_URL + reverse(page)}


@composes(ENDS)
def compose_ending_letter(letter: Letter) -> LetterContent | None:
    """Moot for whoever is out of it, and where the last day is another one now."""
    rows = Membership.objects.active().select_related("program__organization", "account")
    membership = rows.filter(pk=letter.reference or 0).first()
    if membership is None or str(membership.program.ends_on) != letter.context["day"]:
        return None
    organization = membership.program.organization
    day = date_format(date.fromisoformat(letter.context["day"]), "DATE_FORMAT")
    told = {"programs": plain_words(membership.program.name), "day": day, "ends": True}
    values = {**told, **what_is_needed(organization, membership.account), **letterhead(organization)}
    return LetterContent("leaving/email/held", values, sender_name=plain_words(organization.name))


@composes(STAYS)
def compose_staying_letter(letter: Letter) -> LetterContent | None:
    """Moot for whoever is held again, or out of it."""
    departure = departure_of(letter)
    held = HeldDeparture.objects.held()
    if departure is None or not departure.membership.is_active:
        return None
    if held.filter(membership=departure.membership_id).exists():
        return None
    return content_of_held(
        letter, departure, stays=True, link=settings.BASE_URL + reverse("leaving:companies")
    )


def departure_of(letter: Letter) -> HeldDeparture | None:
    rows = HeldDeparture.objects.select_related("organization", "membership__account")
    return rows.filter(pk=letter.reference or 0).first()


def content_of_held(letter: Letter, departure: HeldDeparture, **more: Any) -> LetterContent:
    organization = departure.organization
    values = {
        "programs": ", ".join(plain_words(one) for one in letter.context["programs"]),
        "day": date_format(departure.until, "DATE_FORMAT"),
        **more,
        **letterhead(organization),
    }
    return LetterContent("leaving/email/held", values, sender_name=plain_words(organization.name))
