"""The administrator's page for inviting."""

from collections import Counter
from collections.abc import Iterator
from functools import partial
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods

from matricula.invitations.errors import AlreadyMember
from matricula.invitations.forms import GroupsField, OpensField, chosen_terms
from matricula.invitations.invitations import invite_person
from matricula.mail.leases import letters_promised
from matricula.organizations.access import actor_of, administering
from matricula.organizations.models import Organization
from matricula.peoplefile.pasted_text import Person, WrongPiece, read_addresses
from matricula.programs.models import Program
from matricula.programs.seats import scarce_seats

MOST_PASTED = 1_000
"""People, as many as the API takes in one request: whoever pasted them waits for it."""
MOST_TOLD = 10
LONGEST_TOLD = 80


class InviteForm(forms.Form):
    program = forms.ModelChoiceField(
        Program.objects.none(), label=gettext_lazy("Program"), empty_label=gettext_lazy("Choose a program")
    )
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
    groups = GroupsField()
    opens = OpensField()

    def __init__(self, organization: Organization, data: object = None) -> None:
        super().__init__(data)  # type: ignore[arg-type]
        self.wrong: list[WrongPiece] = []
        programs = organization.programs.current().order_by("name")
        self.fields["program"].queryset = programs  # type: ignore[attr-defined]
        self.fields["program"].initial = programs.first()
        self.fields["language"].initial = organization.language
        for name in ("groups", "opens"):
            self.fields[name].offer(programs)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Groups and what opens are the chosen program's own."""
        data, program = self.cleaned_data, self.cleaned_data.get("program")
        others = [one.name for one in data.get("groups", ()) if one.program != program]
        if program and others:
            self.add_error("groups", _("%s is a group of another program.") % others[0])
        if program:
            terms = data["terms"] = chosen_terms(program, data)
            if data.get("opens") and not (terms.course or terms.specialization):
                self.add_error("opens", _("%s does not offer that. Choose something else.") % program)
        return data

    @property
    def brings_along(self) -> bool:
        """Whether more was chosen than who is invited to what: then it is shown."""
        return any(self[name].errors or self[name].data for name in ("groups", "opens"))

    def clean_addresses(self) -> list[Person]:
        """Who can be invited; the others stay in the box, each with its reason."""
        people, self.wrong = read_addresses(self.cleaned_data["addresses"])
        if len(people) > MOST_PASTED:
            words = _("These are %(n)d addresses. Paste at most %(most)d at once, or hand in a file of them.")
            raise forms.ValidationError(words % {"n": len(people), "most": MOST_PASTED})
        if self.wrong and not people:
            raise forms.ValidationError(outcome_words(self.wrong))
        if not people:
            raise forms.ValidationError(self.fields["addresses"].error_messages["required"], code="required")
        return people

    def rest(self, organization: Organization) -> "InviteForm":
        """The form with what is left to correct, and what is wrong with it."""
        data = QueryDict(mutable=True)
        data.update(self.data)
        data["addresses"] = "\n".join(piece.whole for piece in self.wrong)
        return InviteForm(organization, data)


def outcome_words(wrong: list[WrongPiece]) -> list[str]:
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
    """Invite pasted addresses. What is no address stays in the box; nobody is invited twice."""
    form = InviteForm(organization, request.POST or None)
    if request.method == "POST" and form.is_valid():
        outcomes = Counter(invite_each(request, form))
        messages.success(request, letters_promised(outcomes_of(outcomes, len(form.wrong)), organization.pk))
        if warning := scarce_seats(form.cleaned_data["program"], outcomes["invited"]):
            messages.warning(request, warning)
        if not form.wrong:
            return redirect("invitations:invitations", organization.slug)
        form = form.rest(organization)
    context = {"organization": organization, "form": form}
    return render(request, "invitations/console/invite.html", context)


def invite_each(request: HttpRequest, form: InviteForm) -> Iterator[str]:
    """What became of each."""
    bruno, data = actor_of(request), form.cleaned_data
    invite = partial(invite_person, program=data["program"], invited_by=bruno, terms=data["terms"])
    for name, address in data["addresses"]:
        try:
            made = invite(address=address, name=name)
        except AlreadyMember:
            yield "member"
        else:
            yield "invited" if made else "already"


def outcomes_of(outcomes: Counter[str], left: int) -> str:
    old, members = outcomes["already"], outcomes["member"]
    told = [_("%d invited.") % outcomes["invited"]]
    if old:
        told.append(ngettext("%d was invited already.", "%d were invited already.", old) % old)
    if members:
        told.append(ngettext("%d is a member already.", "%d are members already.", members) % members)
    if left:
        told.append(ngettext("%d is left to correct.", "%d are left to correct.", left) % left)
    return " ".join(told)
