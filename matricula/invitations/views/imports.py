"""The administrator's pages for files of people: hand in, look through, confirm, follow, take the result."""

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
from matricula.files.tables import streamed_table_response, table_response
from matricula.invitations.errors import ColumnsRefused, ColumnsUndecided, NotToConfirm, NotToStop
from matricula.invitations.forms import chosen_terms
from matricula.invitations.imports.interpretation import ENCODINGS, NAMES_OF_DELIMITERS, reading_of, revised
from matricula.invitations.imports.report import (
    left_out,
    not_invited_lines,
    result_table,
    shown_line,
    why_refused,
)
from matricula.invitations.imports.stops import stop_file
from matricula.invitations.imports.uploads import (
    cancel_file,
    confirm_file,
    hand_in_file,
    is_stuck,
    read_anew,
    resume_import,
)
from matricula.invitations.models import ImportedFile, Verdict
from matricula.invitations.signals import result_taken
from matricula.organizations.access import acting_role, actor_of, administering
from matricula.organizations.models import Organization
from matricula.peoplefile import MOST_BYTES, Choices, Role
from matricula.peoplefile.errors import FileRefused
from matricula.programs.errors import ProgramEnded
from matricula.programs.models import Program
from matricula.programs.seats import scarce_seats
from matricula.web.bodies import MIB
from matricula.web.heavy_work import heavy
from matricula.web.middleware import takes_files
from matricula.web.values import text_in

State = ImportedFile.State
TEMPLATE = ("email", "first name", "last name", "groups", "courses")
"""Headings without anybody below, so that nobody is invited who is only an example."""


class FileForm(forms.Form):
    program = forms.ModelChoiceField(
        Program.objects.none(), label=gettext_lazy("Program"), widget=forms.RadioSelect, empty_label=None
    )
    language = forms.ChoiceField(
        label=gettext_lazy("Language of the letter"), choices=settings.LANGUAGES, required=False
    )
    file = forms.FileField(
        label=gettext_lazy("File"),
        help_text=gettext_lazy("CSV or XLSX, up to 1,000,000 lines. Choose it, or drop it here."),
        widget=forms.FileInput(attrs={"accept": ".csv,.tsv,.txt,.xlsx"}),
        allow_empty_file=True,
    )

    def __init__(self, organization: Organization, data: Any = None, files: Any = None) -> None:
        super().__init__(data, files)
        programs = organization.programs.current().order_by("name")
        self.fields["program"].queryset = programs  # type: ignore[attr-defined]
        self.fields["program"].initial = programs.first()
        self.fields["language"].initial = organization.language


def files_of(organization: Organization) -> Any:
    rows = ImportedFile.objects.filter(program__organization=organization)
    return rows.select_related("program", "handed_in_by")


def file_of(organization: Organization, file_id: str) -> ImportedFile:
    file: ImportedFile = get_object_or_404(files_of(organization), public_id=file_id)
    return file


@administering
@require_safe
def files(request: HttpRequest, organization: Organization) -> HttpResponse:
    context = {"organization": organization, "page": keyset_page(files_of(organization), request.GET)}
    return render(request, "invitations/console/files.html", context)


@administering
@require_http_methods(["GET", "HEAD", "POST"])
@takes_files(MOST_BYTES + MIB)
def new_file(request: HttpRequest, organization: Organization) -> HttpResponse:
    form = FileForm(organization, request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        file = handed_in(request, form)
        if file:
            return redirect("invitations:file", organization.slug, file.public_id)
    return render(request, "invitations/console/new_file.html", {"organization": organization, "form": form})


def handed_in(request: HttpRequest, form: FileForm) -> ImportedFile | None:
    upload, program = form.cleaned_data["file"], form.cleaned_data["program"]
    try:
        return hand_in_file(
            program=program,
            name=upload.name,
            content=upload.chunks(),
            actor=actor_of(request),
            terms=chosen_terms(program, form.cleaned_data),
        )
    except FileRefused as refusal:
        form.add_error("file", str(refusal))
    except ProgramEnded as refusal:
        form.add_error("program", str(refusal))
    return None


@administering
@require_safe
def one_file(request: HttpRequest, organization: Organization, file_id: str) -> HttpResponse:
    """What the file's state asks for: how far it is, what is in it, what became of it."""
    file = file_of(organization, file_id)
    stuck = is_stuck(file)
    stopping = file.state == State.STOPPED and not file.ended_at
    context = {
        "organization": organization,
        "file": file,
        "program": file.program,
        "new": file.counts.get("new", 0),
        "scarce": scarce_seats(file.program, file.counts.get("new", 0)),
        "stuck": stuck,
        "under_way": (stopping or file.state in (State.CHECKING, State.RUNNING)) and not stuck,
        "shown": shown_line(file) if file.may_be_told else [],
        "others": not_invited_lines(file) if file.state == State.CHECKED else [],
        "left_out": left_out(file) if file.may_be_told else [],
        "not_invited": file.counts.get(Verdict.STOPPED, 0),
        "why": why_refused(file),
        "reading": reading_of(file) if file.may_be_read_anew else None,
    }
    return render(request, "invitations/console/file.html", context)


@administering
@require_safe
def template(request: HttpRequest, organization: Organization, form: str) -> HttpResponse:
    """An empty list to fill in, as CSV or XLSX."""
    if form not in ("csv", "xlsx"):
        raise Http404
    return table_response([TEMPLATE], f"{organization.slug}-people", form)


@administering
@require_POST
def reading(request: HttpRequest, organization: Organization, file_id: str) -> HttpResponse:
    """Read the file anew, with other columns, another encoding or another sign between the cells."""
    file = file_of(organization, file_id)
    try:
        if not file.may_be_read_anew or was_read_anew(request, file):
            raise NotToConfirm
        read_anew(file=file, choices=choices_of(request, file))
    except (NotToConfirm, ColumnsRefused) as refusal:
        messages.warning(request, str(refusal))
    return redirect("invitations:file", organization.slug, file.public_id)


def was_read_anew(request: HttpRequest, file: ImportedFile) -> bool:
    """Since the page was drawn: what it showed is not what would be confirmed or changed now."""
    return text_in(request.POST, "readings", str(file.readings)) != str(file.readings)


def choices_of(request: HttpRequest, file: ImportedFile) -> Choices:
    """What is not among the choices is as it was. Raises ColumnsRefused."""
    encoding, delimiter = text_in(request.POST, "encoding"), text_in(request.POST, "delimiter")
    sheets = {str(at) for at in range(len(file.layout["sheets"]))}
    sheet = text_in(request.POST, "sheet")
    signs = NAMES_OF_DELIMITERS
    asked = {at: text_in(request.POST, f"column-{at + 1}") for at in range(len(file.layout["columns"]))}
    return revised(
        file,
        encoding=encoding if encoding in set(ENCODINGS) else file.layout["encoding"],
        delimiter=signs.get(delimiter, file.layout["delimiter"]) if file.layout["delimiter"] else "",
        sheet=int(sheet) if sheet in sheets else -1,
        columns={at: Role(role) for at, role in asked.items() if role in set(Role) - {Role.SECRET}},
    )


def changed_choices(request: HttpRequest, file: ImportedFile) -> Choices | None:
    """What was chosen on the page and not read yet. Raises ColumnsRefused."""
    if not file.may_be_read_anew:
        return None
    said = choices_of(request, file)
    return None if said == Choices.of(file.choices) else said


@administering
@require_POST
def confirmation(request: HttpRequest, organization: Organization, file_id: str) -> HttpResponse:
    file = file_of(organization, file_id)
    try:
        if was_read_anew(request, file):
            messages.warning(request, _("The file was read anew meanwhile. Look through it once more."))
        elif changed := changed_choices(request, file):
            read_anew(file=file, choices=changed)
            words = _(
                "You changed how the file is read. Look through it once more before anybody is invited."
            )
            messages.warning(request, words)
        else:
            confirm_file(file=file, actor=actor_of(request))
    except (NotToConfirm, ColumnsRefused, ColumnsUndecided, ProgramEnded) as refusal:
        messages.warning(request, str(refusal))
    return redirect("invitations:file", organization.slug, file.public_id)


@administering
@require_POST
def cancellation(request: HttpRequest, organization: Organization, file_id: str) -> HttpResponse:
    file = file_of(organization, file_id)
    if cancel_file(file=file, actor=actor_of(request)):
        messages.success(request, _("The file is dropped. Nobody was invited from it."))
        return redirect("invitations:files", organization.slug)
    messages.info(request, str(NotToConfirm()))
    return redirect("invitations:file", organization.slug, file.public_id)


@administering
@require_http_methods(["GET", "HEAD", "POST"])
def stopping(request: HttpRequest, organization: Organization, file_id: str) -> HttpResponse:
    """Asks first, and says what becomes of whom."""
    file = file_of(organization, file_id)
    if request.method != "POST" and file.may_be_stopped:
        return render(
            request, "invitations/console/stop_file.html", {"organization": organization, "file": file}
        )
    try:
        if request.method == "POST":
            stop_file(file=file, actor=actor_of(request))
            messages.success(request, _("Stopped. Nobody more is invited from this file."))
    except NotToStop as refusal:
        messages.info(request, str(refusal))
    return redirect("invitations:file", organization.slug, file.public_id)


@administering
@require_POST
def repetition(request: HttpRequest, organization: Organization, file_id: str) -> HttpResponse:
    """Go on with a file whose job has stopped."""
    file = file_of(organization, file_id)
    resume_import(file)
    return redirect("invitations:file", organization.slug, file.public_id)


@administering
@require_safe
@heavy
def result(request: HttpRequest, organization: Organization, file_id: str) -> HttpResponseBase:
    """Every line with its outcome, as CSV, as long as the lines are kept."""
    file = file_of(organization, file_id)
    if not file.may_be_told or not file.lines:
        raise Http404
    if request.method != "HEAD":
        result_taken.send(ImportedFile, file=file, role=acting_role(request))
    return streamed_table_response(result_table(file), f"{organization.slug}-{file.program.slug}-invited")
