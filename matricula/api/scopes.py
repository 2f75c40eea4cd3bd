"""What a token may do. Reading and writing are asked for separately; no scope holds another."""

from django.utils.translation import gettext_lazy as _

SCOPES = {
    "catalog:read": _("Read courses and Specializations"),
    "catalog:write": _("Take courses in, withdraw them, make Specializations"),
    "programs:read": _("Read programs and their seats"),
    "programs:write": _("Make and change programs"),
    "groups:read": _("Read groups and who is in them"),
    "groups:write": _("Make, change and delete groups, put people in and take them out"),
    "people:read": _("Read people, their memberships and their progress"),
    "people:write": _("Remove people from programs"),
    "invitations:read": _("Read invitations and requests for help"),
    "invitations:write": _("Invite, send again, withdraw, correct, and answer requests"),
    "links:read": _("Read direct links"),
    "links:write": _("Make direct links and turn them off"),
    "administrators:read": _("Read who administers, and what is offered to whom"),
    "administrators:write": _("Offer, change and take away roles, but no owner's"),
    "owners:write": _("Make and unmake owners, too: who holds it can take the organization over"),
    "branding:read": _("Read how the organization looks"),
    "branding:write": _("Change name, colour, logo, and the words of letters"),
    "reports:read": _("Read how many were invited, joined, started and completed"),
    "audit:read": _("Read the audit log"),
}
