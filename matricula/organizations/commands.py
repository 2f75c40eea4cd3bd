"""Organizations from the shell, by the same rules as on the pages."""

import argparse
import sys

from matricula.commands.registry import argument, command


@command(
    "create-organization",
    "make an organization and write to its owner",
    argument("slug", "its name in addresses, such as nordlicht"),
    argument("name", "its name, such as 'Nordlicht Energie'"),
    argument("owner", "the e-mail of its first owner"),
    argument("--owner-name", "the owner's full name"),
    argument("--time-zone", "where its days end, such as Europe/Berlin; the site's time zone by default"),
)
def create_organization(arguments: argparse.Namespace) -> int:
    from django.core.exceptions import ValidationError

    from matricula.organizations.ownership import found_organization

    try:
        organization = found_organization(
            slug=arguments.slug,
            name=arguments.name,
            owner_address=arguments.owner,
            owner_name=arguments.owner_name or arguments.owner.partition("@")[0],
            time_zone=arguments.time_zone or "",
        )
    except ValidationError as refusal:
        print(" ".join(refusal.messages), file=sys.stderr)
        return 1
    print(f"{organization.name} is there; {arguments.owner} owns it.")
    return 0


@command(
    "retention",
    "what an organization's rules of keeping would do in the next night, and what they did in the last",
    argument("slug", "its name in addresses, such as nordlicht"),
)
def retention(arguments: argparse.Namespace) -> int:
    from matricula.organizations.models import Organization
    from matricula.organizations.retention_rules import MOST_COUNTED, foresee, last_nights, months_of

    organization = Organization.objects.filter(slug=arguments.slug).first()
    if organization is None:
        print(f"There is no organization {arguments.slug}.", file=sys.stderr)
        return 1
    with organization.calendar():
        for one in foresee(organization, months_of(organization)):
            print(f"Next night: {'more than ' if one.count > MOST_COUNTED else ''}{one.words}")
        for told in last_nights(organization):
            for words in told.words:
                print(f"{told.at:%Y-%m-%d %H:%M} UTC: {words}")
    return 0
