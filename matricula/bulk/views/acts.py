"""One thing done to many rows: the question, what it is about, how far it is, and what became of it."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from matricula.bulk.acts import Meant, ask_for_many, chosen_rows, stop_act, what_is_meant
from matricula.bulk.choosing import ticked_in
from matricula.bulk.errors import MoreByNow, NothingChosen
from matricula.bulk.verbs import Verb, verb_of
from matricula.db.paging import keyset_page, parse_id
from matricula.organizations.access import actor_of, administering
from matricula.organizations.models import Organization
from matricula.web.access import FORM
from matricula.web.values import text_in, texts_in

OURS = {"act", "one", "all", "option", "number", "newest", "before", "after", "csrfmiddlewaretoken"}
"""What the question is told beside the search of the list."""
NAMED = 10
"""So many are named in the question; of the others it says how many."""


def choice_in(values: QueryDict) -> tuple[dict[str, str], list[int]]:
    """The search, and the rows that were ticked: none where all that match are meant."""
    asked = {key: found for key in values if key not in OURS and (found := text_in(values, key))}
    return asked, ticked_in(values) or ([] if text_in(values, "all") else [0])


def address_of_list(verb: Verb, organization: Organization, asked: dict[str, str]) -> str:
    page = reverse(verb.belongs_to, args=[organization.slug])
    return f"{page}?{urlencode(asked)}" if asked else page


@administering
@FORM
def new_act(request: HttpRequest, organization: Organization) -> HttpResponse:
    """Asks once, naming what and whom; nothing is done before the answer."""
    values = request.POST if request.method == "POST" else request.GET
    verb = verb_of(text_in(values, "act"))
    if verb is None:
        return redirect("console:home", organization.slug)
    asked, chosen = choice_in(values)
    back = address_of_list(verb, organization, asked)
    options = list(verb.options(organization, asked)) if verb.options else []
    option = text_in(values, "option") if verb.options else ""
    unfit = bool(verb.options) and option not in dict(options)
    if request.method == "POST" and not unfit:
        try:
            act = ask_for_many(
                verb=verb,
                organization=organization,
                asked=asked,
                chosen=chosen,
                option=option,
                actor=actor_of(request),
                seen=seen_in(values),
            )
            return redirect("bulk:act", organization.slug, act.public_id)
        except MoreByNow as refusal:
            messages.warning(request, str(refusal))
        except NothingChosen as refusal:
            messages.warning(request, str(refusal))
            return redirect(back)
    rows = chosen_rows(verb, organization, asked, chosen)
    meant = what_is_meant(verb, organization, asked, chosen)
    if meant is None:
        messages.warning(request, str(NothingChosen()))
        return redirect(back)
    context = {
        "organization": organization,
        "verb": verb,
        "question": verb.question(meant.number),
        "named": names_of(verb, rows),
        "others": max(0, meant.number - NAMED),
        "sent": sent_on(values, meant),
        "chooses": bool(verb.options),
        "options": options,
        "missing": request.method == "POST" and unfit,
        "back": back,
    }
    return render(request, "bulk/console/question.html", context)


def names_of(verb: Verb, rows: Any) -> list[str]:
    ids = list(rows.order_by("-pk").values_list("pk", flat=True)[:NAMED])
    names = verb.names(ids)
    return [names[pk] for pk in ids if pk in names]


def sent_on(values: QueryDict, meant: Meant) -> list[tuple[str, str]]:
    """What the answer to the question says again, and what the question is about."""
    kept = [key for key in values if key not in ("option", "number", "newest", "csrfmiddlewaretoken")]
    said = [(key, value) for key in kept for value in texts_in(values, key)]
    return [*said, ("number", str(meant.number)), ("newest", str(meant.newest))]


def seen_in(values: QueryDict) -> Meant:
    """Nothing, where somebody answers who was not asked."""
    return Meant(parse_id(text_in(values, "number")) or 0, parse_id(text_in(values, "newest")) or 0)


@administering
@require_safe
def show_act(request: HttpRequest, organization: Organization, bulk_act_id: str) -> HttpResponse:
    """How far it is; afterwards how many it was done to, and who was left out and why."""
    act = get_object_or_404(organization.bulk_acts, public_id=bulk_act_id)
    verb = verb_of(act.kind)
    if verb is None:
        raise Http404
    page = keyset_page(act.refusals.all(), request.GET)
    names = verb.names([one.subject_id for one in page.rows])
    context = {
        "organization": organization,
        "act": act,
        "verb": verb,
        "told": verb.told(act.done),
        "page": page,
        "refusals": [(names.get(one.subject_id, "–"), one.reason) for one in page.rows],
        "back": address_of_list(verb, organization, act.asked),
    }
    return render(request, "bulk/console/act.html", context)


@administering
@require_POST
def stop_many(request: HttpRequest, organization: Organization, bulk_act_id: str) -> HttpResponse:
    act = get_object_or_404(organization.bulk_acts, public_id=bulk_act_id)
    if stop_act(act=act, actor=actor_of(request)):
        messages.success(request, _("It is stopped. What was done before stays done."))
    return redirect("bulk:act", organization.slug, act.public_id)
