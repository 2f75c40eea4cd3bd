from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from matricula.accounts.forms import EmailField, NameField, NewPasswordField, refuse_own_words
from matricula.joining.models import Arrival
from matricula.mail.addresses import canonical


class SetUpForm(forms.Form):
    """SET UP YOUR ACCOUNT. An invited e-mail is fixed; a direct link asks for it.

    People whose company answers for them need no password, as long as its sign-in is in the browser.
    """

    full_name = NameField(label=_("Full name"), widget=forms.TextInput(attrs={"autocomplete": "name"}))
    work_email = EmailField(label=_("Work e-mail"))
    alternative_email = EmailField(
        label=_("Alternative e-mail"),
        help_text=_(
            "A personal address. It keeps your account and certificates reachable when you change jobs."
        ),
    )
    password = NewPasswordField(label=_("Password"), strip=False, help_text=_("At least 10 characters."))

    def __init__(self, arrival: Arrival, data: Any = None, *, needs_password: bool = True) -> None:
        super().__init__(data, initial={"work_email": arrival.work_email or arrival.asserted_email})
        origin = arrival.origin
        self.fields["work_email"].disabled = bool(origin.address)
        self.fields["full_name"].initial = origin.name or arrival.asserted_name
        if not needs_password:
            self.fields["password"].required = False
            self.fields["password"].help_text = _(
                "You may leave it empty: your company's sign-in brings you in. With one of your own, the"
                " account stays open to you when you leave the company."
            )
        required = arrival.program.organization.alternative_email_required
        self.fields["alternative_email"].required = required

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        work, alternative = data.get("work_email"), data.get("alternative_email")
        if work and alternative and canonical(work) == canonical(alternative):
            self.add_error("alternative_email", _("Give another address than your work e-mail."))
        refuse_own_words(self, data.get("full_name", ""), work or "", alternative or "")
        return data


class WorkEmailForm(forms.Form):
    work_email = EmailField(label=_("Work e-mail"))
