"""The page that shows every component of the design system, in development."""

from django import forms
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from matricula.web.access import public
from matricula.web.templatetags.web import ICONS


class SampleForm(forms.Form):
    name = forms.CharField(label="Full name", help_text="As it should stand on letters.")
    email = forms.EmailField(label="E-mail", initial="not an address")
    secret = forms.CharField(label="Password", widget=forms.PasswordInput)
    level = forms.ChoiceField(label="Level", choices=[("b", "Beginner"), ("a", "Advanced")], required=False)
    pace = forms.ChoiceField(
        label="Pace", choices=[("calm", "Calm"), ("brisk", "Brisk")], widget=forms.RadioSelect
    )
    note = forms.CharField(label="Note", widget=forms.Textarea(attrs={"rows": 3}), required=False)
    agreed = forms.BooleanField(label="Send me a reminder", required=False, help_text="Once a week.")
    code = forms.CharField(label="Code", widget=forms.TextInput(attrs={"class": "code"}), initial="123456")


@public
@require_safe
def design(request: HttpRequest) -> HttpResponse:
    """Every component in every state, to look at in light and dark."""
    if not settings.DEVELOPMENT:
        raise Http404
    context = {
        "clean": SampleForm(auto_id="clean_%s"),
        "wrong": SampleForm({"email": "not an address"}, auto_id="wrong_%s"),
        "icons": sorted(path.stem for path in ICONS.glob("*.svg")),
        "drawings": ["door", "letter", "search", "seal", "people"],
        "tones": ["good", "warn", "bad", "info"],
        "colours": [
            "surface",
            "raised",
            "sunken",
            "brand",
            "brand-soft",
            "gold",
            "good",
            "warn",
            "bad",
            "info",
        ],
    }
    return render(request, "web/design.html", context)
