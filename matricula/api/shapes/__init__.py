"""What answers look like. Rows are named by their public ids; a person by name and work e-mail only."""

from matricula.api.shapes.administrators import Administrator, RoleKind, RoleOffer
from matricula.api.shapes.catalog import Course, Specialization, Upload
from matricula.api.shapes.joining import DirectLink, Invitation, InvitationState, NewDirectLink, Request
from matricula.api.shapes.naming import Named
from matricula.api.shapes.organization import Branding, LogoUpload, Organization
from matricula.api.shapes.people import Membership, Person, PersonInFull, Progress
from matricula.api.shapes.programs import Group, Program
from matricula.api.shapes.reports import Entry, Funnel, Report, Week

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
