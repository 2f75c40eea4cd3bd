"""What owners enter to set a connection up."""

import re
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from matricula.accounts.forms import EmailField, RecoveryCodeForm
from matricula.identities.models import Connection
from matricula.sso.connections import OBJECT_ID, Attributes, OpenIdSettings
from matricula.sso.errors import ConnectionRefused
from matricula.sso.saml_settings import SamlSettings
from matricula.sso.xml_documents import LARGEST_METADATA

LARGEST_CERTIFICATE = 64 * 1024
SCOPES = re.compile(r"[\x21\x23-\x5b\x5d-\x7e]+( [\x21\x23-\x5b\x5d-\x7e]+)*")
"""As RFC 6749, 3.3 writes them."""
SEEN = "seen"
"""The id of the list of names that the last test saw: fields offer them."""


class NameForm(forms.Form):
    name = forms.CharField(
        label=_("Name"),
        help_text=_("Your people read it on the button: “Continue with …”."),
        max_length=80,
    )


class NewForm(forms.Form):
    product = forms.ChoiceField(
        label=_("Your identity provider"),
        help_text=_("Where your people have their accounts. The next page tells every step in its words."),
        choices=Connection.Product.choices,
        widget=forms.RadioSelect,
        required=False,
    )
    kind = forms.ChoiceField(
        label=_("Protocol"),
        help_text=_("Take OpenID Connect where your provider has both: it needs no certificates."),
        choices=Connection.Kind.choices,
        widget=forms.RadioSelect,
    )
    name = NameForm.base_fields["name"]

    def clean_product(self) -> str:
        return self.cleaned_data["product"] or Connection.Product.OTHER


class SamlForm(NameForm):
    metadata_address = forms.CharField(
        label=_("Address of your provider's metadata"),
        help_text=_("It is looked at now and every day, so that new certificates come by themselves."),
        max_length=500,
        required=False,
        widget=forms.URLInput,
    )
    metadata_file = forms.FileField(
        label=_("Or its file"),
        help_text=_("Where there is no address, or this site cannot reach it."),
        required=False,
    )
    metadata = forms.CharField(
        label=_("Or its text"),
        help_text=_("The XML, pasted whole. Certificates in it come beside those you have."),
        max_length=2_000_000,
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 4, "spellcheck": "false"}),
    )
    takes_unsolicited = forms.BooleanField(
        label=_("Let people begin at the identity provider's own portal"), required=False
    )

    def field_of(self, _refusal: Exception) -> str:
        """The field whose content was refused."""
        data = self.cleaned_data
        return next((one for one in ("metadata_file", "metadata") if data.get(one)), "metadata_address")

    def clean_metadata_file(self) -> bytes:
        found = self.cleaned_data.get("metadata_file")
        return read_whole(found, LARGEST_METADATA) if found else b""

    def clean_metadata(self) -> bytes:
        pasted: str = self.cleaned_data["metadata"]
        return pasted.strip().encode()

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        moved = data.get("metadata_address", "") not in ("", self.initial.get("metadata_address"))
        if [moved, bool(data.get("metadata_file")), bool(data.get("metadata"))].count(True) > 1:
            raise forms.ValidationError(_("Give the metadata once: its address, its file or its text."))
        return data

    def entered(self) -> SamlSettings:
        data = self.cleaned_data
        return SamlSettings(
            name=data["name"],
            address=data["metadata_address"],
            metadata=data["metadata_file"] or data["metadata"],
            takes_unsolicited=data["takes_unsolicited"],
        )


def read_whole(uploaded: Any, largest: int) -> bytes:
    """Raises ValidationError for a file that is larger."""
    if uploaded.size > largest:
        raise forms.ValidationError(_("The file is too large."))
    content: bytes = uploaded.read(largest)
    return content


class OpenIdForm(NameForm):
    issuer = forms.CharField(
        label=_("Issuer"),
        help_text=_("An https address. The steps above say where to find it."),
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
    scopes = forms.CharField(
        label=_("More scopes"),
        help_text=_(
            "Only if your provider needs them, with a space between. openid, email and profile are asked for."
        ),
        max_length=200,
        required=False,
    )

    def __init__(self, *args: object, has_secret: bool, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["client_secret"].required = not has_secret
        if has_secret:
            self.fields["client_secret"].help_text = _("Leave it empty to keep the one there is.")

    def clean_scopes(self) -> str:
        scopes = " ".join(self.cleaned_data["scopes"].split())
        if scopes and not SCOPES.fullmatch(scopes):
            raise forms.ValidationError(_("Scopes have no quotes, no backslashes and only plain letters."))
        return scopes

    def field_of(self, refusal: Exception) -> str:
        """Whoever is linked is linked by issuer and client id: the one that was changed is refused."""
        changed = self.changed_data
        is_client = "client_id" in changed and "issuer" not in changed
        return "client_id" if is_client and isinstance(refusal, ConnectionRefused) else "issuer"

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


class AttributesForm(forms.Form):
    """Which claim or attribute says what. Names that the last test saw are offered."""

    subject_from = forms.CharField(
        label=_("Who it is"),
        help_text=_("Empty takes the NameID. It must never change and never go to somebody else."),
        max_length=200,
        required=False,
    )
    email_from = forms.CharField(
        label=_("E-mail"),
        help_text=_("Empty takes it from where providers usually put it."),
        max_length=200,
        required=False,
    )
    name_from = forms.CharField(
        label=_("Full name"),
        help_text=_("Empty takes it from where providers usually put it."),
        max_length=200,
        required=False,
    )

    def __init__(self, *args: Any, kind: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget.attrs |= {"list": SEEN, "autocomplete": "off", "spellcheck": "false"}
        if kind == Connection.Kind.OIDC:
            self.fields["subject_from"] = subject_claim()

    def entered(self) -> Attributes:
        return Attributes(**self.cleaned_data)


def subject_claim() -> forms.ChoiceField:
    """OpenID Connect: no claim but these says for ever who somebody is."""
    return forms.ChoiceField(
        label=_("Who it is"),
        help_text=_(
            "The subject is right for every provider. Entra ID's object id is alike in all applications of"
            " your tenant, the subject is not: take it if you may register another application one day."
        ),
        choices=[("", _("Subject (sub)")), (OBJECT_ID, _("Object id of Entra ID (oid)"))],
        widget=forms.RadioSelect,
        required=False,
    )


class CertificateForm(forms.Form):
    certificate = forms.CharField(
        label=_("Certificate"),
        help_text=_(
            "From the line BEGIN CERTIFICATE to the line END CERTIFICATE, or the text as metadata has it."
        ),
        max_length=LARGEST_CERTIFICATE,
        required=False,
        widget=forms.Textarea(attrs={"rows": 5, "spellcheck": "false"}),
    )
    certificate_file = forms.FileField(label=_("Or its file (.pem, .cer, .crt)"), required=False)

    def clean_certificate_file(self) -> bytes:
        found = self.cleaned_data.get("certificate_file")
        return read_whole(found, LARGEST_CERTIFICATE) if found else b""

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        if bool(data.get("certificate")) == bool(data.get("certificate_file")) and not self.errors:
            raise forms.ValidationError(_("Give the certificate once: its text or its file."))
        return data

    @property
    def source(self) -> str:
        """The field whose content was refused."""
        return "certificate_file" if self.cleaned_data.get("certificate_file") else "certificate"

    def entered(self) -> str | bytes:
        """A file may be of bytes (DER)."""
        given: str | bytes = self.cleaned_data["certificate_file"] or self.cleaned_data["certificate"]
        return given


class SureForm(forms.Form):
    """Asked where nobody saw the provider use another certificate."""

    is_sure = forms.BooleanField(label=_("I have seen to it that the provider no longer uses it"))
