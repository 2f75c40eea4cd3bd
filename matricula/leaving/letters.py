"""Letters to who left by themselves; about combining, deleting: to every confirmed address, once a mailbox.

A work e-mail gets a short one about its own organization only: no other address, no other company, no number.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from matricula.accounts.models import Account, EmailAddress
from matricula.leaving.combining.reasons import work_emails
from matricula.leaving.departing.departing import LEFT
from matricula.leaving.models import Combining, Deletion
from matricula.mail.composition import LetterContent, composes, plain_words
from matricula.mail.models import Letter
from matricula.organizations.branding import letterhead
from matricula.organizations.models import Affiliation, Organization, Role
from matricula.security.clients import device_name
from matricula.security.secrets import digest

COMBINING, OF_A_COMPANY = "leaving.combining", "leaving.of_a_company"
PURPOSE = "combining-undo"
DELETION, DELETION_AT_WORK, TO_OWNERS = "leaving.deletion", "leaving.deletion_at_work", "leaving.to_owners"
TAKE_BACK = "deletion-take-back"
OWN = "own"
"""What a letter's link shows: that it came to a mailbox of the account. Of one that could choose a new
password it shows which (`recovers`)."""


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


Made = Callable[[int], Mapping[int, Sequence[str]]]
_made: list[Made] = []


def names_what_was_made(look: Made) -> Made:
    """Register what of a higher room an account made that works on without it: names, by organization."""
    _made.append(look)
    return look


def recovers(email: int) -> str:
    return f"recovers {email}"


def take_back_secret(deletion: Deletion, side: str) -> str:
    return digest(TAKE_BACK, named_for_taking_back(deletion, side))


def named_for_taking_back(deletion: Deletion, side: str) -> str:
    return f"{deletion.public_id}:{side}"


def tell_of_deletion(deletion: Deletion, news: str) -> None:
    """`news`: deleted, or taken_back. Call it while the account has its addresses, or has them again."""
    account = deletion.account
    rows = list(account.addresses.lasting()) or list(account.addresses.filter(vouched_at__isnull=False))
    work = work_emails([account.pk], [one.canonical for one in rows])
    personal = [
        Letter(
            kind=DELETION,
            to=one.address,
            language=account.language,
            reference=deletion.pk,
            context={"news": news, "side": recovers(one.pk) if one.signs_in else OWN},
        )
        for one in rows
        if one.canonical not in work
    ]
    known = {one.canonical: one for one in rows if one.canonical in work}
    ties = Affiliation.objects.live().filter(account=account, canonical__in=known)
    at_work = [
        Letter(
            kind=DELETION_AT_WORK,
            to=known[tie.canonical].address,
            language=account.language,
            reference=deletion.pk,
            context={"news": news, "organization": tie.organization.name},
        )
        for tie in ties.select_related("organization").order_by("pk")
    ]
    Letter.objects.bulk_create([*personal, *at_work])


def tell_owners_of_deletion(deletion: Deletion, news: str) -> None:
    """The other owners of what the person owned, or made something for that works on."""
    account = deletion.account
    owned = set(
        Role.objects.filter(account=account, kind=Role.Kind.OWNER).values_list("organization", flat=True)
    )
    made: dict[int, list[str]] = {}
    for look in _made if news == "deleted" else ():
        for organization, names in look(account.pk).items():
            made.setdefault(organization, []).extend(names)
    others = Role.objects.filter(
        organization__in=owned | made.keys(), kind=Role.Kind.OWNER, account__is_active=True
    )
    rows = others.exclude(account=account).filter(account__addresses__is_primary=True)
    told = ("organization", "account__addresses__address", "account__language")
    Letter.objects.bulk_create(
        Letter(
            kind=TO_OWNERS,
            to=to,
            language=language,
            reference=organization,
            context={
                "news": news,
                "name": account.full_name,
                "owned": organization in owned,
                "made": made.get(organization, []),
            },
        )
        for organization, to, language in rows.order_by("pk").values_list(*told)
    )


@composes(DELETION)
def compose_deletion_letter(letter: Letter) -> LetterContent | None:
    """That it was deleted is moot when it was taken back before the letter left."""
    deletion = Deletion.objects.filter(pk=letter.reference or 0).select_related("account").first()
    news = letter.context["news"]
    if deletion is None or (news == "deleted" and not deletion.is_open):
        return None
    secret = take_back_secret(deletion, letter.context.get("side", OWN))
    page = reverse("leaving:take-back-link", args=[deletion.public_id, secret])
    values: dict[str, Any] = {
        "news": news,
        "name": plain_words(deletion.account.full_name),
        "made_at": deletion.made_at,
        "until": deletion.take_until,
        "device": plain_words(device_name(deletion.browser)) if deletion.browser else _("an unknown device"),
        "link": settings.BASE_URL + (page if news == "deleted" else reverse("accounts:sign-in")),
    }
    return LetterContent("leaving/email/deletion", values)


@composes(DELETION_AT_WORK)
def compose_deletion_at_work(letter: Letter) -> LetterContent | None:
    deletion = Deletion.objects.filter(pk=letter.reference or 0).first()
    if deletion is None:
        return None
    organization = plain_words(letter.context["organization"])
    values = {"news": letter.context["news"], "organization": organization, "made_at": deletion.made_at}
    return LetterContent("leaving/email/deletion_at_work", values)


@composes(TO_OWNERS)
def compose_letter_to_owners(letter: Letter) -> LetterContent | None:
    organization = Organization.objects.filter(pk=letter.reference or 0).first()
    if organization is None:
        return None
    values = {
        "news": letter.context["news"],
        "name": plain_words(letter.context["name"]),
        "owned": letter.context["owned"],
        "made": ", ".join(plain_words(one) for one in letter.context["made"]),
        "link": settings.BASE_URL + reverse("administrators:administrators", args=[organization.slug]),
        **letterhead(organization),
    }
    return LetterContent("leaving/email/to_owners", values, sender_name=plain_words(organization.name))
