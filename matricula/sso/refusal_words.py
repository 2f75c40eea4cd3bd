"""Why a sign-in was refused, in words for the company's owner, and what to do. The person was told others."""

from django.utils.translation import gettext_lazy as _

from matricula.identities.errors import (
    AccountClosed,
    AnswerRepeated,
    ConnectionOff,
    EndedByCompany,
    FlowEnded,
)
from matricula.sso.errors import (
    CallbackMalformed,
    ClientRefused,
    CodeRefused,
    InteractionNeeded,
    SignInCancelled,
)

OWNERS_WORDS = {
    EndedByCompany.code: _(
        "Your company ended this sign-in: an owner under Linked people, or whoever took the person out of"
        " their last program. Let it be linked again if they belong to you; whoever is in no program of yours"
        " needs an invitation first."
    ),
    AccountClosed.code: _(
        "The account that belongs to this sign-in is closed by whoever runs this site. Ask them; nothing in"
        " your set-up changes it."
    ),
    ConnectionOff.code: _("The connection was switched off meanwhile. Switch it on again on its page."),
    FlowEnded.code: _(
        "They came back in another browser, a second time, or after more than 10 minutes, or the connection"
        " was switched off meanwhile. Let them begin again at your sign-in address."
    ),
    AnswerRepeated.code: _(
        "The same answer came a second time, as when a page is loaded again."
        " Nothing is wrong with your set-up: let them begin again at your sign-in address."
    ),
    CallbackMalformed.code: _(
        "Your provider sent them back without an answer."
        " Nothing is wrong with your set-up: let them begin again at your sign-in address."
    ),
    CodeRefused.code: _(
        "It took too long, or a page was loaded again."
        " Nothing is wrong with your set-up: let them begin again at your sign-in address."
    ),
    InteractionNeeded.code: _(
        "Your provider wanted to ask them something first."
        " Nothing is wrong with your set-up: let them begin again at your sign-in address."
    ),
    SignInCancelled.code: _(
        "They cancelled at your provider, or your provider does not let them use this application: look there"
        " at who is assigned to it."
    ),
    ClientRefused.code: _(
        "Your provider does not accept the client id or the client secret: it may have ended. Enter a new one"
        " on the connection's page, and test it."
    ),
    "sealed": _("The client secret can no longer be read here. Enter it again on the connection's page."),
}
"""By the reason's code. What else was refused was refused by a check, or is in the provider's own words."""
