"""What becomes of everything, and the one button that does it."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from matricula.accounts.models import Account
from matricula.accounts.second_factors import has_second_factor
from matricula.accounts.sign_in import start_session
from matricula.accounts.views.account import own_account
from matricula.leaving.combining.combining import Asked, combine
from matricula.leaving.combining.reasons import LISTED_TWICE, Pair, Reason, reasons
from matricula.leaving.combining.sections import Section, Telling, sections_of
from matricula.leaving.doubled.agreements import Doubled, ask_which_entry, doubled_entries
from matricula.leaving.doubled.removed_entries import ask_to_come_back
from matricula.leaving.errors import CannotBeCombined, EntriesAsked, PlanChanged, ProofsGone
from matricula.leaving.models import UNDO_DAYS, Combining
from matricula.leaving.proofs import forget_proofs, other_proof, own_proof
from matricula.leaving.views.listing import lines_file, listing_of, wants_file
from matricula.leaving.views.way_back import go_to, page_with, way_back
from matricula.leaving.work_emails import work_emails
from matricula.organizations.models import Organization
from matricula.security.clients import network_of
from matricula.security.errors import TooManyTries
from matricula.web.access import signed_in
from matricula.web.redirects import belongs_to
from matricula.web.values import text_in, texts_in

THERE = "there"
MOST_ENTRIES = 50


@dataclass(frozen=True)
class Choice:
    """Two accounts that were both proven, and which of them stays."""

    asked: Asked
    kept: Account
    given_up: Account

    @cached_property
    def pair(self) -> Pair:
        return Pair(self.kept, self.given_up, self.asked.sure_since)

    @cached_property
    def reasons(self) -> list[Reason]:
        return reasons(self.pair)

    @cached_property
    def doubled(self) -> list[Doubled]:
        """Organizations that list the person twice."""
        return doubled_entries(kept=self.kept.pk, given_up=self.given_up.pk)

    @property
    def entries(self) -> str:
        """Those that stay, as addresses and forms of the preview hold them."""
        return ",".join(map(str, self.asked.entries))


def chosen(request: HttpRequest, keep: str) -> Choice | None:
    """None while something is still to be proven. Unless the person chose, the better one is proposed."""
    own, other = own_proof(request), other_proof(request)
    if own is None or other is None:
        return None
    accounts = Account.objects.in_bulk([own.account, other.account])
    here, there = accounts[own.account], accounts[other.account]
    stays_there = keep == THERE if keep else is_better(there, here)
    kept, given_up = (other, own) if stays_there else (own, other)
    typed = [one for one in texts_in(request.POST, "quiet") if is_number(one)]
    entries = text_in(request.POST, "entries") or text_in(request.GET, "entries")
    asked = Asked(
        kept=kept,
        given_up=given_up,
        quiet=[int(one) for one in typed[:100]],
        entries=[int(one) for one in entries.split(",")[:MOST_ENTRIES] if is_number(one)],
        network=network_of(request),
        browser=request.headers.get("User-Agent", ""),
    )
    return Choice(asked, accounts[kept.account], accounts[given_up.account])


def is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < 19


def is_better(one: Account, other: Account) -> bool:
    """Whether `one` is proposed to stay: an own primary address first, then a second factor, then its age."""
    return rank(one) > rank(other)


def rank(account: Account) -> tuple[bool, bool, float]:
    primary = account.primary_address
    own = bool(primary and primary.canonical not in work_emails([account], [primary.canonical]))
    return own, has_second_factor(account), -account.created_at.timestamp()


@signed_in
@require_http_methods(["GET", "HEAD"])
def preview(request: HttpRequest) -> HttpResponse:
    """All that would become of every row; nothing is written."""
    choice = chosen(request, text_in(request.GET, "keep"))
    if choice and wants_file(request):
        return lines_file(told_of(choice), "combining")
    return show_plan(request, choice) if choice else go_to(request, "leaving:combine")


def told_of(choice: Choice) -> list[Section]:
    """Nothing while something stands against it."""
    lines = [] if choice.reasons else choice.asked.ledger(now=timezone.now()).look()[0]
    return sections_of(Telling(choice.kept, choice.given_up, lines)) if lines else []


def show_plan(request: HttpRequest, choice: Choice, *, news: str = "", status: int = 200) -> HttpResponse:
    found, ledger = choice.reasons, choice.asked.ledger(now=timezone.now())
    lines, digest = ([], "") if found else ledger.look()
    told = sections_of(Telling(choice.kept, choice.given_up, lines)) if lines else []
    stays, turned = ("here", THERE) if choice.kept.pk == own_account(request).pk else (THERE, "here")
    back, said = way_back(request), {"entries": choice.entries} if choice.entries else {}
    context: dict[str, Any] = {
        "next": back,
        "kept": choice.kept,
        "given_up": choice.given_up,
        "primary": choice.kept.primary_address,
        "other_primary": choice.given_up.primary_address,
        "turned": page_with(back, "leaving:preview", keep=turned, **said),
        "stays": stays,
        "entries": choice.entries,
        "twice": [entries_told(one, choice, stays, back) for one in choice.doubled] if lines else [],
        "reasons": found,
        **listing_of(request, told, reverse("leaving:preview"), keep=stays, next=back, **said),
        "digest": digest,
        "strangers": have_no_word_in_common(choice.kept.full_name, choice.given_up.full_name),
        "days": UNDO_DAYS,
        "news": news,
    }
    return render(request, "leaving/pages/preview.html", context, status=status)


def entries_told(one: Doubled, choice: Choice, stays: str, back: str) -> dict[str, Any]:
    """By which work e-mail the organization knows the person afterwards; where they choose, the way to the
    other one."""
    staying = one.staying(choice.asked.entries)
    goes = one.given_up if staying == one.kept else one.kept
    pair = {each.pk for each in one.both}
    others = [entry for entry in choice.asked.entries if entry not in pair]
    entries = ",".join(str(entry) for entry in [*others, goes.pk])
    return {
        "organization": one.organization,
        "stays": staying,
        "goes": goes,
        "turned": page_with(back, "leaving:preview", keep=stays, entries=entries)
        if one.organization.doubled_entries == Organization.DoubledEntries.ALLOW
        else "",
    }


def have_no_word_in_common(one: str, other: str) -> bool:
    """Two such names may be two people at one machine: a second box is asked for."""
    return not set(one.casefold().split()) & set(other.casefold().split())


@signed_in
@belongs_to("leaving:preview")
@require_POST
def ask_company(request: HttpRequest, slug: str) -> HttpResponse:
    """Of a company that lists the person twice, which entry is them; of one that removed one, to come back.
    Only where that stands against combining two accounts that were both proven here."""
    keep = text_in(request.POST, "keep")
    choice = chosen(request, keep)
    if choice is None:
        return go_to(request, "leaving:combine")
    about = text_in(request.POST, "about")
    asked = [one.asks for one in choice.reasons if one.asks and one.asks.slug == slug and one.code == about]
    try:
        if not asked or asked[0] is None:
            raise EntriesAsked
        if about == LISTED_TWICE:
            doubled = next(one for one in choice.doubled if one.organization == asked[0])
            ask_which_entry(doubled=doubled, asked_by=own_account(request))
        else:
            ask_to_come_back(choice.pair, asked[0], network=network_of(request))
        messages.success(request, _("%s was asked.") % asked[0])
    except (EntriesAsked, TooManyTries) as refusal:
        messages.warning(request, str(refusal))
    return redirect(page_with(way_back(request), "leaving:preview", keep=keep))


@signed_in
@belongs_to("leaving:preview")
@require_POST
def combine_both(request: HttpRequest) -> HttpResponse:
    """Twice is once: whoever presses again sees what the first press did."""
    account = own_account(request)
    kept, given_up = text_in(request.POST, "kept"), text_in(request.POST, "given_up")
    keep = "here" if kept == account.public_id else THERE
    choice = chosen(request, keep)
    if choice is None or (choice.kept.public_id, choice.given_up.public_id) != (kept, given_up):
        return after_all(request, account, kept, given_up)
    unsaid = what_is_unsaid(request, choice)
    if unsaid:
        return show_plan(request, choice, news=unsaid, status=400)
    try:
        made = combine(asked=choice.asked, digest=text_in(request.POST, "digest"))
    except ProofsGone:
        return after_all(request, account, kept, given_up)
    except (CannotBeCombined, PlanChanged) as refusal:
        return show_plan(request, choice, news=str(refusal), status=409)
    forget_proofs(request)
    start_session(request, Account.objects.get(pk=choice.kept.pk))
    return go_to(request, "leaving:combining", made.public_id)


def what_is_unsaid(request: HttpRequest, choice: Choice) -> str:
    boxes = ["mine"]
    if have_no_word_in_common(choice.kept.full_name, choice.given_up.full_name):
        boxes.append("same_person")
    missing = [one for one in boxes if text_in(request.POST, one) != "on"]
    return _("Tick the box first: both accounts have to be yours.") if missing else ""


def after_all(request: HttpRequest, account: Account, kept: str, given_up: str) -> HttpResponse:
    """To what was combined a moment ago by the same form, else to the proofs that are missing."""
    rows = Combining.objects.standing().filter(
        kept=account, kept__public_id=kept, given_up__public_id=given_up
    )
    made = rows.first()
    return go_to(request, *(("leaving:combining", made.public_id) if made else ("leaving:combine",)))
