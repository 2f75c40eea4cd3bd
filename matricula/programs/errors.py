from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from matricula.organizations.errors import LastOwner
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


class NoCompanySignIn(ProgramError):
    """A program cannot require what nobody can do."""

    code = "no_company_sign_in"
    sentence = _(
        "No company sign-in is switched on, so nobody could open this program. Set one up, test it and switch"
        " it on first (Company sign-in)."
    )


class NoOwnerWayIn(ProgramError):
    """The day the company's sign-in fails nobody could mend it."""

    code = "no_owner_way_in"
    sentence = _(
        "No owner could get in on a day when your company's sign-in does not work. An owner makes recovery"
        " codes first (Company sign-in), or chooses a password of their own."
    )


class SignInRequired(ProgramError):
    """The last live connection would go while `programs` require it."""

    code = "sign_in_required"
    sentence = _(
        "Programs require your company's sign-in, and this is the only one that is on. Switch another one on"
        " first, or stop requiring it in the settings of the programs."
    )

    def __init__(self, programs: list[str]) -> None:
        super().__init__(programs)
        self.programs = programs

    def __str__(self) -> str:
        return f"{self.sentence} {_('It is required by:')} {', '.join(self.programs)}."


class LastWayIn(LastOwner):
    """Without this owner nobody could get in when the company's sign-in does not work."""

    code = "last_way_in"
    sentence = _(
        "Programs require your company's sign-in, and this is the only owner who gets in without it. Another"
        " owner makes recovery codes first (Company sign-in), or chooses a password of their own."
    )


class GroupElsewhere(ProgramError):
    """The group is another program's, or there is none any more."""

    code = "group_elsewhere"
    sentence = _("This group belongs to another program, or is gone.")


class TooLateToUndo(ProgramError):
    """The ten minutes are over, or things have changed since."""

    code = "too_late_to_undo"
    sentence = _("This can no longer be undone: ten minutes are over, or things have changed since.")
