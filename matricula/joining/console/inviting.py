"""The administrator's page for inviting."""

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods

from matricula.joining.inviting import invite
from matricula.joining.pasting import Person, WrongPiece, read_addresses
from matricula.mail.leasing import promised
from matricula.organizations.access import actor_of, administering
from matricula.organizations.models import Organization
from matricula.programs.models import Program

MOST_TOLD = 10
LONGEST_TOLD = 80


class InviteForm(forms.Form):
    program = forms.ModelChoiceField(Program.objects.none(), label=gettext_lazy("Program"))
    language = forms.ChoiceField(
        label=gettext_lazy("Language of the letter"), choices=settings.LANGUAGES, required=False
    )
    addresses = forms.CharField(
        label=gettext_lazy("E-mail addresses"),
        max_length=100_000,
        strip=False,
        help_text=gettext_lazy(
            "One a line, or with commas, semicolons or tabs between them; Name &lt;address&gt; works too."
        ),
        widget=forms.Textarea(attrs={"rows": 6}),
    )

    def __init__(self, organization: Organization, data: object = None) -> None:
        super().__init__(data)  # type: ignore[arg-type]
        field = self.fields["program"]
        field.queryset = organization.programs.current()  # type: ignore[attr-defined]
        field.initial = field.queryset.first()  # type: ignore[attr-defined]
        self.fields["language"].initial = organization.language

    def clean_addresses(self) -> list[Person]:
        people, wrong = read_addresses(self.cleaned_data["addresses"])
        if wrong:
            raise forms.ValidationError(told(wrong))
        if not people:
            raise forms.ValidationError(self.fields["addresses"].error_messages["required"], code="required")
        return people


def told(wrong: list[WrongPiece]) -> list[str]:
    """A sentence for each of the first pieces that are no address, and how many there are more."""
    sentences = [
        _("Line %(line)d: “%(text)s”. %(words)s")
        % {"line": piece.line, "text": Truncator(piece.text).chars(LONGEST_TOLD), "words": piece.words}
        for piece in wrong[:MOST_TOLD]
    ]
    more = len(wrong) - MOST_TOLD
    if more > 0:
        sentences.append(ngettext("And %d more like these.", "And %d more like these.", more) % more)
    return sentences


@administering
@require_http_methods(["GET", "HEAD", "POST"])
def invite_people(request: HttpRequest, organization: Organization) -> HttpResponse:
    """Invite pasted addresses."""
    form = InviteForm(organization, request.POST or None)
    if request.method == "POST" and form.is_valid():
        messages.success(request, promised(invite_all(request, form), organization.pk))
        return redirect("invitations:invitations", organization.slug)
    context = {"organization": organization, "form": form}
    return render(request, "joining/console/invite.html", context)


def invite_all(request: HttpRequest, form: InviteForm) -> str:
    bruno = actor_of(request)
    program, language = form.cleaned_data["program"], form.cleaned_data["language"]
    made = [
        invite(program=program, address=address, name=name, invited_by=bruno, language=language)
        for name, address in form.cleaned_data["addresses"]
    ]
    new = len([one for one in made if one])
    old = len(made) - new
    already = ngettext("%d was invited already.", "%d were invited already.", old) % old
    return f"{_('%d invited,') % new} {already}"
