"""What the API brings to other rooms: tokens go along with whoever may have made them."""

from matricula.leaving.combining.ledger import Ledgered, keeps_ledger
from matricula.leaving.combining.lines import moving
from matricula.leaving.combining.plan import brings_lines

LIVE_TOKENS = """r.revoked_at IS NULL AND r.expires_at > {now} AND EXISTS (SELECT 1 FROM organizations_role o
    WHERE o.account_id = {given} AND o.organization_id = r.organization_id)"""
"""Those of an organization where the role of their maker moves: without it they would do nothing any more."""
brings_lines(moving("api_token", LIVE_TOKENS, column="made_by_id"))
keeps_ledger(Ledgered("api_token", {"made_by_id": "bigint"}, owner="made_by_id"))
