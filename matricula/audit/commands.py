"""The audit log from the shell."""

import argparse
import sys

from matricula.commands.registry import argument, command

SAID = {
    "changed": "Line {at} says something else than when it was chained.",
    "removed": "Line {at} was removed.",
    "inserted": "Line {at} was put in later.",
    "chain": "The checkpoint at line {at} does not follow from the one before it.",
    "key": "The checkpoint at line {at} has no key of this site (SECRET_KEY, SECRET_KEY_FALLBACKS).",
    "forgetting": "Forgetting {at}, which names lines that are gone, was not made by this site.",
}
OVERDUE = "{lines} lines older than an hour are not chained: no worker runs, or checkpoints were removed."
MOST_SHOWN = 20


@command(
    "audit",
    "`audit verify` tells whether lines of the audit log were changed, removed or put in behind its back",
    argument("what", "verify", choices=["verify"]),
    argument("--anchor", "a mark that was printed earlier and kept elsewhere, such as 1234:ab12", default=""),
)
def audit(arguments: argparse.Namespace) -> int:
    from matricula.audit.checkpoints import verify_log

    found = verify_log(arguments.anchor)
    for one in found.broken[:MOST_SHOWN]:
        print(SAID[one.what].format(at=one.at), file=sys.stderr)
    if len(found.broken) > MOST_SHOWN:
        print(f"… and {len(found.broken) - MOST_SHOWN} more.", file=sys.stderr)
    if not found.anchored:
        print(f"The chain does not hold {arguments.anchor}: it ended there once.", file=sys.stderr)
    if found.overdue:
        print(OVERDUE.format(lines=found.overdue), file=sys.stderr)
    print(f"{found.lines} lines are chained; {found.unchained} came since, and nothing is proven of them.")
    if found.forgotten:
        print(f"{found.forgotten} of the chained lines were forgotten, as their organizations asked.")
    if found.newest:
        print(f"Keep this elsewhere, for --anchor: {found.newest}")
    return 1 if found.broken or found.overdue or not found.anchored else 0
