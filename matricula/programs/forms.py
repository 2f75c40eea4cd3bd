"""Forms of the console."""

from typing import Any

from django import forms
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from matricula.accounts.forms import EmailField
from matricula.organizations.models import Organization, Role
from matricula.programs.models import Group, Program


class ProgramForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = Program
        fields = ["name", "description", "seats", "trusts_the_link", "reminds", "courses", "specializations"]
        labels = {
            "name": _("Name"),
            "description": _("What it offers"),
            "seats": _("Seats"),
            "trusts_the_link": _("Trust the link"),
            "reminds": _("Remind people"),
            "courses": _("Courses"),
            "specializations": _("Specializations"),
        }
        help_texts = {
            "seats": _("How many people may be in the program at once. Empty means as many as want to."),
            "trusts_the_link": _(
                "Who opens the e-mailed link need not confirm the work e-mail with a code."
                " Letters get forwarded: leave this off unless you know why."
            ),
            "reminds": _("Who has not answered an invitation is written to again after 3 and after 7 days."),
        }
        widgets = {
            "description": forms.Textarea(attrs={"rows": 3}),
            "courses": forms.CheckboxSelectMultiple,
            "specializations": forms.CheckboxSelectMultiple,
        }

    def __init__(self, organization: Organization, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.fields["seats"].required = False
        self.fields["courses"].queryset = organization.courses.filter(  # type: ignore[attr-defined]
            withdrawn_at__isnull=True
        ).order_by("title")
        self.fields["specializations"].queryset = organization.specializations.order_by(  # type: ignore[attr-defined]
            "title"
        )

    def validate_constraints(self) -> None:
        """The verb does, against the seats taken at that moment."""


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
        if data.get("kind") == Role.Kind.GROUP_MANAGER and not data.get("groups"):
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
