"""Invitations with the tokens of their links, rounds of letters, and files of people to invite."""

from matricula.invitations.models.imports import ImportedFile, ImportedFileQuerySet, ImportedLine, Verdict
from matricula.invitations.models.invitations import (
    INVITATION,
    INVITATION_DAYS,
    REMINDER,
    REPLACES,
    RUNNING,
    STANDING,
    Invitation,
    InvitationQuerySet,
    InvitationToken,
    LostLetter,
    Round,
    RoundQuerySet,
    SearchLine,
    has_run_out,
    invitation_expiry,
)

__all__ = [
    "INVITATION",
    "INVITATION_DAYS",
    "REMINDER",
    "REPLACES",
    "RUNNING",
    "STANDING",
    "ImportedFile",
    "ImportedFileQuerySet",
    "ImportedLine",
    "Invitation",
    "InvitationQuerySet",
    "InvitationToken",
    "LostLetter",
    "Round",
    "RoundQuerySet",
    "SearchLine",
    "Verdict",
    "has_run_out",
    "invitation_expiry",
]
