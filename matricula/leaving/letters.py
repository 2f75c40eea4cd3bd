"""Letters to those who left or will be removed; about combining, deleting, data and entries. Once a mailbox.

A work e-mail gets a short one about its own organization only: no other address, no other company, no number.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from matricula.accounts.models import Account
from matricula.leaving.combining.lines import SET_ASIDE
from matricula.leaving.combining.tie_lines import NAMED, TIES
from matricula.leaving.data.exports import LETTER as DATA_FILE
from matricula.leaving.departing.departing import LEFT
from matricula.leaving.departing.ways_in import way_in_without
from matricula.leaving.doubled.agreements import ANSWERED, ASKED
from matricula.leaving.doubled.pairs import SUGGESTED
from matricula.leaving.models import Combining, DataExport, Deletion, EntryPair, EntryRequest, HeldDeparture
from matricula.leaving.offboarding.holding import HELD, STAYS
from matricula.leaving.offboarding.program_ends import ENDS
from matricula.leaving.told_mailboxes import Mailbox, mailboxes_of
from matricula.leaving.work_emails import work_emails
from matricula.mail.addresses import LONGEST_ADDRESS
from matricula.mail.composition import LetterContent, composes, plain_words
from matricula.mail.models import Letter
from matricula.organizations.branding import letterhead
from matricula.organizations.models import Affiliation, Organization, Role
from matricula.programs.models import Membership
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
    rows = mailboxes_of(people(combining))
    work = work_emails(people(combining), [one.canonical for one in rows])
    letters = [personal_letter(combining, one, news) for one in rows if one.canonical not in work]
    if news != "soon_final":
        letters += company_letters(combining, [one for one in rows if one.canonical in work], news)
        told = {letter.to for letter in letters}
        letters += [neutral_letter(combining, one, news) for one in rows if one.address not in told]
    Letter.objects.bulk_create(letters)


def people(combining: Combining) -> tuple[int, int]:
    return combining.kept_id, combining.given_up_id


def personal_letter(combining: Combining, email: Mailbox, news: str) -> Letter:
    """Whoever reads a mailbox that let its owner choose a new password there may still do so, to undo."""
    recovers = email.account == combining.given_up_id and email.signs_in and email.row is not None
    side = Combining.Side.GIVEN_UP if recovers else Combining.Side.KEPT
    return Letter(
        kind=COMBINING,
        to=email.address,
        language=email.language,
        reference=combining.pk,
        context={"news": news, "side": side.value},
    )


def neutral_letter(combining: Combining, email: Mailbox, news: str) -> Letter:
    """To a company's mailbox that no entry of today names: it says nothing of anybody."""
    side, says = Combining.Side.KEPT.value, {"news": news, "neutral": True}
    return Letter(
        kind=COMBINING,
        to=email.address,
        language=email.language,
        reference=combining.pk,
        context={**says, "side": side},
    )


def company_letters(combining: Combining, rows: Iterable[Mailbox], news: str) -> list[Letter]:
    """To work e-mails of today; each names the organization that has it."""
    known = {one.canonical: one for one in rows}
    ties = Affiliation.objects.live().filter(account__in=people(combining), canonical__in=known)
    ended = ending_entries(combining) if news == "combined" else frozenset()
    return [
        Letter(
            kind=OF_A_COMPANY,
            to=known[tie.canonical].address,
            language=known[tie.canonical].language,
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
    if letter.context.get("neutral"):
        told = {name: values[name] for name in ("news", "made_at", "until", "link")}
        return LetterContent("leaving/email/combining_neutral", told)
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


@composes(DATA_FILE)
def compose_data_letter(letter: Letter) -> LetterContent | None:
    """None where the file has gone meanwhile, or another is asked for."""
    news = letter.context["news"]
    export = DataExport.objects.filter(pk=letter.reference or 0, state=news).first()
    if export is None:
        return None
    link = settings.BASE_URL + reverse("leaving:data")
    return LetterContent("leaving/email/data", {"news": news, "until": export.until, "link": link})


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
    """`news`: deleted, or taken_back. Call it while the account has its addresses, or has them again.

    Whoever has no address of their own reads the whole letter at work: nothing else says how to take it back,
    and its link asks for the password and the factor that the account had.
    """
    account = deletion.account
    rows = mailboxes_of([account.pk])
    work = work_emails([account.pk], [one.canonical for one in rows])
    has_own = any(one.canonical not in work for one in rows)
    known = {one.canonical: one for one in rows if one.canonical in work and has_own}
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
    told = {letter.to for letter in at_work}
    others = [
        Letter(
            kind=DELETION,
            to=one.address,
            language=account.language,
            reference=deletion.pk,
            context={"news": news, "side": side_of(one, personal=one.canonical not in work)},
        )
        for one in rows
        if one.address not in told
    ]
    Letter.objects.bulk_create([*others, *at_work])


def side_of(mailbox: Mailbox, *, personal: bool) -> str:
    """A company's mailbox that no entry of today names is told like one's own; it chooses no new password."""
    return recovers(mailbox.row) if mailbox.row and mailbox.signs_in and personal else OWN


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
