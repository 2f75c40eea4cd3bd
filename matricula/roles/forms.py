from typing import Any

from django import forms
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from matricula.accounts.forms import EmailField
from matricula.organizations.models import Organization, Role
from matricula.programs.forms import RIGHTS
from matricula.programs.models import Group
from matricula.roles.errors import GroupsMissing
from matricula.roles.roles import check_groups
from matricula.web.forms import ManyChosenField


class RoleForm(forms.Form):
    """A role, and the groups of a group manager. Who changes their own confirms that they know."""

    kind = forms.ChoiceField(label=_("Role"), widget=forms.RadioSelect)
    groups = ManyChosenField(
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
        except GroupsMissing as refusal:
            self.add_error("groups", str(refusal))
        if "sure" in self.fields and data.get("kind") != self.initial.get("kind") and not data.get("sure"):
            self.add_error("sure", _("Tick this box to change your own role."))
        return data

    def role(self) -> dict[str, Any]:
        """What the verbs take."""
        return {"kind": self.cleaned_data["kind"], "groups": list(self.cleaned_data["groups"])}


class OfferForm(RoleForm):
    email = EmailField(label=_("E-mail"))
    field_order = ["email", "kind", "groups"]
