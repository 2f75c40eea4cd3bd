"""What can go wrong between us and an identity provider, in words for whoever sets it up or signs in.

An answer that was looked at and not believed is no Refusal but an AnswerRefused, with all that was looked at.
"""

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from matricula.web.refusals import Refusal


class SingleSignOnError(Refusal):
    """Something about a company's sign-in could not be done."""

    code = "single_sign_on"


class ProviderError(SingleSignOnError):
    """The identity provider was asked for something, and did not give it."""

    code = "provider"
    sentence = _("The identity provider did not answer as it should.")


class ProviderUnreachable(ProviderError):
    """Nothing came while somebody was signing in. What exactly, its cause says."""

    code = "provider_unreachable"
    sentence = _("The identity provider cannot be reached at the moment. Try again in a few minutes.")


class ProviderStatus(ProviderError):
    """It answered with another HTTP status than 200."""

    code = "provider_status"
    sentence = _("The identity provider answered with an error.")

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status

    def __str__(self) -> str:
        return gettext("The identity provider answered with status %d instead of 200.") % self.status


class DocumentTooLarge(ProviderError):
    """What was fetched is larger than such a document ever is."""

    code = "document_too_large"
    sentence = _("What the identity provider sent is too large to be read.")


class NotJson(ProviderError):
    """What was fetched is no JSON object that every reader understands alike (RFC 7493)."""

    code = "not_json"
    sentence = _("What the identity provider sent is not a JSON object. Is it the right address?")


class NoSigningKey(ProviderError):
    """The provider's key set has no key that we take."""

    code = "no_signing_key"
    sentence = _("The identity provider publishes no key that we can check its signatures with.")


class TokenAnswerMalformed(ProviderError):
    """The token endpoint answered 200 without what belongs there (Core 1.0, 3.1.3.3)."""

    code = "token_answer_malformed"
    sentence = _("The identity provider did not send an ID token. Is openid among the scopes it allows us?")


class DiscoveryError(SingleSignOnError):
    """The address or the document of an issuer cannot be used. The wizard shows the sentence."""

    code = "discovery"


class IssuerRefused(DiscoveryError):
    """What was typed is no issuer's address (Discovery 1.0, 2)."""

    code = "issuer_refused"
    sentence = _("Enter the issuer's address as the identity provider shows it. It begins with https://.")


class IssuerTemplated(DiscoveryError):
    """The address is that of every tenant at once: whoever has any account there would be let in."""

    code = "issuer_templated"
    sentence = _(
        "This address is shared by all companies. Use your tenant's own address, "
        "such as https://login.microsoftonline.com/<your tenant id>/v2.0."
    )


class IssuerDiffers(DiscoveryError):
    """The document names another issuer than was asked for (Discovery 1.0, 4.3)."""

    code = "issuer_differs"
    sentence = _("The document at this address belongs to another issuer.")

    def __init__(self, issuer: str) -> None:
        super().__init__(issuer)
        self.issuer = issuer

    def __str__(self) -> str:
        return gettext("The document at this address belongs to another issuer: %s") % self.issuer


class IssuerSlash(IssuerDiffers):
    """Only the last slash differs. The page offers `issuer`, which is what the tokens will say."""

    code = "issuer_slash"
    sentence = _("The issuer's address differs by its last slash.")

    def __str__(self) -> str:
        return gettext("The identity provider writes its address so: %s. Use that one.") % self.issuer


class DocumentMalformed(DiscoveryError):
    """Something in the document is missing, or is not what it should be. `name` says what."""

    code = "document_malformed"
    sentence = _("The document of the issuer is incomplete.")

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name

    def __str__(self) -> str:
        return gettext("In the issuer's document, “%s” is missing or not as it should be.") % self.name


class NoCommonAlgorithm(DiscoveryError):
    """The provider signs in no way that we take."""

    code = "no_common_algorithm"
    sentence = _("The identity provider signs ID tokens in no way that we take. Choose RS256 there.")


class NoCommonAuthentication(DiscoveryError):
    """The token endpoint takes no client secret."""

    code = "no_common_authentication"
    sentence = _("The identity provider takes no client secret. Allow client_secret_basic there.")


class FlowError(SingleSignOnError):
    """A sign-in on its way stopped."""

    code = "flow"


class CallbackMalformed(FlowError):
    """The address somebody came back by is none that a provider sends people to."""

    code = "callback_malformed"
    sentence = _("The identity provider sent you back without an answer. Start again.")


class SignInCancelled(FlowError):
    """The person, or a rule of their company, said no: `access_denied` (RFC 6749, 4.1.2.1)."""

    code = "sign_in_cancelled"
    sentence = _("The sign-in was cancelled, or your company does not let you in here.")


class InteractionNeeded(FlowError):
    """The provider has to show a page of its own first: `login_required` and others (Core 1.0, 3.1.2.6)."""

    code = "interaction_needed"
    sentence = _("Your company's sign-in wants to ask you something first. Start again.")


class ProviderRefused(FlowError):
    """Any other error that the provider sent the person back with, in its words, made plain."""

    code = "provider_refused"
    sentence = _("The identity provider refused the sign-in.")

    def __init__(self, error: str, description: str = "") -> None:
        super().__init__(error, description)
        self.error, self.description = error, description

    def __str__(self) -> str:
        said = f"{self.error}: {self.description}" if self.description else self.error
        return gettext("The identity provider refused the sign-in and said: %s") % said


class ClientRefused(ProviderRefused):
    """The provider does not know us by this client id and secret: `invalid_client` (RFC 6749, 5.2)."""

    code = "client_refused"
    sentence = _("The identity provider does not accept the client id or the client secret.")

    def __str__(self) -> str:
        return str(self.sentence)


class CodeRefused(ProviderRefused):
    """The code was used, is too old, or was not for us: `invalid_grant` (RFC 6749, 5.2)."""

    code = "code_refused"
    sentence = _("The sign-in took too long or was used before. Start again.")

    def __str__(self) -> str:
        return str(self.sentence)


class ConnectionRefused(SingleSignOnError):
    """A connection cannot be set up so."""

    code = "connection"


class ConnectionExists(ConnectionRefused):
    code = "connection_exists"
    sentence = _("You have a sign-in with this issuer and client id already.")


class ConnectionInUse(ConnectionRefused):
    """Subjects of one provider mean nothing to another."""

    code = "connection_in_use"
    sentence = _(
        "People are linked by this connection, and another provider knows them by other names. Make a new"
        " connection for it, and switch this one off when everybody has linked their account again."
    )


class NotTested(ConnectionRefused):
    code = "not_tested"
    sentence = _("Test it first: nobody could sign in by a connection that does not work.")


class ObjectIdNeedsTenant(ConnectionRefused):
    """`oid` counts within one tenant, which the issuer's address has to name."""

    code = "object_id_needs_tenant"
    sentence = _(
        "The object id is Entra ID's alone, and counts within your tenant: the issuer has to be your tenant's"
        " own address, such as https://login.microsoftonline.com/<your tenant id>/v2.0."
    )
