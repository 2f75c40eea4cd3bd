"""Invitations, direct links, and the arrivals they bring."""

from matricula.joining.importing.models import ImportedFile, ImportedLine
from matricula.joining.models.arrivals import Arrival, DirectLink, Request, arrival_expiry
from matricula.joining.models.invitations import (
    RUNNING,
    Invitation,
    InvitationToken,
    SearchLine,
    invitation_expiry,
)
from matricula.joining.models.rounds import Round

__all__ = [
    "RUNNING",
    "Arrival",
    "DirectLink",
    "ImportedFile",
    "ImportedLine",
    "Invitation",
    "InvitationToken",
    "Request",
    "Round",
    "SearchLine",
    "arrival_expiry",
    "invitation_expiry",
]
