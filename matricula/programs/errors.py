from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from matricula.web.refusals import Refusal


class ProgramError(Refusal):
    """A program could not do what was asked."""

    code = "program"


class ProgramFull(ProgramError):
    """Every seat is taken."""

    code = "program_full"
    sentence = _("Every seat is taken.")


class ProgramEnded(ProgramError):
    """The last day of the program is over."""

    code = "program_ended"
    sentence = _("The program has ended. Give it a later last day first.")


class RemovedFromProgram(ProgramError):
    """An administrator removed this person: an invitation made since brings them back, and nothing else."""

    code = "removed"
    sentence = _("An administrator removed this person: only an invitation made since brings them back.")


class EndsBeforeItBegins(ProgramError):
    """The last day would be before the first."""

    code = "ends_before_it_begins"
    sentence = _("The last day is before the first.")


class DayIsOver(ProgramError):
    """A program can end today or later, not in the past: its memberships would end without a warning."""

    code = "day_is_over"
    sentence = _("That day is over. To end the program now, choose today.")


class SeatsInUse(ProgramError):
    """Fewer seats than are taken; `used` says how many are."""

    code = "seats_in_use"
    sentence = _("Fewer seats than are taken. Remove people first, or give more.")

    def __init__(self, used: int) -> None:
        super().__init__(used)
        self.used = used

    def __str__(self) -> str:
        taken = ngettext("%d seat is taken.", "%d seats are taken.", self.used) % self.used
        return f"{taken} {_('Remove people first, or give more.')}"


class NameTaken(ProgramError):
    """Another group of the program, or another program of the organization, has the name."""

    code = "name_taken"
    sentence = _("Another one has this name.")


class GroupNameTaken(NameTaken):
    """Another group of the program has the name."""

    sentence = _("Another group of this program has this name.")


class ProgramNameTaken(NameTaken):
    """Another program of the organization has the name."""

    sentence = _("Another program has this name.")


class NotAMember(ProgramError):
    """Nobody with this work e-mail is in the program."""

    code = "not_a_member"
    sentence = _("Nobody in this program has this work e-mail.")


class NotInTheirGroups(NotAMember):
    """A group manager sees the people of their own groups, so they add no others, whether or not there is one
    with this work e-mail; `whom` may."""

    sentence = _("You can add people of your own groups. To add anybody else, ask %s.")

    def __init__(self, whom: list[str]) -> None:
        super().__init__(whom)
        self.whom = whom

    def __str__(self) -> str:
        return str(self.sentence) % (", ".join(self.whom) or _("an administrator"))
