"""The administrator's page for inviting."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
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

from matricula.db.paging import parse_id
from matricula.invitations.errors import AlreadyMember
from matricula.invitations.forms import EarlierGroupsField, GroupsField, OpensField, chosen_terms
from matricula.invitations.invitations import invite_person, last_work_email
from matricula.invitations.returning import Returning, returning_member
from matricula.mail.leases import letters_promised
from matricula.organizations.access import acting_role, actor_of, administering
from matricula.organizations.models import Organization
from matricula.peoplefile.pasted_text import Person, WrongPiece, read_addresses
from matricula.programs.models import Group, Membership, Program
from matricula.programs.seats import scarce_seats
from matricula.programs.terms import Terms
from matricula.web.values import text_in

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
    earlier = EarlierGroupsField()

    def __init__(
        self, organization: Organization, data: object = None, initial: dict[str, Any] | None = None
    ) -> None:
        super().__init__(data, initial=initial)  # type: ignore[arg-type]
        self.wrong: list[WrongPiece] = []
        programs = organization.programs.current().order_by("name")
        self.fields["program"].queryset = programs  # type: ignore[attr-defined]
        self.initial.setdefault("program", programs.first())
        self.fields["language"].initial = organization.language
        for name in ("groups", "opens", "earlier"):
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

    @property
    def returning(self) -> Returning | None:
        """Where one person alone is invited: what comes back with them."""
        people = self.cleaned_data["addresses"]
        if len(people) != 1 or self.wrong:
            return None
        return returning_member(program=self.cleaned_data["program"], address=people[0].address)

    def ask_about(self, returning: Returning) -> None:
        """Their groups of before, none of them chosen by itself."""
        mine = Group.objects.filter(pk__in=[one.pk for one in returning.groups]).select_related("program")
        self.fields["earlier"].queryset = mine.order_by("name")  # type: ignore[attr-defined]

    def terms_for(self, returning: Returning | None) -> Terms:
        """With the groups of before that were chosen, of nobody else's."""
        terms: Terms = self.cleaned_data["terms"]
        before = {one.pk for one in returning.groups} if returning else set()
        chosen = [one for one in self.cleaned_data["earlier"] if one.pk in before]
        return replace(terms, groups={*terms.groups, *chosen})

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
    """Invite pasted addresses. What is no address stays in the box; nobody is invited twice. Of one person
    who was here before the page first says what comes back, and asks."""
    if request.method != "POST":
        again = asked_again(request, organization)
        form = InviteForm(organization, initial=filled_in_for(again) if again else None)
        return show_form(request, organization, form, again)
    form = InviteForm(organization, request.POST)
    if not form.is_valid():
        return show_form(request, organization, form)
    returning = form.returning
    if returning and text_in(request.POST, "returning") != str(returning.membership.pk):
        return show_form(request, organization, form, returning)
    outcomes = Counter(invite_each(request, form, form.terms_for(returning)))
    messages.success(request, letters_promised(outcomes_of(outcomes, len(form.wrong)), organization.pk))
    if warning := scarce_seats(form.cleaned_data["program"], outcomes["invited"]):
        messages.warning(request, warning)
    if form.wrong:
        return show_form(request, organization, form.rest(organization))
    return redirect("invitations:invitations", organization.slug)


def show_form(
    request: HttpRequest, organization: Organization, form: InviteForm, returning: Returning | None = None
) -> HttpResponse:
    if returning:
        form.ask_about(returning)
    context = {"organization": organization, "form": form, "returning": returning}
    return render(request, "invitations/console/invite.html", context)


def asked_again(request: HttpRequest, organization: Organization) -> Returning | None:
    """Whose page led here ("Invite again")."""
    rows = Membership.objects.shown_to(acting_role(request)).exclude(state=Membership.State.ACTIVE)
    found = rows.filter(pk=parse_id(text_in(request.GET, "again")) or 0).select_related("account", "program")
    membership = found.first()
    return Returning(membership) if membership else None


def filled_in_for(returning: Returning) -> dict[str, Any]:
    work_email = last_work_email(returning.membership)
    named = pasted_person(returning.name, work_email) if work_email else ""
    return {"program": returning.membership.program, "addresses": named}


def pasted_person(name: str, address: str) -> str:
    """As the box reads it."""
    return f'"{name}" <{address}>' if name and '"' not in name else address


def invite_each(request: HttpRequest, form: InviteForm, terms: Terms) -> Iterator[str]:
    """What became of each."""
    bruno, data = actor_of(request), form.cleaned_data
    invite = partial(invite_person, program=data["program"], invited_by=bruno, terms=terms)
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
