from django.utils.translation import gettext_lazy as _

from matricula.web.refusals import Refusal


class ApiError(Refusal):
    """The door turned a request away."""

    code = "refused"


class TokenMissing(ApiError):
    """No `Authorization: Bearer …` came with the request."""

    code = "token_missing"
    sentence = _("Send the header Authorization: Bearer matricula_…")


class TokenRefused(ApiError):
    """The token is unknown, expired or revoked; which of these is not told."""

    code = "token_refused"
    sentence = _("The token is unknown, expired or revoked.")


class ScopeMissing(ApiError):
    """The token may not do this: it lacks `scope`."""

    code = "scope_missing"
    sentence = _("The token may not do this. Make one with the scope.")

    def __init__(self, scope: str) -> None:
        super().__init__(scope)
        self.scope = scope

    def __str__(self) -> str:
        return _("The token may not do this. Make one with the scope %s.") % self.scope


class TooManyRequests(ApiError):
    """The token used up its requests; more are allowed in `seconds`."""

    code = "too_many_requests"
    sentence = _("Go on after the seconds in Retry-After.")

    def __init__(self, seconds: int) -> None:
        super().__init__(seconds)
        self.seconds = seconds


class WrongMediaType(ApiError):
    """The body is not of the media type `wanted`."""

    code = "media_type_unsupported"
    sentence = _("Send the body as application/json.")

    def __init__(self, wanted: str) -> None:
        super().__init__(wanted)
        self.wanted = wanted

    def __str__(self) -> str:
        return _("Send the body as %s.") % self.wanted


class PersonMoved(ApiError):
    """The person gave up the account of this id for another; `moved_to` is that one's id."""

    code = "person_moved"
    sentence = _("This person has another id since they combined two accounts: `moved_to`.")

    def __init__(self, moved_to: str) -> None:
        super().__init__(moved_to)
        self.moved_to = moved_to

    def __str__(self) -> str:
        return str(self.sentence)


class KeyReused(ApiError):
    """This Idempotency-Key came before, with another request."""

    code = "idempotency_key_reused"
    sentence = _("This key came before with another request. Take a new key.")


class Invalid(ApiError):
    """One value cannot be; `where` is body, query or header, `pointer` names it within."""

    code = "invalid"
    sentence = _("`errors` tells what is wrong, and where.")

    def __init__(self, where: str, pointer: str, code: str, detail: str) -> None:
        super().__init__(where, pointer, code, detail)
        self.where, self.pointer, self.detail = where, pointer, detail
        self.field_code = code


class UnknownReference(ApiError):
    """The body names things that the organization does not have; `pointers` tells where."""

    code = "unknown_reference"
    sentence = _("The body names something that the organization of this token does not have.")

    def __init__(self, pointers: list[str]) -> None:
        super().__init__(pointers)
        self.pointers = pointers


class TokenUnusable(ApiError):
    """A token cannot be made so: a scope that is not known, or a lifetime that cannot be."""

    code = "token_unusable"
    sentence = _("A scope is not known, or the token would last too long.")
