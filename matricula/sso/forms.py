from django import forms
from django.utils.translation import gettext_lazy as _


class NameForm(forms.Form):
    name = forms.CharField(
        label=_("Name"),
        help_text=_("Your people read it on the button: “Continue with …”."),
        max_length=80,
    )


class OpenIdForm(NameForm):
    issuer = forms.CharField(
        label=_("Issuer"),
        help_text=_("An https address. Entra, Okta, Google and Keycloak show it beside the client id."),
        max_length=500,
        widget=forms.URLInput,
    )
    client_id = forms.CharField(label=_("Client id"), max_length=300)
    client_secret = forms.CharField(
        label=_("Client secret"),
        max_length=500,
        required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, *args: object, has_secret: bool, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["client_secret"].required = not has_secret
        if has_secret:
            self.fields["client_secret"].help_text = _("Leave it empty to keep the one there is.")
