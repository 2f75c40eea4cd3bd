"""Programs: what each offers, its seats and its rules."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from matricula.organizations.access import actor_of, administering, overseeing
from matricula.organizations.models import Organization
from matricula.programs.ends import stranded_at_end
from matricula.programs.errors import NameTaken, NoCompanySignIn, NoOwnerWayIn, SeatsInUse
from matricula.programs.forms import ProgramForm
from matricula.programs.models import Program
from matricula.programs.programs import change_program, make_program
from matricula.programs.seats import level_of
from matricula.web.access import FORM
from matricula.web.values import text_in


@overseeing
@require_safe
def list_programs(request: HttpRequest, organization: Organization) -> HttpResponse:
    rows = organization.programs.prefetch_related("courses", "groups").order_by("name")
    context = {"organization": organization, "programs": [(one, level_of(one)) for one in rows]}
    return render(request, "programs/console/programs.html", context)


@administering
@FORM
def new_program(request: HttpRequest, organization: Organization) -> HttpResponse:
    form = ProgramForm(organization, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = make_program(organization=organization, values=form.cleaned_data, actor=actor_of(request))
        except NameTaken as refusal:
            form.add_error("name", str(refusal))
        except (NoCompanySignIn, NoOwnerWayIn) as refusal:
            form.add_error("requires_sign_in", str(refusal))
        else:
            messages.success(request, _("%s is made. Invite people to it next.") % made)
            return redirect("programs:programs", organization.slug)
    return render(request, "programs/console/edit.html", {"organization": organization, "form": form})


@administering
@FORM
def edit_program(request: HttpRequest, organization: Organization, program_id: str) -> HttpResponse:
    program = get_object_or_404(organization.programs, public_id=program_id)
    fresh = Program.objects.get(pk=program.pk)
    form = ProgramForm(organization, request.POST or None, instance=fresh)
    stranded = stranded_unasked(request, program, form) if form.is_valid() else 0
    if request.method == "POST" and form.is_valid() and not stranded:
        try:
            change_program(program=program, values=form.cleaned_data, actor=actor_of(request))
        except SeatsInUse as refusal:
            form.add_error("seats", str(refusal))
        except (NoCompanySignIn, NoOwnerWayIn) as refusal:
            form.add_error("requires_sign_in", str(refusal))
        else:
            messages.success(request, _("Saved."))
            return redirect("programs:edit", organization.slug, program.public_id)
    context = {"organization": organization, "form": form, "edited": program, "stranded": stranded}
    return render(request, "programs/console/edit.html", context, status=409 if stranded else 200)


def stranded_unasked(request: HttpRequest, program: Program, form: ProgramForm) -> int:
    """How many the last day that is chosen now would leave without a way in, unless whoever chose it has read
    that of this very day."""
    ends_on = form.cleaned_data["ends_on"]
    if ends_on in (None, program.ends_on) or text_in(request.POST, "sure_of_end") == str(ends_on):
        return 0
    return stranded_at_end(program, ends_on)
