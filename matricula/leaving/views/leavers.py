"""Lists of leavers: hand in, look through, confirm, follow, take the result."""

from collections.abc import Callable, Iterator
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from matricula.db.paging import keyset_page
from matricula.files.tables import streamed_table_response
from matricula.leaving.errors import LeaversSettled
from matricula.leaving.offboarding.leavers import (
    cancel_leavers,
    choosable_columns,
    choose_column,
    confirm_leavers,
    hand_in_leavers,
    pasted,
    stop_leavers,
)
from matricula.leaving.offboarding.models import LeaversFile, LeaversLine
from matricula.leaving.rehearsal.judging import Verdict
from matricula.leaving.rehearsal.stranding import Stranding
from matricula.leaving.views.removing import last_day
from matricula.organizations.access import acting_role, actor_of, administering
from matricula.organizations.models import Organization
from matricula.peoplefile import MOST_BYTES
from matricula.peoplefile.errors import FileRefused
from matricula.peoplefile.limits import refusal
from matricula.reporting.models import How, ListReading
from matricula.reporting.readings import note_list_reading
from matricula.web.bodies import MIB
from matricula.web.heavy_work import heavy
from matricula.web.middleware import takes_files
from matricula.web.values import text_in

SHOWN = 5
"""Lines of each verdict that are shown."""
LINES_AT_ONCE = 5_000
LONGEST_PASTED = 200_000
State = LeaversFile.State
REASONS = {
    Verdict.STAYS: gettext_lazy("End their role under Administrators first. The last owner cannot go."),
    Verdict.GONE: gettext_lazy("Is in no program here any more."),
    Verdict.UNKNOWN: gettext_lazy("Nobody here has this work e-mail or external id."),
    Verdict.TWICE: gettext_lazy("An earlier line names the same person."),
    Verdict.INVALID: gettext_lazy("The line names nobody."),
}


class ListForm(forms.Form):
    file = forms.FileField(
        label=gettext_lazy("File"),
        help_text=gettext_lazy("CSV or XLSX with work e-mails or external ids, up to 1,000,000 lines."),
        widget=forms.FileInput(attrs={"accept": ".csv,.tsv,.txt,.xlsx"}),
        allow_empty_file=True,
        required=False,
    )
    pasted = forms.CharField(
        label=gettext_lazy("Or paste them"),
        help_text=gettext_lazy("One on a line, or with commas between them."),
        widget=forms.Textarea(attrs={"rows": 5, "spellcheck": "false"}),
        max_length=LONGEST_PASTED,
        required=False,
    )

    def clean(self) -> dict[str, Any]:
        given = [name for name in ("file", "pasted") if self.cleaned_data.get(name)]
        if not given and not self.errors:
            self.add_error("file", gettext_lazy("Choose a file, or paste who leaves."))
        if len(given) > 1:
            self.add_error("pasted", gettext_lazy("Choose a file or paste, not both."))
        return self.cleaned_data


def list_of(organization: Organization, list_id: str) -> LeaversFile:
    return get_object_or_404(organization.leavers_files.select_related("organization"), public_id=list_id)


@administering
@require_safe
def lists(request: HttpRequest, organization: Organization) -> HttpResponse:
    rows = organization.leavers_files.select_related("handed_in_by")
    context = {"organization": organization, "page": keyset_page(rows, request.GET)}
    return render(request, "leaving/console/lists.html", context)


@administering
@require_http_methods(["GET", "HEAD", "POST"])
@takes_files(MOST_BYTES + MIB)
def new_list(request: HttpRequest, organization: Organization) -> HttpResponse:
    form = ListForm(request.POST, request.FILES) if request.method == "POST" else ListForm()
    if request.method == "POST" and form.is_valid():
        upload, text = form.cleaned_data["file"], form.cleaned_data["pasted"]
        try:
            file = hand_in_leavers(
                organization=organization,
                name=upload.name if upload else _("Pasted list"),
                content=upload.chunks() if upload else pasted(text),
                actor=actor_of(request),
            )
            return redirect("departures:list", organization.slug, file.public_id)
        except FileRefused as refused:
            form.add_error("file" if upload else "pasted", str(refused))
    return render(request, "leaving/console/new_list.html", {"organization": organization, "form": form})


@administering
@require_safe
def one_list(request: HttpRequest, organization: Organization, list_id: str) -> HttpResponse:
    file = list_of(organization, list_id)
    told = file.state in (State.CHECKED, State.DONE, State.STOPPED) and not file.layout
    context = {
        "organization": organization,
        "file": file,
        "columns": choosable_columns(file) if file.state == State.CHECKED else [],
        "shown": sections_of(file) if told and file.lines else [],
        "stranded": file.counts.get("stranded", 0),
        "to_leave": file.to_leave,
        "removed": file.outcomes.get("removed", 0),
        "held": file.outcomes.get("held", 0),
        "day": last_day(organization, settings.HELD_DAYS),
        "under_way": file.state in (State.CHECKING, State.RUNNING),
        "why": str(refusal(file.code, file.refused_line)) if file.code else "",
    }
    return render(request, "leaving/console/list.html", context)


def sections_of(file: LeaversFile) -> list[dict[str, Any]]:
    """For each verdict there is, its first lines; those that matter most first."""
    order = [Verdict.STRANDED, Verdict.STAYS, Verdict.UNKNOWN, Verdict.INVALID, Verdict.LEAVES]
    found = []
    for verdict in [*order, *(one for one in Verdict if one not in order)]:
        if count := file.counts.get(verdict.value):
            lines = file.kept_lines.filter(verdict=verdict).order_by("line")[:SHOWN]
            rows = [(one.line, one.named, reason_of(one)) for one in lines]
            found.append({"verdict": verdict.value, "label": verdict.label, "count": count, "rows": rows})
    return found


def reason_of(line: LeaversLine) -> str:
    if line.outcome:
        return line.get_outcome_display()
    return str(Stranding(line.why).label) if line.why else str(REASONS.get(Verdict(line.verdict), ""))


def settle(
    request: HttpRequest, organization: Organization, list_id: str, act: Callable[[LeaversFile], None]
) -> HttpResponse:
    """Do it, or say that somebody was faster; and back to the list's page."""
    file = list_of(organization, list_id)
    try:
        act(file)
    except LeaversSettled as settled:
        messages.warning(request, str(settled))
    return redirect("departures:list", organization.slug, file.public_id)


@administering
@require_POST
def column(request: HttpRequest, organization: Organization, list_id: str) -> HttpResponse:
    number = text_in(request.POST, "column")

    def choose(file: LeaversFile) -> None:
        if number not in {str(at) for at, _heading, _samples in choosable_columns(file)}:
            messages.warning(request, _("Choose the column that says who leaves."))
        else:
            choose_column(file=file, number=int(number))

    return settle(request, organization, list_id, choose)


@administering
@require_POST
def confirmation(request: HttpRequest, organization: Organization, list_id: str) -> HttpResponse:
    when = text_in(request.POST, "when", "held")

    def confirm(file: LeaversFile) -> None:
        if when not in ("held", "now"):
            messages.warning(request, _("Choose when."))
        else:
            confirm_leavers(file=file, holds=when == "held", actor=actor_of(request))

    return settle(request, organization, list_id, confirm)


@administering
@require_POST
def cancellation(request: HttpRequest, organization: Organization, list_id: str) -> HttpResponse:
    return settle(
        request, organization, list_id, lambda file: cancel_leavers(file=file, actor=actor_of(request))
    )


@administering
@require_POST
def stop_list(request: HttpRequest, organization: Organization, list_id: str) -> HttpResponse:
    return settle(
        request, organization, list_id, lambda file: stop_leavers(file=file, actor=actor_of(request))
    )


@administering
@require_safe
@heavy
def result(request: HttpRequest, organization: Organization, list_id: str) -> HttpResponseBase:
    """Every line, what it means and what became of it, as long as lines are kept."""
    file = list_of(organization, list_id)
    if file.state in (State.CHECKING, State.RUNNING, State.REFUSED, State.CANCELLED) or not file.lines:
        raise Http404
    if request.method != "HEAD":
        note_list_reading(
            what=ListReading.What.PEOPLE,
            is_part=True,
            people=file.lines,
            reader=actor_of(request),
            role=acting_role(request),
            how=How.FILE,
        )
    return streamed_table_response(result_rows(file), f"{organization.slug}-leavers")


def result_rows(file: LeaversFile) -> Iterator[list[Any]]:
    yield [_("Line"), _("Person"), _("Verdict"), _("Reason"), _("Outcome")]
    after = -1
    while lines := list(file.kept_lines.filter(line__gt=after).order_by("line")[:LINES_AT_ONCE]):
        for one in lines:
            verdict = Verdict(one.verdict)
            why = str(Stranding(one.why).label) if one.why else str(REASONS.get(verdict, ""))
            yield [one.line, one.named, str(verdict.label), why, one.get_outcome_display()]
        after = lines[-1].line
