"""Forms of the console."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from matricula.accounts.forms import EmailField
from matricula.organizations.models import Organization, Role
from matricula.programs.errors import DayIsOver, EndsBeforeItBegins
from matricula.programs.models import Group, Program
from matricula.programs.programs import check_days
from matricula.web.forms import ManyChosenField


class ProgramForm(forms.ModelForm):  # type: ignore[type-arg]
    invitation_days = forms.IntegerField(
        label=_("Days to answer an invitation"),
        help_text=_("Counts for invitations made from now on."),
        min_value=1,
        max_value=365,
        initial=30,
    )

    class Meta:
        model = Program
        fields = [
            "name",
            "description",
            "courses",
            "specializations",
            "seats",
            "starts_on",
            "ends_on",
            "invitation_days",
            "reminds",
            "trusts_the_link",
            "open_to_sign_in",
            "requires_sign_in",
        ]
        field_classes = {"courses": ManyChosenField, "specializations": ManyChosenField}
        labels = {
            "name": _("Name"),
            "description": _("What it offers"),
            "seats": _("Seats"),
            "starts_on": _("First day"),
            "ends_on": _("Last day"),
            "trusts_the_link": _("Trust the link"),
            "open_to_sign_in": _("Open to company sign-in"),
            "reminds": _("Remind people"),
            "requires_sign_in": _("Require your company's sign-in"),
            "courses": _("Courses"),
            "specializations": _("Specializations"),
        }
        help_texts = {
            "seats": _("How many people may be in the program at once. Empty means as many as want to."),
            "starts_on": _("People may join before; the courses open on this day. Empty means at once."),
            "ends_on": _(
                "After this day the courses close, everybody leaves and is told by letter. Certificates and"
                " progress stay. A later day does not bring people back then. Empty means it goes on."
            ),
            "trusts_the_link": _(
                "Who opens the e-mailed link need not confirm the work e-mail with a code."
                " Letters get forwarded: leave this off unless you know why."
            ),
            "open_to_sign_in": _(
                "Whoever signs in with your company may join without an invitation while seats are free."
                " Somebody you removed needs an invitation to come back."
            ),
            "requires_sign_in": _(
                "Its pages then open only in a browser where people signed in with your company, too."
                " Certificates and My learning stay open to them."
            ),
            "reminds": _("Who has not answered an invitation is written to again after 3 and after 7 days."),
        }
        widgets = {
            "description": forms.Textarea(attrs={"rows": 3}),
            "starts_on": forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
            "ends_on": forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
            "courses": forms.CheckboxSelectMultiple,
            "specializations": forms.CheckboxSelectMultiple,
        }

    def __init__(self, organization: Organization, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.organization = organization
        for name in ("seats", "starts_on", "ends_on"):
            self.fields[name].required = False
        if self.instance.has_ended:
            self.fields["ends_on"].help_text = _(
                "The program has ended and its people have left it. A later day opens it again, but brings"
                " nobody back: invite them again; they go on where they stopped."
            )
        self.fields["courses"].queryset = organization.courses.filter(  # type: ignore[attr-defined]
            withdrawn_at__isnull=True
        ).order_by("title")
        self.fields["specializations"].queryset = organization.specializations.filter(  # type: ignore[attr-defined]
            withdrawn_at__isnull=True
        ).order_by("title")

    def clean(self) -> dict[str, Any]:
        """What can be known before; the verb looks again, and at the seats taken at that moment."""
        try:
            check_days(self.cleaned_data, self.organization, self.instance.ends_on)
        except (EndsBeforeItBegins, DayIsOver) as refusal:
            self.add_error("ends_on", str(refusal))
        return self.cleaned_data


class GroupForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = Group
        fields = ["name", "is_open"]
        labels = {"name": _("Name"), "is_open": _("Open: members may join it themselves")}


class NewGroupForm(GroupForm):
    program = forms.ModelChoiceField(
        Program.objects.none(), label=_("Program"), empty_label=_("Choose a program")
    )

    class Meta(GroupForm.Meta):
        pass

    def __init__(self, organization: Organization, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        field = self.fields["program"]
        field.queryset = organization.programs.order_by("name")  # type: ignore[attr-defined]
        field.initial = field.queryset.first()  # type: ignore[attr-defined]


class MemberForm(forms.Form):
    work_email = EmailField(label=_("Work e-mail"))


RIGHTS = {
    Role.Kind.OWNER: _("Everything, including who administers and how it looks."),
    Role.Kind.PROGRAM_ADMINISTRATOR: _("Invites people, runs programs, groups and content, reads reports."),
    Role.Kind.GROUP_MANAGER: _("Sees and manages the people of their own groups, and nobody else."),
    Role.Kind.VIEWER: _("Sees people, invitations and reports, and changes nothing."),
}


class SureForm(forms.Form):
    sure = forms.BooleanField(label=_("I know that I cannot open this console any more, and cannot undo it."))

    def __init__(self, data: Any = None, *, mine: bool) -> None:
        super().__init__(data)
        if not mine:
            del self.fields["sure"]
