"""Forms of the console."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from matricula.accounts.forms import EmailField
from matricula.organizations.models import Organization
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
