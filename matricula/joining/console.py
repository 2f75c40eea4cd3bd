"""The administrator's page for inviting."""

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from matricula.joining.inviting import invite, read_addresses, revoke, send_again
from matricula.joining.models import Invitation
from matricula.organizations.access import actor_of, administering
from matricula.organizations.models import Organization
from matricula.programs.models import Program

SHOWN = 50


class InviteForm(forms.Form):
    program = forms.ModelChoiceField(Program.objects.none(), label=gettext_lazy("Program"))
    addresses = forms.CharField(
        label=gettext_lazy("E-mail addresses"),
        max_length=100_000,
        help_text=gettext_lazy("One a line, or with commas between them; Name <address> works too."),
        widget=forms.Textarea(attrs={"rows": 6}),
    )

    def __init__(self, organization: Organization, data: object = None) -> None:
        super().__init__(data)  # type: ignore[arg-type]
        field = self.fields["program"]
        field.queryset = organization.programs.all()  # type: ignore[attr-defined]

    def clean_addresses(self) -> list[tuple[str, str]]:
        good, bad = read_addresses(self.cleaned_data["addresses"])
        if bad:
            raise forms.ValidationError(_("These are no e-mail addresses: %s.") % ", ".join(bad[:10]))
        return good


@administering
@require_http_methods(["GET", "HEAD", "POST"])
def invitations(request: HttpRequest, organization: Organization) -> HttpResponse:
    """Invite pasted addresses, and see the newest invitations."""
    form = InviteForm(organization, request.POST or None)
    if request.method == "POST" and form.is_valid():
        messages.success(request, invite_all(request, form))
        return redirect("invitations:invitations", organization.slug)
    rows = Invitation.objects.filter(program__organization=organization).select_related("program", "letter")
    context = {"organization": organization, "form": form, "invitations": rows.order_by("-id")[:SHOWN]}
    return render(request, "joining/console/invitations.html", context)


def invite_all(request: HttpRequest, form: InviteForm) -> str:
    bruno = actor_of(request)
    program, people = form.cleaned_data["program"], form.cleaned_data["addresses"]
    made = [invite(program=program, address=address, name=name, invited_by=bruno) for name, address in people]
    new = len([one for one in made if one])
    return _("%(new)d invited, %(old)d were invited already.") % {"new": new, "old": len(made) - new}


def open_invitation(organization: Organization, public_id: str) -> Invitation:
    rows = Invitation.objects.open().filter(program__organization=organization).select_related("program")
    return get_object_or_404(rows, public_id=public_id)


@administering
@require_POST
def send_letter_again(request: HttpRequest, organization: Organization, public_id: str) -> HttpResponse:
    send_again(invitation=open_invitation(organization, public_id), actor=actor_of(request))
    messages.success(request, _("The letter is on its way again. Links sent before no longer work."))
    return redirect("invitations:invitations", organization.slug)


@administering
@require_POST
def withdraw(request: HttpRequest, organization: Organization, public_id: str) -> HttpResponse:
    invitation = open_invitation(organization, public_id)
    if revoke(invitation=invitation, actor=actor_of(request)):
        messages.success(request, _("The invitation is withdrawn."))
    return redirect("invitations:invitations", organization.slug)
