"""The administrator's pages for direct links: made, shown once with a QR code, turned off for good."""

from datetime import datetime
from io import BytesIO
from typing import Any

import segno
from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_safe

from matricula.bulk.verbs import total_in_words
from matricula.db.days import end_of_day
from matricula.db.paging import NEWEST, OLDEST, count_some, keyset_page
from matricula.invitations.forms import GroupsField, OpensField, chosen_terms
from matricula.joining.direct_links import make_direct_link, turn_off_link
from matricula.joining.models import DirectLink
from matricula.mail.addresses import AddressRefused, domain_of
from matricula.organizations.access import actor_of, administering, overseeing
from matricula.organizations.models import Organization
from matricula.programs.models import Program
from matricula.security.sent_forms import is_sent_again
from matricula.web.access import FORM
from matricula.web.values import text_in


class ProgramForm(forms.Form):
    program = forms.ModelChoiceField(
        Program.objects.none(), label=gettext_lazy("Program"), widget=forms.RadioSelect, empty_label=None
    )

    def __init__(self, organization: Organization, data: Any = None) -> None:
        super().__init__(data)
        programs = organization.programs.current().order_by("name")
        self.fields["program"].queryset = programs  # type: ignore[attr-defined]
        self.fields["program"].initial = programs.first()


class LinkForm(forms.Form):
    """What a direct link may do. Everything is optional: an empty form makes a link without limits."""

    label = forms.CharField(
        label=gettext_lazy("Label"),
        max_length=120,
        required=False,
        help_text=gettext_lazy("For you, to know it again: such as “Intranet, autumn”."),
    )
    opens = OpensField()
    groups = GroupsField()
    max_uses = forms.IntegerField(
        label=gettext_lazy("How many people may use it"), required=False, min_value=1, max_value=10_000_000
    )
    expires_on = forms.DateField(
        label=gettext_lazy("Last day"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    domains = forms.CharField(
        label=gettext_lazy("Allowed e-mail domains"),
        required=False,
        max_length=1000,
        help_text=gettext_lazy("Such as example.com, example.org. Empty: any work e-mail."),
    )

    def __init__(self, program: Program, data: Any = None) -> None:
        super().__init__(data)
        self.program = program
        for name in ("opens", "groups"):
            self.fields[name].offer([program])  # type: ignore[attr-defined]

    def clean_expires_on(self) -> datetime | None:
        day = self.cleaned_data["expires_on"]
        if day is None:
            return None
        end = end_of_day(day, self.program.organization.time_zone)
        if end <= timezone.now():
            raise ValidationError(_("Choose today or a later day."))
        return end

    def clean_domains(self) -> list[str]:
        try:
            return [
                domain_of(f"a@{name.lstrip('@')}")
                for name in self.cleaned_data["domains"].replace(",", " ").split()
            ]
        except AddressRefused as refusal:
            raise ValidationError(
                _("Write domains such as example.com, with commas between them.")
            ) from refusal

    def limits(self) -> dict[str, Any]:
        """What `make_direct_link` takes."""
        data = self.cleaned_data
        return {
            "label": data["label"],
            "expires_at": data["expires_on"],
            "max_uses": data["max_uses"],
            "allowed_domains": data["domains"],
            "terms": chosen_terms(self.program, data),
        }


@overseeing
@require_safe
def links(request: HttpRequest, organization: Organization) -> HttpResponse:
    rows = DirectLink.objects.filter(program__organization=organization)
    shown = rows.select_related("program", "course", "specialization").prefetch_related("groups")
    total = count_some(rows)
    page = keyset_page(
        shown, request.GET, order=OLDEST if text_in(request.GET, "sort") == "oldest" else NEWEST
    )
    context = {
        "organization": organization,
        "links": page.rows,
        "page": page,
        "words": total_in_words(total, narrowed=False),
        "asked": request.GET,
    }
    return render(request, "joining/console/links.html", context)


@administering
@require_safe
def choose_program(request: HttpRequest, organization: Organization) -> HttpResponse:
    """A link belongs to one program; with a single one there is nothing to choose."""
    programs = list(organization.programs.current().order_by("name")[:2])
    if len(programs) == 1:
        return redirect("links:new", organization.slug, programs[0].public_id)
    form = ProgramForm(organization, request.GET or None)
    if form.is_valid():
        return redirect("links:new", organization.slug, form.cleaned_data["program"].public_id)
    return render(request, "joining/console/link_program.html", {"organization": organization, "form": form})


@administering
@FORM
def new_link(request: HttpRequest, organization: Organization, program_id: str) -> HttpResponse:
    """The address stands in the answer to this POST and nowhere else."""
    program = get_object_or_404(organization.programs.current(), public_id=program_id)
    form = LinkForm(program, request.POST if request.method == "POST" else None)
    context = {"organization": organization, "program": program, "form": form}
    if request.method == "POST" and form.is_valid():
        if is_sent_again(request):
            messages.info(
                request, _("That link is made, and was shown once. Lost it? Turn it off, and make another.")
            )
            return redirect("links:links", organization.slug)
        link, address = make_direct_link(program=program, actor=actor_of(request), **form.limits())
        context |= {"link": link, "address": address, "qr": qr(address)}
        answer = render(request, "joining/console/link_made.html", context)
        answer["Cache-Control"] = "no-store"
        return answer
    return render(request, "joining/console/new_link.html", context)


def qr(address: str) -> str:
    drawing = BytesIO()
    segno.make(address, error="m").save(drawing, kind="svg", scale=4, border=1, omitsize=True, xmldecl=False)
    return mark_safe(drawing.getvalue().decode())


@administering
@FORM
def turn_link_off(request: HttpRequest, organization: Organization, link_id: str) -> HttpResponse:
    """Once asked: it cannot be turned on again."""
    rows = DirectLink.objects.filter(program__organization=organization).select_related("program")
    link = get_object_or_404(rows, public_id=link_id)
    if request.method == "POST":
        if turn_off_link(link=link, actor=actor_of(request)):
            messages.success(request, _("The link is off, for good. Who joined by it stays."))
        return redirect("links:links", organization.slug)
    used = ngettext("%(n)d person joined by it", "%(n)d people joined by it", link.uses) % {"n": link.uses}
    context = {
        "organization": organization,
        "question": _("Turn off the link %s?") % (link.label or link.program.name),
        "named": [f"{link.program} · {used}"],
        "consequence": _(
            "It opens nothing any more, for good, wherever it was handed out. Who joined by it stays."
        ),
        "label": _("Turn off"),
        "grave": True,
        "back": reverse("links:links", args=[organization.slug]),
    }
    return render(request, "organizations/console/question.html", context)
