"""What is asked: the password of an account that is known, with a code where it has a second factor."""

from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from matricula.accounts.errors import FactorUnreadable
from matricula.accounts.forms import NewPasswordField, PasswordForm, refuse_own_words
from matricula.accounts.models import Account
from matricula.accounts.second_factors import authenticator_accepts, has_second_factor, spend_recovery_code
from matricula.accounts.sign_in import guess_factor, knows_password

PASSWORD, APP, RECOVERY_CODE, PASSKEY = "password", "app", "recovery code", "passkey"
WRONG = _("That does not fit. Check it and try again.")


class FactorForm(forms.Form):
    """The code of an app, or a recovery code; `how` says which it was."""

    how = PASSWORD

    code = forms.CharField(
        label=_("Code"),
        max_length=20,
        help_text=_("Six digits from your app, or one of your recovery codes."),
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "autocapitalize": "none"}),
    )

    def shows_factor(self, request: HttpRequest, account: Account, *, this: str) -> bool:
        """Whether the code is right; else it says so beside it. Raises TooManyTries."""
        code = "".join(self.cleaned_data["code"].lower().split()).replace("-", "")
        of_app = code.isdecimal() and len(code) == 6
        look = authenticator_accepts if of_app else spend_recovery_code
        self.how = APP if of_app else RECOVERY_CODE
        try:
            right = guess_factor(request, account, lambda: look(account, code), this=this)
        except FactorUnreadable as gone:
            self.add_error("code", str(gone))
            return False
        if not right:
            self.add_error("code", WRONG)
        return right


class OwnerForm(FactorForm):
    """Password, and a code where the account has a second factor: both, each time."""

    password = PasswordForm.base_fields["password"]
    field_order = ("password", "code")

    def __init__(self, account: Account, data: Any = None) -> None:
        super().__init__(data)
        self.account = account
        self.asks_factor = has_second_factor(account)
        if not self.asks_factor:
            del self.fields["code"]

    def proves(self, request: HttpRequest, *, this: str, given_up: bool = False) -> bool:
        """Raises TooManyTries."""
        password = self.cleaned_data["password"]
        if not knows_password(request, account=self.account, password=password, given_up=given_up):
            self.add_error("password", WRONG)
            return False
        return self.shows_what_is_asked(request, this=this)

    def shows_what_is_asked(self, request: HttpRequest, *, this: str) -> bool:
        """A second factor, where the account has one. Raises TooManyTries."""
        return not self.asks_factor or self.shows_factor(request, self.account, this=this)


class ForgottenForm(OwnerForm):
    """A new password instead of a forgotten one, for whoever reads the mailbox; the factor stays."""

    password = NewPasswordField(label=_("New password"), strip=False, help_text=_("At least 10 characters."))

    def clean(self) -> dict[str, Any]:
        refuse_own_words(self, self.account.full_name)
        return self.cleaned_data
