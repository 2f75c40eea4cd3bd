"""What an invitation or a direct link brings along: groups to join, and what it opens."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from matricula.db.queries import first_or_none
from matricula.programs.models import Group, Program
from matricula.programs.offer import (
    courses_of_each,
    offered_courses,
    offered_specializations,
    specializations_of_each,
)
from matricula.programs.terms import Terms
from matricula.web.forms import ManyChosenField


class GroupsField(ManyChosenField):
    """Groups of one program; of several, each with its program's name."""

    widget = forms.CheckboxSelectMultiple

    def __init__(self) -> None:
        super().__init__(Group.objects.none(), label=gettext_lazy("Groups to join"), required=False)
        self.help_text = gettext_lazy(
            "Whoever left or was removed and comes back is in these groups only, with all their progress."
            " Where you invite one of them alone, you are asked which of their old groups come back, too."
        )
        self.of_several = False

    def offer(self, programs: Iterable[Program]) -> None:
        mine = list(programs)
        self.of_several = len(mine) > 1
        rows = Group.objects.filter(program__in=mine).select_related("program")
        self.queryset = rows.order_by("program__name", "name")

    def label_from_instance(self, group: Any) -> str:
        return f"{group.name} · {group.program.name}" if self.of_several else group.name


class EarlierGroupsField(GroupsField):
    """Of one person who was here before: none comes back that is not chosen."""

    def __init__(self) -> None:
        super().__init__()
        self.label = gettext_lazy("Groups of before that come back, too")
        self.help_text = ""


class OpensField(forms.ChoiceField):
    """The course or Specialization a link lands on."""

    def __init__(self) -> None:
        super().__init__(label=gettext_lazy("Opens"), required=False)

    def offer(self, programs: Iterable[Program]) -> None:
        mine = list(programs)
        choices = choices_by_program(mine)
        named = [(one.name, choices[one.pk]) for one in mine]
        offered: list[Any] = named[0][1] if len(named) == 1 else named
        self.choices = [("", _("The program, to browse")), *offered]


def choices_by_program(programs: list[Program]) -> dict[int, list[tuple[str, str]]]:
    """Specializations first."""
    found: dict[int, list[tuple[str, str]]] = defaultdict(list)
    for kind, offered in (("s", specializations_of_each(programs)), ("c", courses_of_each(programs))):
        for program, public_id, title in offered:
            found[program].append((f"{kind}:{public_id}", title))
    return found


def chosen_terms(program: Program, data: Mapping[str, Any]) -> Terms:
    """What was chosen in a form that asks for some of the terms; nothing opens that is not offered."""
    kind, _colon, public_id = data.get("opens", "").partition(":")
    courses, series = offered_courses(program), offered_specializations(program)
    return Terms(
        groups=data.get("groups", ()),
        course=first_or_none(courses.filter(public_id=public_id)) if kind == "c" else None,
        specialization=first_or_none(series.filter(public_id=public_id)) if kind == "s" else None,
        language=data.get("language", ""),
    )
