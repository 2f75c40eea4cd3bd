from datetime import datetime


class AccountError(Exception):
    """Something about an account could not be done; `code` says what to windows and doors."""

    code = "account"


class CodeWrong(AccountError):
    """Not the code of the letter; `tries_left` more are allowed."""

    code = "code_wrong"

    def __init__(self, tries_left: int) -> None:
        super().__init__(tries_left)
        self.tries_left = tries_left


class CodeEnded(AccountError):
    """The code is too old, used, replaced, or was tried too often."""

    code = "code_ended"


class MailboxTaken(AccountError):
    """Another account has proven this mailbox."""

    code = "mailbox_taken"


class TooSoon(AccountError):
    """A letter went out a moment ago."""

    code = "too_soon"


class TooOften(TooSoon):
    """The mailbox got as many letters with codes as it gets in a day; the next may leave at `until`."""

    code = "too_often"

    def __init__(self, until: datetime) -> None:
        super().__init__(until)
        self.until = until


class TooManyAdded(TooOften):
    """So many addresses were added within a day that the next one waits until `until`."""

    code = "too_many_added"


class FactorExists(AccountError):
    """The account has an authenticator app already; remove it first."""

    code = "factor_exists"


class PasskeyRefused(AccountError):
    """The browser's answer proves no passkey of this account."""

    code = "passkey_refused"


class AddressListed(AccountError):
    """The account lists this address already."""

    code = "address_listed"


class LastAddress(AccountError):
    """Without this address nothing would reach the person."""

    code = "last_address"


class NotYetConfirmed(AccountError):
    """Only a confirmed address can be primary."""

    code = "not_yet_confirmed"
