"""What the database keeps of invitations by itself: the words they are found by, and how many stand how."""

from matricula.db.search import register_search
from matricula.programs.counting import Counter, register_counter

register_search("invitations_searchline", "invitation_id")
register_counter(
    Counter(
        "invitations",
        "invitations_invitation",
        {
            "standing": "{row}.standing",
            "opened": "CASE WHEN {row}.superseded_by_id IS NULL"
            " AND ({row}.opened_at IS NOT NULL OR {row}.state = 'joined') THEN '' END",
            "invited_on": "day({row}.created_at)",
        },
    )
)
register_counter(
    Counter(
        "invitations_grouped",
        "invitations_invitation_groups",
        {"group_invited": "{row}.group_id"},
        program="i.program_id",
        beside="JOIN invitations_invitation i ON i.id = {row}.invitation_id",
    )
)
