"""What the API brings to other rooms: tokens go along with whoever made them, who is told of them."""

from matricula.api.models import Token
from matricula.leaving.combining.ledger import Ledgered, keeps_ledger
from matricula.leaving.combining.lines import moving
from matricula.leaving.combining.plan import brings_lines
from matricula.leaving.data.contents import brings_data
from matricula.leaving.data.sections import MOMENT, TEXT, Section, or_none
from matricula.leaving.letters import names_what_was_made

LIVE_TOKENS = """r.revoked_at IS NULL AND r.expires_at > {now} AND EXISTS (SELECT 1 FROM organizations_role o
    WHERE o.account_id = {given} AND o.organization_id = r.organization_id)"""
"""Those of an organization where the role of their maker moves: without it they would do nothing any more."""
brings_lines(moving("api_token", LIVE_TOKENS, column="made_by_id"))
keeps_ledger(Ledgered("api_token", {"made_by_id": "bigint"}, owner="made_by_id"))
brings_data(
    Section(
        "api_tokens",
        "Tokens of the API that you made for a company: not what they are, only that they were made.",
        {
            "organization": ("organization__name", TEXT),
            "name": ("name", TEXT),
            "created_at": ("created_at", MOMENT),
            "open_until": ("expires_at", MOMENT),
            "last_used_at": ("last_used_at", or_none(MOMENT)),
            "revoked_at": ("revoked_at", or_none(MOMENT)),
        },
        lambda whose: Token.objects.filter(made_by__in=whose.accounts),
        of=("api_token.made_by_id",),
    )
)


@names_what_was_made
def tokens_made_by(account: int) -> dict[int, list[str]]:
    """Live ones: they work until they end, also when their maker deletes their account."""
    found: dict[int, list[str]] = {}
    rows = Token.objects.live().filter(made_by=account).order_by("pk").values_list("organization", "name")
    for organization, name in rows:
        found.setdefault(organization, []).append(name)
    return found
