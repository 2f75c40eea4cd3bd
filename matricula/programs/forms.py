"""Forms of the console."""

from typing import Any

from django import forms
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from matricula.accounts.forms import EmailField
from matricula.organizations.models import Organization, Role
from matricula.programs.changing_roles import check_groups
from matricula.programs.errors import DayIsOver, EndsBeforeItBegins, GroupsMissing
from matricula.programs.models import Group, Program
from matricula.programs.offering import check_days


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
        ]
        labels = {
            "name": _("Name"),
            "description": _("What it offers"),
            "seats": _("Seats"),
            "starts_on": _("First day"),
            "ends_on": _("Last day"),
            "trusts_the_link": _("Trust the link"),
            "reminds": _("Remind people"),
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
            check_days(self.cleaned_data, self.instance.ends_on)
        except EndsBeforeItBegins:
            self.add_error("ends_on", _("The last day is before the first."))
        except DayIsOver:
            self.add_error("ends_on", _("That day is over. To end the program now, choose today."))
        return self.cleaned_data


class GroupForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = Group
        fields = ["name", "is_open"]
        labels = {"name": _("Name"), "is_open": _("Open: members may join it themselves")}


class NewGroupForm(GroupForm):
    program = forms.ModelChoiceField(Program.objects.none(), label=_("Program"))

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


class RoleForm(forms.Form):
    """A role, and the groups of a group manager. Who changes their own confirms that they know."""

    kind = forms.ChoiceField(label=_("Role"), widget=forms.RadioSelect)
    groups = forms.ModelMultipleChoiceField(
        Group.objects.none(),
        label=_("Groups"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Only a group manager needs them."),
    )
    sure = forms.BooleanField(
        label=_("I know that this is my own role, and that I may not be able to take it back."),
        required=False,
    )

    def __init__(
        self, organization: Organization, data: Any = None, *, mine: bool = False, initial: Any = None
    ) -> None:
        super().__init__(data, initial=initial)
        self.fields["kind"].choices = [  # type: ignore[attr-defined]
            (kind.value, format_html("{}<small>{}</small>", kind.label, RIGHTS[kind])) for kind in Role.Kind
        ]
        groups = Group.objects.filter(program__organization=organization).select_related("program")
        field = self.fields["groups"]
        field.queryset = groups.order_by("program__name", "name")  # type: ignore[attr-defined]
        field.label_from_instance = lambda group: f"{group.name} · {group.program}"  # type: ignore[attr-defined]
        if not mine:
            del self.fields["sure"]

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        try:
            check_groups(data.get("kind", ""), data.get("groups", ()))
        except GroupsMissing:
            self.add_error("groups", _("Choose at least one group, or make one first."))
        if "sure" in self.fields and data.get("kind") != self.initial.get("kind") and not data.get("sure"):
            self.add_error("sure", _("Tick this box to change your own role."))
        return data

    def role(self) -> dict[str, Any]:
        """What the verbs take."""
        return {"kind": self.cleaned_data["kind"], "groups": list(self.cleaned_data["groups"])}


class OfferForm(RoleForm):
    email = EmailField(label=_("E-mail"))
    field_order = ["email", "kind", "groups"]


class SureForm(forms.Form):
    sure = forms.BooleanField(label=_("I know that I cannot open this console any more, and cannot undo it."))

    def __init__(self, data: Any = None, *, mine: bool) -> None:
        super().__init__(data)
        if not mine:
            del self.fields["sure"]
