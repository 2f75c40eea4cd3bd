from django.utils.translation import gettext_lazy as _

from matricula.web.refusals import Refusal


class IdentityError(Refusal):
    """A company sign-in could not be begun, finished or linked."""

    code = "identity"


class FlowEnded(IdentityError):
    """Used already, too old, or begun in another browser."""

    code = "flow_ended"
    sentence = _(
        "This sign-in was not begun in this browser, was finished already, or took longer than 10 minutes."
    )


class AnswerRepeated(IdentityError):
    code = "answer_repeated"
    sentence = _("This answer was used already.")


class SubjectTaken(IdentityError):
    """Another account is linked with this subject."""

    code = "subject_taken"
    sentence = _("This company sign-in belongs to another account.")


class AlreadyLinked(IdentityError):
    """The account is linked with another subject of this connection."""

    code = "already_linked"
    sentence = _("Your account is linked with another sign-in of this company already.")


class EndedByCompany(IdentityError):
    code = "ended_by_company"
    sentence = _(
        "Your company has ended this sign-in. Your account is still yours: log in with your own e-mail."
    )


class ConnectionOff(IdentityError):
    code = "connection_off"
    sentence = _("This company sign-in is switched off at the moment.")


class AccountClosed(IdentityError):
    """Whoever runs the site closed it."""

    code = "account_closed"
    sentence = _("The account that belongs to this sign-in is closed. Ask the people who run this site.")
