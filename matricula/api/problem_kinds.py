"""What the API says of each code: its status and title; the sentence is that of the error."""

from dataclasses import dataclass

from matricula.api import errors as api
from matricula.catalog import errors as catalog
from matricula.invitations import errors as invitations
from matricula.joining import errors as joining
from matricula.organizations import errors as organizations
from matricula.programs import errors as programs
from matricula.roles import errors as roles
from matricula.web.refusals import Refusal


@dataclass(frozen=True)
class Kind:
    status: int
    title: str
    detail: str


def kind(status: int, title: str, refusal: type[Refusal]) -> tuple[str, Kind]:
    return refusal.code, Kind(status, title, str(refusal.sentence))


KINDS = dict(
    [
        (
            "malformed",
            Kind(
                400, "Malformed request", "The body is not JSON (RFC 8259), or the address holds a zero byte."
            ),
        ),
        kind(401, "Token missing", api.TokenMissing),
        kind(401, "Token refused", api.TokenRefused),
        kind(403, "Scope missing", api.ScopeMissing),
        kind(403, "Not an owner", organizations.NotOwner),
        ("not_found", Kind(404, "Not found", "The organization of this token has nothing at this address.")),
        kind(404, "Unknown reference", api.UnknownReference),
        kind(404, "Not a member", programs.NotAMember),
        (
            "method_not_allowed",
            Kind(405, "Method not allowed", "The header Allow lists what this address takes."),
        ),
        kind(409, "Already invited", invitations.AlreadyInvited),
        kind(409, "Already a member", invitations.AlreadyMember),
        kind(409, "Invitation answered", invitations.InvitationAnswered),
        kind(409, "Letter just sent", invitations.LetterJustSent),
        kind(409, "Request answered", joining.RequestAnswered),
        kind(409, "No work e-mail", invitations.NoWorkEmail),
        kind(409, "Not to confirm", invitations.NotToConfirm),
        kind(409, "Columns undecided", invitations.ColumnsUndecided),
        kind(409, "Columns refused", invitations.ColumnsRefused),
        kind(409, "Last owner", organizations.LastOwner),
        kind(409, "Already offered", roles.AlreadyOffered),
        kind(409, "Offer ended", roles.OfferEnded),
        kind(409, "Offer just sent", roles.OfferJustSent),
        kind(409, "Groups missing", roles.GroupsMissing),
        kind(409, "Not to take", catalog.NotToTake),
        kind(409, "Title taken", catalog.TitleTaken),
        kind(409, "Series full", catalog.SeriesFull),
        kind(409, "Not to stop", invitations.NotToStop),
        kind(409, "Name taken", programs.NameTaken),
        kind(409, "Seats in use", programs.SeatsInUse),
        kind(409, "Program ended", programs.ProgramEnded),
        kind(409, "Ends before it begins", programs.EndsBeforeItBegins),
        kind(409, "Day is over", programs.DayIsOver),
        ("body_too_large", Kind(413, "Body too large", "Send less in one request.")),
        kind(413, "Upload too large", catalog.UploadTooLarge),
        kind(415, "Unsupported media type", api.WrongMediaType),
        kind(422, "Invalid request", api.Invalid),
        ("file_refused", Kind(422, "File refused", "It is no list of people; `detail` says why.")),
        ("picture_refused", Kind(422, "Picture refused", "It is no logo; `detail` says why.")),
        kind(422, "Idempotency-Key reused", api.KeyReused),
        kind(429, "Too many requests", api.TooManyRequests),
        kind(429, "Offers used up", roles.OffersUsedUp),
        kind(429, "Uploads used up", catalog.UploadsUsedUp),
        (
            "broken",
            Kind(500, "Something broke", "It is written in the site's log. Sending it again may help."),
        ),
        (
            "database_away",
            Kind(503, "A pause", "The database does not answer. Send it again in a moment."),
        ),
    ]
)
"""By code: what `docs/api.md` and the reference page list. The sentences that stand here are of no error of
ours: the framework, the database or the reader of files raised it."""
