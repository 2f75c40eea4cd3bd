"""Letters to who left by themselves; and about combining: to every confirmed address of both, once a mailbox.

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
from matricula.leaving.combining.lines import SET_ASIDE
from matricula.leaving.combining.reasons import work_emails
from matricula.leaving.combining.tie_lines import NAMED, TIES
from matricula.leaving.departing.departing import LEFT
from matricula.leaving.doubled.agreements import ANSWERED, ASKED
from matricula.leaving.doubled.pairs import SUGGESTED
from matricula.leaving.models import Combining, EntryPair, EntryRequest
from matricula.mail.addresses import LONGEST_ADDRESS
from matricula.mail.composition import LetterContent, composes, plain_words
from matricula.mail.models import Letter
from matricula.organizations.branding import letterhead
from matricula.organizations.models import Affiliation, Organization
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
    ended = ending_entries(combining) if news == "combined" else frozenset()
    return [
        Letter(
            kind=OF_A_COMPANY,
            to=known[tie.canonical].address,
            language=known[tie.canonical].account.language,
            reference=combining.pk,
            context={"news": "ended" if tie.pk in ended else news, "organization": tie.organization.name},
        )
        for tie in ties.select_related("organization").order_by("pk")
    ]


def ending_entries(combining: Combining) -> frozenset[int]:
    """Of an organization that listed the person twice: the entry (id) whose work e-mail it gives up."""
    rows = combining.lines.filter(table_name=TIES, act=SET_ASIDE).values_list(
        "row_id", "counterpart", "reason"
    )
    return frozenset(beside if reason == NAMED else row for row, beside, reason in rows if beside)


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


@composes(SUGGESTED)
def compose_suggestion(letter: Letter) -> LetterContent | None:
    """Moot when one of the two entries has ended, or they are said to be two people. It leads to the page
    that asks for the proofs, and carries no secret."""
    pair = EntryPair.objects.filter(pk=letter.reference or 0, two_people_since__isnull=True).first()
    live = Affiliation.objects.live().select_related("account", "organization")
    found = {one.pk: one for one in live.filter(pk__in=[pair.one_id, pair.other_id])} if pair else {}
    tie = found.get(letter.context["entry"])
    if len(found) < 2 or tie is None:
        return None
    values = {
        "name": plain_words(tie.account.full_name),
        "link": settings.BASE_URL + reverse(settings.COMBINES_AT),
        **letterhead(tie.organization),
    }
    return LetterContent("leaving/email/suggested", values, sender_name=plain_words(tie.organization.name))


@composes(ASKED)
def compose_entries_asked(letter: Letter) -> LetterContent | None:
    """Moot when somebody answered, or an entry ended, before it left."""
    rows = EntryRequest.objects.waiting().select_related("organization", "one__account", "other__account")
    request = rows.filter(pk=letter.reference or 0).first()
    if request is None:
        return None
    page = reverse("entries:entries", args=[request.organization.slug])
    values = {
        "name": plain_words(request.one.account.full_name),
        "one": entry_words(request.one),
        "other": entry_words(request.other),
        "link": settings.BASE_URL + page,
        **letterhead(request.organization),
    }
    return LetterContent("leaving/email/entries_asked", values)


def entry_words(tie: Affiliation) -> str:
    return (
        f"{plain_words(tie.account.full_name)} ({plain_words(tie.work_email, longest=2 * LONGEST_ADDRESS)})"
    )


@composes(ANSWERED)
def compose_entries_answered(letter: Letter) -> LetterContent | None:
    rows = EntryRequest.objects.exclude(answer="").select_related("organization", "stays")
    request = rows.filter(pk=letter.reference or 0).first()
    if request is None:
        return None
    stays = plain_words(request.stays.work_email, longest=2 * LONGEST_ADDRESS) if request.stays else ""
    page = reverse(settings.COMBINES_AT if stays else "leaving:companies")
    values = {
        "stays": stays,
        "until": request.good_until,
        "link": settings.BASE_URL + page,
        **letterhead(request.organization),
    }
    name = plain_words(request.organization.name)
    return LetterContent("leaving/email/entries_answered", values, sender_name=name)
