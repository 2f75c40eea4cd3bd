"""Tokens of the API from the shell."""

import argparse
import sys

from matricula.commands.registry import argument, command


@command(
    "create-token",
    "make an API token of an organization and print it, once",
    argument("organization", "the slug of the organization"),
    argument("--name", "what uses it, for the audit log", required=True),
    argument("--scope", "may be given several times", action="append", required=True),
    argument("--expires-in", "90 unless told", type=int, default=90, metavar="DAYS"),
)
def create_token(arguments: argparse.Namespace) -> int:
    from matricula.api.errors import TokenUnusable
    from matricula.api.tokens import LONGEST_DAYS, SCOPES, grant_token
    from matricula.organizations.models import Organization

    organization = Organization.objects.filter(slug=arguments.organization).first()
    if organization is None:
        print(f"There is no organization {arguments.organization!r}.", file=sys.stderr)
        return 1
    wanted = {"name": arguments.name, "scopes": arguments.scope, "days": arguments.expires_in}
    try:
        _token, secret = grant_token(organization=organization, actor=None, **wanted)
    except TokenUnusable:
        scopes = ", ".join(SCOPES)
        print(f"--expires-in is 1 to {LONGEST_DAYS} days, --scope one of {scopes}.", file=sys.stderr)
        return 1
    print(secret)
    return 0
