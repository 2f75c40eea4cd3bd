from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from matricula.api.tokens import SCOPES

LIFETIMES = [(30, _("30 days")), (90, _("90 days")), (365, _("A year"))]


class TokenForm(forms.Form):
    """A new token."""

    name = forms.CharField(
        label=_("Name"),
        max_length=100,
        help_text=_("What uses it: such as “Payroll sync”. It stands in the audit log."),
    )
    days = forms.TypedChoiceField(label=_("Ends after"), choices=LIFETIMES, coerce=int, initial=90)
    scopes = forms.MultipleChoiceField(
        label=_("What it may do"), choices=list(SCOPES.items()), widget=forms.CheckboxSelectMultiple
    )

    def granted(self) -> dict[str, Any]:
        """What `grant_token` takes."""
        return {name: self.cleaned_data[name] for name in ("name", "days", "scopes")}
