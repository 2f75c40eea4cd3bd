from dataclasses import dataclass

from matricula.db.queries import first_or_none
from matricula.invitations.models import Invitation, InvitationToken
from matricula.joining.errors import LinkRefused
from matricula.joining.models import DirectLink
from matricula.programs.models import Program
from matricula.security.secrets import digest


@dataclass(frozen=True)
class Origin:
    """What a visitor holds: a token of an invitation, or a direct link."""

    token: InvitationToken | None = None
    direct_link: DirectLink | None = None

    @property
    def invitation(self) -> Invitation | None:
        return self.token.invitation if self.token else None

    @property
    def source(self) -> Invitation | DirectLink:
        source = self.invitation or self.direct_link
        assert source is not None  # noqa: S101 - one of the two always is
        return source

    @property
    def program(self) -> Program:
        return self.source.program

    @property
    def channel(self) -> str:
        """A direct link was shown to whoever asked, so it proves no mailbox."""
        return self.token.channel if self.token else InvitationToken.Channel.SHOWN


def open_link(secret: str) -> Origin:
    """What a link's secret stands for. Raises LinkRefused."""
    tokens = InvitationToken.objects.select_related("invitation__program")
    token = first_or_none(tokens.filter(digest=digest("invitation", secret)))
    if token:
        return examine_token(token)
    links = DirectLink.objects.select_related("program")
    return examine_direct_link(first_or_none(links.filter(digest=digest("link", secret))))


def examine_token(token: InvitationToken | None) -> Origin:
    """Raises LinkRefused with the reason the link no longer opens."""
    if token is None:
        raise LinkRefused("unknown")
    evidence, invitation = Origin(token=token), token.invitation
    if invitation.state in (Invitation.State.DECLINED, Invitation.State.REVOKED):
        raise LinkRefused(invitation.state, evidence)
    if token.ended_at:
        raise LinkRefused("replaced", evidence)
    if invitation.program.has_ended:
        raise LinkRefused("ended", evidence)
    if invitation.is_expired and invitation.state != Invitation.State.JOINED:
        raise LinkRefused("expired", evidence)
    return evidence


def examine_direct_link(link: DirectLink | None) -> Origin:
    """Raises LinkRefused with the reason the link no longer opens."""
    if link is None:
        raise LinkRefused("unknown")
    evidence = Origin(direct_link=link)
    if link.turned_off_at:
        raise LinkRefused("off", evidence)
    if link.program.has_ended:
        raise LinkRefused("ended", evidence)
    if link.is_expired:
        raise LinkRefused("expired", evidence)
    if link.is_used_up:
        raise LinkRefused("used", evidence)
    return evidence
