class ApiError(Exception):
    """The door turned a request away; `code` says why."""

    code = "refused"


class TokenMissing(ApiError):
    """No `Authorization: Bearer …` came with the request."""

    code = "token_missing"


class TokenRefused(ApiError):
    """The token is unknown, expired or revoked; which of these is not told."""

    code = "token_refused"


class ScopeMissing(ApiError):
    """The token may not do this: it lacks `scope`."""

    code = "scope_missing"

    def __init__(self, scope: str) -> None:
        super().__init__(scope)
        self.scope = scope


class TooManyRequests(ApiError):
    """The token used up its requests; more are allowed in `seconds`."""

    code = "too_many_requests"

    def __init__(self, seconds: int) -> None:
        super().__init__(seconds)
        self.seconds = seconds


class WrongMediaType(ApiError):
    """The body is not of the media type `wanted`."""

    code = "media_type_unsupported"

    def __init__(self, wanted: str) -> None:
        super().__init__(wanted)
        self.wanted = wanted


class KeyReused(ApiError):
    """This Idempotency-Key came before, with another request."""

    code = "idempotency_key_reused"


class Invalid(ApiError):
    """One value cannot be; `where` is body, query or header, `pointer` names it within."""

    code = "invalid"

    def __init__(self, where: str, pointer: str, code: str, detail: str) -> None:
        super().__init__(where, pointer, code, detail)
        self.where, self.pointer, self.detail = where, pointer, detail
        self.field_code = code


class UnknownReference(ApiError):
    """The body names things that the organization does not have; `pointers` tells where."""

    code = "unknown_reference"

    def __init__(self, pointers: list[str]) -> None:
        super().__init__(pointers)
        self.pointers = pointers


class TokenUnusable(ApiError):
    """A token cannot be made so: a scope that is not known, or a lifetime that cannot be."""

    code = "token_unusable"
