"""What becomes of everything, and the one button that does it."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from matricula.accounts.models import Account
from matricula.accounts.second_factors import has_second_factor
from matricula.accounts.sign_in import start_session
from matricula.accounts.views.account import own_account
from matricula.leaving.combining.combining import Asked, combine
from matricula.leaving.combining.reasons import Pair, Reason, reasons, work_emails
from matricula.leaving.combining.sections import Section, Telling, sections_of
from matricula.leaving.errors import CannotBeCombined, PlanChanged, ProofsGone
from matricula.leaving.models import UNDO_DAYS, Combining
from matricula.leaving.proofs import forget_proofs, other_proof, own_proof
from matricula.leaving.views.listing import lines_file, listing_of, wants_file
from matricula.leaving.views.way_back import go_to, page_with, way_back
from matricula.security.clients import network_of
from matricula.web.access import signed_in
from matricula.web.redirects import belongs_to
from matricula.web.values import text_in, texts_in

THERE = "there"


@dataclass(frozen=True)
class Choice:
    """Two accounts that were both proven, and which of them stays."""

    asked: Asked
    kept: Account
    given_up: Account

    @property
    def reasons(self) -> list[Reason]:
        return reasons(Pair(self.kept, self.given_up, self.asked.sure_since))


def chosen(request: HttpRequest, keep: str) -> Choice | None:
    """None while something is still to be proven. Unless the person chose, the better one is proposed."""
    own, other = own_proof(request), other_proof(request)
    if own is None or other is None:
        return None
    accounts = Account.objects.in_bulk([own.account, other.account])
    here, there = accounts[own.account], accounts[other.account]
    stays_there = keep == THERE if keep else is_better(there, here)
    kept, given_up = (other, own) if stays_there else (own, other)
    typed = [one for one in texts_in(request.POST, "quiet") if one.isdecimal() and len(one) < 19]
    asked = Asked(
        kept=kept,
        given_up=given_up,
        quiet=[int(one) for one in typed[:100]],
        network=network_of(request),
        browser=request.headers.get("User-Agent", ""),
    )
    return Choice(asked, accounts[kept.account], accounts[given_up.account])


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
    context: dict[str, Any] = {
        "next": way_back(request),
        "kept": choice.kept,
        "given_up": choice.given_up,
        "primary": choice.kept.primary_address,
        "other_primary": choice.given_up.primary_address,
        "turned": page_with(way_back(request), "leaving:preview", keep=turned),
        "reasons": found,
        **listing_of(request, told, reverse("leaving:preview"), keep=stays, next=way_back(request)),
        "digest": digest,
        "strangers": have_no_word_in_common(choice.kept.full_name, choice.given_up.full_name),
        "days": UNDO_DAYS,
        "news": news,
    }
    return render(request, "leaving/pages/preview.html", context, status=status)


def have_no_word_in_common(one: str, other: str) -> bool:
    """Two such names may be two people at one machine: a second box is asked for."""
    return not set(one.casefold().split()) & set(other.casefold().split())


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
