from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.utils.translation import gettext_lazy as _

from matricula.accounts.addresses import canonical


class EmailField(forms.CharField):
    """An address as typed, refused when mail could not reach it."""

    widget = forms.EmailInput(attrs={"autocomplete": "email", "inputmode": "email"})

    def clean(self, value: Any) -> str:
        address: str = super().clean(value)
        if address:
            canonical(address)
        return address


class NewPasswordField(forms.CharField):
    widget = forms.PasswordInput(render_value=True, attrs={"autocomplete": "new-password"})

    def clean(self, value: Any) -> str:
        password: str = super().clean(value)
        validate_password(password)
        return password


class LogInForm(forms.Form):
    email = EmailField(label=_("E-mail"))
    password = forms.CharField(
        label=_("Password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )


class CodeForm(forms.Form):
    code = forms.CharField(
        label=_("Code"),
        max_length=12,
        help_text=_("Six digits, from the letter."),
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "inputmode": "numeric", "class": "code"}
        ),
    )


class PasswordForm(forms.Form):
    password = forms.CharField(
        label=_("Password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )


class AddressForm(forms.Form):
    email = EmailField(label=_("E-mail"))


class NewPasswordForm(forms.Form):
    password = NewPasswordField(label=_("Password"), strip=False, help_text=_("At least 10 characters."))


class NameForm(forms.Form):
    full_name = forms.CharField(label=_("Full name"), max_length=200)
    certificate_name = forms.CharField(
        label=_("Name on certificates"),
        max_length=200,
        required=False,
        help_text=_("Leave it empty to use your full name. Certificates you already have keep theirs."),
    )
