from datetime import datetime

from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from matricula.web.refusals import Refusal
from matricula.web.table_rows import Calendar


class AccountError(Refusal):
    """Something about an account could not be done."""

    code = "account"


class AccountCombined(AccountError):
    """The account was given up: another account of the same person took it in."""

    code = "account_combined"
    sentence = _("This account was combined with another one of yours. Log in with that one.")


class AccountDeleted(AccountError):
    """Its owner deleted it, and it gets nothing any more."""

    code = "account_deleted"
    sentence = _("This account was deleted. Until seven days are over, you can take that back by logging in.")


class CodeWrong(AccountError):
    """Not the code of the letter; `tries_left` more are allowed."""

    code = "code_wrong"
    sentence = _("That is not the code.")

    def __init__(self, tries_left: int) -> None:
        super().__init__(tries_left)
        self.tries_left = tries_left

    def __str__(self) -> str:
        if not self.tries_left:
            return gettext("That is not the code, and it was the last try. Ask for a new letter below.")
        left = ngettext("%(count)d try is left.", "%(count)d tries are left.", self.tries_left)
        return f"{self.sentence} {left % {'count': self.tries_left}}"


class AppCodeWrong(AccountError):
    """Not the code that the authenticator app shows now."""

    code = "code_wrong"
    sentence = _("The app shows another code now. Is the clock of your device right?")


class CodeEnded(AccountError):
    """The code is too old, used, replaced, or was tried too often."""

    code = "code_ended"
    sentence = _("This code no longer works. Ask for a new letter below.")


class MailboxTaken(AccountError):
    """Another account has proven this mailbox."""

    code = "mailbox_taken"
    sentence = _("This address already belongs to another account. Log in with that one.")


class TooSoon(AccountError):
    """A letter went out a moment ago."""

    code = "too_soon"
    sentence = _("A letter went out a moment ago. Wait a minute, then ask again.")


class TooOften(TooSoon):
    """The mailbox got as many letters with codes as it gets in a day; the next may leave at `until`."""

    code = "too_often"
    sentence = _("The day's limit of letters to this address is reached. Ask again after %s.")

    def __init__(self, until: datetime) -> None:
        super().__init__(until)
        self.until = until

    def __str__(self) -> str:
        return str(self.sentence) % Calendar().day_and_time(self.until)


class TooManyAdded(TooOften):
    """So many addresses were added within a day that the next one waits until `until`."""

    code = "too_many_added"
    sentence = _("You added many addresses today. Add the next one after %s.")


class FactorUnreadable(AccountError):
    """The site's key was changed, and none that it has opens what the app or passkey is checked by."""

    code = "factor_unreadable"
    sentence = _(
        "This site can no longer read what it kept of your app or passkey. Use a recovery code, or write to"
        " your addresses below."
    )


class RecoveryCodesMissing(AccountError):
    """A device may be lost: nothing is asked for at the log-in before its owner has codes for that day."""

    code = "recovery_codes_missing"
    sentence = _("Make your recovery codes first.")


class NoAddressToTell(AccountError):
    """Nobody could object, so nothing comes off by itself."""

    code = "no_address_to_tell"
    sentence = _("Your account has no confirmed address to write to. Ask the people who run this site.")


class TooManyRemovals(TooOften):
    """It was asked for and stopped often today; the next may be asked for at `until`."""

    code = "too_many_removals"
    sentence = _("This was asked for and stopped before. Ask again after %s.")


class FactorExists(AccountError):
    """The account has an authenticator app already."""

    code = "factor_exists"
    sentence = _("Your account has an authenticator app already. Remove it first.")


class PasskeyRefused(AccountError):
    """The browser's answer proves no passkey of this account."""

    code = "passkey_refused"
    sentence = _("This passkey does not fit. Try again, or use another way.")


class AddressListed(AccountError):
    """The account lists this address already."""

    code = "address_listed"
    sentence = _("Your account lists this address already.")


class LastAddress(AccountError):
    """Without this address nothing would reach the person."""

    code = "last_address"
    sentence = _("This is the only address that reaches you. Add and confirm another one first.")


class NotYetConfirmed(AccountError):
    """Only a confirmed address can be primary."""

    code = "not_yet_confirmed"
    sentence = _("Confirm this address first.")
