import re
from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.password_validation import UserAttributeSimilarityValidator, validate_password
from django.utils.translation import gettext_lazy as _

from matricula.accounts.confirmation import confirm_by_code
from matricula.accounts.errors import CodeEnded, CodeWrong, FactorUnreadable
from matricula.accounts.models import Account, EmailAddress, SecondFactor
from matricula.accounts.second_factors import ALPHABET, authenticator_accepts, plain_recovery_code
from matricula.mail.addresses import canonical
from matricula.mail.names_and_addresses import LONGEST_NAME, NAME_TOO_LONG, clean_address, clean_name
from matricula.security.throttling import Limit, Tally, guess

PROOFS, PROOFS_OF_A_DEVICE = Limit("prove"), Limit("prove-device")
CODE = re.compile(r"[0-9]{6}")
OWN_WORDS = UserAttributeSimilarityValidator(["full_name"])


class EmailField(forms.CharField):
    """An address as typed, refused when mail could not reach it."""

    widget = forms.EmailInput(attrs={"autocomplete": "email", "inputmode": "email"})

    def to_python(self, value: Any) -> str:
        return clean_address(super().to_python(value) or "")

    def validate(self, value: Any) -> None:
        super().validate(value)
        if value:
            canonical(value)


class NameField(forms.CharField):
    """What somebody is called."""

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=LONGEST_NAME, **options)
        self.error_messages["max_length"] = NAME_TOO_LONG

    def to_python(self, value: Any) -> str:
        return clean_name(super().to_python(value) or "")


class NewPasswordField(forms.CharField):
    widget = forms.PasswordInput(render_value=True, attrs={"autocomplete": "new-password"})

    def clean(self, value: Any) -> str:
        """Where none is asked for, none need be good."""
        password: str = super().clean(value)
        if password:
            validate_password(password)
        return password


def refuse_own_words(form: forms.Form, *words: str) -> None:
    """A password much like the person's own name or addresses is the first that others try."""
    password = form.cleaned_data.get("password", "")
    try:
        for one in words:
            OWN_WORDS.validate(password, Account(full_name=one))
    except forms.ValidationError:
        message = _("Too much like your name or your e-mail. Choose other words.")
        form.add_error("password", forms.ValidationError(message, code="own_words"))


class UnseenPassword(forms.PasswordInput):
    """For password managers alone, which fill both fields of a form (decision 45). It is of some size, or
    they would pass it over, and out of the way of eyes, keyboard and screen readers."""

    template_name = "django/forms/widgets/input.html"

    @property
    def is_hidden(self) -> bool:
        return True


class EmailFirstForm(forms.Form):
    """`webauthn`: browsers may offer passkeys beside what a password manager knows."""

    email = EmailField(
        label=_("E-mail"),
        help_text=_("Your work e-mail, if your company signs you in."),
        widget=forms.EmailInput(attrs={"autocomplete": "username webauthn", "inputmode": "email"}),
    )
    password = forms.CharField(
        required=False,
        strip=False,
        widget=UnseenPassword(
            attrs={
                "autocomplete": "current-password",
                "class": "visually-hidden",
                "tabindex": "-1",
                "aria-hidden": "true",
            }
        ),
    )


class LogInForm(forms.Form):
    email = EmailField(
        label=_("E-mail"),
        widget=forms.EmailInput(attrs={"autocomplete": "username", "inputmode": "email"}),
    )
    password = forms.CharField(
        label=_("Password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )


def clean_code(typed: str) -> str:
    """What cannot be a code is no try. Raises ValidationError."""
    code = "".join(typed.split()).replace("-", "")
    if not CODE.fullmatch(code):
        raise forms.ValidationError(_("A code has six digits. Nothing was tried."), code="no_code")
    return code


class CodeForm(forms.Form):
    code = forms.CharField(
        label=_("Code"),
        max_length=12,
        help_text=_("Six digits, from the letter."),
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "inputmode": "numeric", "class": "code"}
        ),
    )

    def clean_code(self) -> str:
        return clean_code(self.cleaned_data["code"])

    def confirms(self, email: EmailAddress) -> bool:
        """Whether the code is right and the mailbox proven; what is wrong with it goes beside the field.
        Raises TooManyTries, MailboxTaken."""
        try:
            confirm_by_code(email=email, code=self.cleaned_data["code"])
        except (CodeWrong, CodeEnded) as refusal:
            self.add_error("code", str(refusal))
        return not self.errors


class PasswordForm(forms.Form):
    password = forms.CharField(
        label=_("Password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )


class AuthenticatorForm(CodeForm):
    """The code an authenticator app shows."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].help_text = _("Six digits, from the app.")


class RecoveryCodeForm(forms.Form):
    code = forms.CharField(
        label=_("Recovery code"),
        max_length=20,
        help_text=_("Such as k7m3p-x2wqh. Each works once."),
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}
        ),
    )

    def clean_code(self) -> str:
        """As it was shown, however it was typed. What cannot be one is no try."""
        code = plain_recovery_code(self.cleaned_data["code"])
        if len(code) != 10 or set(code) - set(ALPHABET):
            words = _("A recovery code looks like k7m3p-x2wqh. Nothing was tried.")
            raise forms.ValidationError(words, code="no_code")
        return code


class PasskeyNameForm(forms.Form):
    name = forms.CharField(
        label=_("Name of this passkey"), max_length=80, required=False, help_text=_("Such as “my phone”.")
    )


class ProofForm(forms.Form):
    """Confirm it is you: the password, or the app's code where there is no password; else no field at all."""

    def __init__(self, account: Account, data: Any = None) -> None:
        super().__init__(data)
        self.account = account
        if account.has_usable_password():
            self.fields["password"] = PasswordForm.base_fields["password"]
        elif account.second_factors.filter(kind=SecondFactor.Kind.TOTP).exists():
            self.fields["code"] = AuthenticatorForm().fields["code"]

    def clean_code(self) -> str:
        return clean_code(self.cleaned_data["code"])

    def proves(self, device: str = "") -> bool:
        """Whether the one field is right; else it says so beside it. A `device` that the account has signed
        in from has tries of its own. Raises TooManyTries."""
        ((name, given),) = self.cleaned_data.items()
        own, strangers = (
            Tally(PROOFS_OF_A_DEVICE, f"{self.account.pk}:{device}"),
            Tally(PROOFS, self.account.pk),
        )
        same = f"prove:{self.account.pk}:{device}:{given}" if name == "password" else ""
        try:
            fits = guess([own if device else strangers], lambda: self.fits(name, given) or None, given=same)
        except FactorUnreadable as gone:
            self.add_error(name, str(gone))
            return False
        if not fits:
            self.add_error(name, _("That does not fit. Check it and try again."))
        return bool(fits)

    def fits(self, name: str, given: str) -> bool:
        if name == "password":
            return self.account.check_password(given)
        return authenticator_accepts(self.account, given)


class AddressForm(forms.Form):
    email = EmailField(label=_("E-mail"))


class NewPasswordForm(forms.Form):
    """A new password for an account that is known, if it is."""

    password = NewPasswordField(label=_("Password"), strip=False, help_text=_("At least 10 characters."))

    def __init__(self, data: Any = None, *, account: Account | None = None) -> None:
        super().__init__(data)
        self.account = account

    def clean(self) -> dict[str, Any]:
        if self.account and "password" in self.cleaned_data:
            addresses = self.account.addresses.values_list("address", flat=True)
            refuse_own_words(self, self.account.full_name, *addresses)
        return self.cleaned_data


class ReclaimForm(NewPasswordForm):
    full_name = NameField(label=_("Full name"))
    field_order = ["full_name", "password"]

    def clean(self) -> dict[str, Any]:
        refuse_own_words(self, self.cleaned_data.get("full_name", ""))
        return super().clean()


class NameForm(forms.Form):
    full_name = NameField(label=_("Full name"))
    certificate_name = NameField(
        label=_("Name on certificates"),
        required=False,
        help_text=_("Leave it empty to use your full name. Certificates you already have keep theirs."),
    )
    language = forms.ChoiceField(
        label=_("Language"),
        choices=settings.LANGUAGES,
        help_text=_("Of these pages, and of letters about your account."),
    )
