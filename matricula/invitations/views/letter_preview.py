"""The letter as the next person invited would get it."""

import re

from csp.decorators import csp_update
from django import forms
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

from matricula.invitations.letters import SAMPLE_LINK, preview_letter
from matricula.mail.composition import Message
from matricula.organizations.access import actor_of, administering
from matricula.organizations.models import Organization
from matricula.programs.models import Program

SAMPLE_NAME = "Ada"
LETTER_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src {}; base-uri 'none'; form-action 'none';"
    " frame-ancestors 'self'; sandbox"
)
"""A letter carries its style in itself, may show the logo, and may do nothing."""


class ChoiceForm(forms.Form):
    program = forms.ModelChoiceField(
        Program.objects.none(), label=_("Program"), to_field_name="public_id", empty_label=None
    )
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)

    def __init__(self, organization: Organization, asked: dict[str, str]) -> None:
        programs = organization.programs.current().order_by("name")
        first = programs.first()
        usual = {"program": first.public_id if first else "", "language": organization.language}
        super().__init__(usual | asked)
        self.fields["program"].queryset = programs  # type: ignore[attr-defined]


def chosen(request: HttpRequest, organization: Organization) -> ChoiceForm:
    """What was asked for, else the first program in the usual language; 404 for what is not there."""
    form = ChoiceForm(organization, request.GET.dict())
    if organization.programs.current().exists() and not form.is_valid():
        raise Http404
    return form


def letter_of(request: HttpRequest, form: ChoiceForm) -> Message:
    program, language = form.cleaned_data["program"], form.cleaned_data["language"]
    who = actor_of(request).full_name
    return preview_letter(program=program, name=SAMPLE_NAME, invited_by=who, language=language)


@administering
@require_safe
@csp_update({"frame-src": ["'self'"]})  # type: ignore[arg-type]
def letter(request: HttpRequest, organization: Organization) -> HttpResponse:
    """The letter as HTML, in a frame that can do nothing, and as text."""
    form = chosen(request, organization)
    context = {"organization": organization, "form": form}
    if form.is_valid():
        context |= {"letter": letter_of(request, form), "asked": request.GET.urlencode()}
    return render(request, "invitations/console/letter.html", context)


@administering
@require_safe
@xframe_options_sameorigin
def content(request: HttpRequest, organization: Organization) -> HttpResponse:
    """The HTML part alone, as a document of no origin. Its links lead nowhere."""
    form = chosen(request, organization)
    if not form.is_valid():
        raise Http404
    html = re.sub(re.escape(SAMPLE_LINK) + r"(\?language=\w+)?", "#", letter_of(request, form).html)
    policy = LETTER_POLICY.format(settings.BASE_URL)
    return HttpResponse(html, headers={"Content-Security-Policy": policy, "Cache-Control": "no-store"})
