from django import forms
from django.utils.translation import gettext_lazy as _

from matricula.accounts.forms import EmailField, RecoveryCodeForm
from matricula.identities.models import Connection
from matricula.sso.connections import OpenIdSettings, SamlSettings

LARGEST_METADATA = 3 * 1024 * 1024


class NameForm(forms.Form):
    name = forms.CharField(
        label=_("Name"),
        help_text=_("Your people read it on the button: “Continue with …”."),
        max_length=80,
    )


class NewForm(NameForm):
    kind = forms.ChoiceField(
        label=_("Protocol"),
        help_text=_("Take OpenID Connect where your provider has both: it needs no certificates."),
        choices=Connection.Kind.choices,
        widget=forms.RadioSelect,
    )


class SamlForm(NameForm):
    source = "metadata"
    """The field whose content was refused."""

    metadata = forms.CharField(
        label=_("Metadata of your identity provider"),
        help_text=_("The XML, pasted whole. Certificates in it come beside those you have."),
        max_length=2_000_000,
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false"}),
    )
    metadata_file = forms.FileField(label=_("Or the file"), required=False)
    chosen = forms.CharField(
        label=_("Which one"),
        help_text=_("Only where the metadata describes several: the entityID of yours."),
        max_length=500,
        required=False,
    )
    subject_from = forms.CharField(
        label=_("Attribute that says who it is"),
        help_text=_("Empty takes the NameID. It must never change and never go to somebody else."),
        max_length=200,
        required=False,
    )
    takes_unsolicited = forms.BooleanField(
        label=_("Let people begin at the identity provider's own portal"), required=False
    )

    def clean_metadata_file(self) -> bytes:
        found = self.cleaned_data.get("metadata_file")
        if found is None:
            return b""
        if found.size > LARGEST_METADATA:
            raise forms.ValidationError(_("The file is too large."))
        content: bytes = found.read(LARGEST_METADATA)
        return content

    def entered(self) -> SamlSettings:
        data = self.cleaned_data
        pasted = data["metadata"].strip().encode()
        return SamlSettings(
            name=data["name"],
            metadata=data["metadata_file"] or pasted,
            chosen=data["chosen"],
            subject_from=data["subject_from"],
            takes_unsolicited=data["takes_unsolicited"],
        )


class OpenIdForm(NameForm):
    source = "issuer"

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

    def entered(self) -> OpenIdSettings:
        return OpenIdSettings(**self.cleaned_data)


class OwnerRecoveryForm(RecoveryCodeForm):
    """Of an owner, for the day their company's sign-in does not work."""

    email = EmailField(label=_("E-mail"))
    field_order = ["email", "code"]


class OwnerStepForm(forms.Form):
    code = forms.CharField(
        label=_("Code"),
        max_length=20,
        help_text=_("Six digits of your authenticator app, or a recovery code of your own account."),
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "autocapitalize": "none", "spellcheck": "false"}
        ),
    )
