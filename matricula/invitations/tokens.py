from collections.abc import Mapping

from django.conf import settings

from matricula.invitations.models import Invitation, InvitationToken
from matricula.security.secrets import digest, new_link_secret


def mint_link(invitation: Invitation, channel: InvitationToken.Channel) -> str:
    """A new absolute link; only the digest of its secret stays."""
    return mint_links({invitation.pk: None}, channel)[invitation.pk]


def mint_links(invitations: Mapping[int, int | None], channel: InvitationToken.Channel) -> dict[int, str]:
    """A new absolute link for each, in one statement. `invitations`: with the letter each link is for."""
    secrets = {pk: new_link_secret() for pk in invitations}
    InvitationToken.objects.bulk_create(
        InvitationToken(
            invitation_id=pk, letter_id=invitations[pk], digest=digest("invitation", secret), channel=channel
        )
        for pk, secret in secrets.items()
    )
    return {pk: f"{settings.BASE_URL}/join/{secret}/" for pk, secret in secrets.items()}
