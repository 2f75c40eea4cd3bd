"""How long an organization keeps things: its rules, and what the next night would do by them."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from matricula.db.paging import keyset_page
from matricula.files.tables import streamed_table_response
from matricula.organizations.access import actor_of, freshly_owning, owning
from matricula.organizations.forms import RetentionForm
from matricula.organizations.models import Organization
from matricula.organizations.retention_rules import (
    Act,
    Foreseen,
    change_rules,
    edge,
    foresee,
    known_subjects,
    last_nights,
    months_of,
    next_night,
    shortened,
)
from matricula.web.heavy_work import heavy

LISTED = 5_000


@freshly_owning
@require_http_methods(["GET", "HEAD", "POST"])
def retention(request: HttpRequest, organization: Organization) -> HttpResponse:
    """The rules. The button `look` shows what was chosen without keeping it; a shorter time asks first."""
    form = RetentionForm(organization, request.POST if request.method == "POST" else None)
    now = months_of(organization)
    if request.method != "POST" or not form.is_valid():
        return render_rules(request, organization, form, now)
    chosen = form.months
    if "look" in request.POST:
        return render_rules(request, organization, form, chosen)
    shorter = shortened(now, chosen)
    if shorter and "sure" not in request.POST:
        return ask_first(request, organization, form, {key: chosen[key] for key in shorter})
    if change_rules(organization=organization, months=chosen, actor=actor_of(request)):
        messages.success(request, _("Saved. The next night goes by it."))
    return redirect("console:retention", organization.slug)


def render_rules(
    request: HttpRequest, organization: Organization, form: RetentionForm, months: Mapping[str, int | None]
) -> HttpResponse:
    context = {
        "organization": organization,
        "form": form,
        "busy": busy_acts(organization, months),
        "any_rule": any(months.values()),
        "looking": request.method == "POST",
        "night": next_night(),
        "last": last_nights(organization),
    }
    return render(request, "organizations/console/retention.html", context)


def ask_first(
    request: HttpRequest, organization: Organization, form: RetentionForm, shorter: Mapping[str, int | None]
) -> HttpResponse:
    context = {
        "organization": organization,
        "form": form,
        "busy": busy_acts(organization, shorter),
        "night": next_night(),
        "chosen": [(one.name, one.value()) for one in form],
    }
    return render(request, "organizations/console/retention_question.html", context)


def busy_acts(organization: Organization, months: Mapping[str, int | None]) -> list[Foreseen]:
    return [one for one in foresee(organization, months) if one.count]


def act_ruled(organization: Organization, key: str) -> tuple[str, Act, int]:
    """With its subject, and for how many months that is kept. Raises Http404 where no rule has it done."""
    months = months_of(organization)
    for subject in known_subjects():
        kept = months[subject.key]
        for one in subject.acts:
            if one.key == key and kept:
                return subject.key, one, kept
    raise Http404


def rows_of(organization: Organization, act: Act, months: int) -> "QuerySet[Any]":
    night = next_night()
    return act.rows(organization, edge(organization, months, night), night)


@owning
@require_safe
def retention_list(request: HttpRequest, organization: Organization, act: str) -> HttpResponse:
    """What the next night would do, and to whom, by the rule that was saved."""
    subject, one, months = act_ruled(organization, act)
    foreseen = next(made for made in foresee(organization, {subject: months}) if made.act is one)
    page = keyset_page(rows_of(organization, one, months), request.GET)
    context = {"organization": organization, "foreseen": foreseen, "page": page, "lines": one.told(page.rows)}
    return render(request, "organizations/console/retention_list.html", context)


@owning
@require_safe
@heavy
def retention_file(request: HttpRequest, organization: Organization, act: str) -> HttpResponseBase:
    """The first of them as CSV."""
    _subject, one, months = act_ruled(organization, act)
    rows = rows_of(organization, one, months).order_by("pk")[:LISTED]
    return streamed_table_response(listed(one.told(list(rows))), f"{organization.slug}-{act}")


def listed(lines: Iterable[tuple[str, str, Any]]) -> Iterator[list[object]]:
    yield [_("What"), _("Details"), _("Since")]
    for what, more, since in lines:
        yield [what, more, since.isoformat() if since else ""]
