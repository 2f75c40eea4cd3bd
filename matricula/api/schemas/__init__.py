"""What answers look like. Rows are named by their public ids; a person by name and work e-mail only."""

from matricula.api.schemas.catalog import Course, Specialization, Upload
from matricula.api.schemas.joining import DirectLink, Invitation, InvitationState, NewDirectLink, Request
from matricula.api.schemas.naming import Named
from matricula.api.schemas.organization import (
    Branding,
    Entry,
    Funnel,
    Group,
    LogoUpload,
    Organization,
    Program,
    Report,
    Week,
)
from matricula.api.schemas.people import (
    Administrator,
    Membership,
    Person,
    PersonInFull,
    Progress,
    RoleKind,
    RoleOffer,
)

__all__ = [
    "Administrator",
    "Branding",
    "Course",
    "DirectLink",
    "Entry",
    "Funnel",
    "Group",
    "Invitation",
    "InvitationState",
    "LogoUpload",
    "Membership",
    "Named",
    "NewDirectLink",
    "Organization",
    "Person",
    "PersonInFull",
    "Program",
    "Progress",
    "Report",
    "Request",
    "RoleKind",
    "RoleOffer",
    "Specialization",
    "Upload",
    "Week",
]
