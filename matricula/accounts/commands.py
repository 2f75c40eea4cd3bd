"""Accounts from the shell: what only somebody at the machine may do, for whoever asks them for help."""

import argparse
import sys

from matricula.commands.registry import argument, command


@command(
    "lift-second-factor",
    "take the second factors off an account whose owner has lost them; they are told at all addresses",
    argument("address", "a confirmed address of the account", nargs="?"),
    argument("--unreadable", "instead, off all accounts where no key opens any of them", action="store_true"),
)
def lift_second_factor(arguments: argparse.Namespace) -> int:
    from matricula.accounts.models import EmailAddress
    from matricula.accounts.second_factors import accounts_with_unreadable_factors, lift_factors
    from matricula.mail.addresses import AddressRefused

    if bool(arguments.address) == arguments.unreadable:
        print("Name an address, or --unreadable.", file=sys.stderr)
        return 2
    if arguments.unreadable:
        accounts = accounts_with_unreadable_factors()
    else:
        try:
            rows = EmailAddress.objects.confirmed().spelled(arguments.address).select_related("account")
        except AddressRefused:
            rows = EmailAddress.objects.none()
        accounts = [one.account for one in rows]
        if not accounts:
            print(f"No account has confirmed {arguments.address}.", file=sys.stderr)
            return 1
    lifted = [lift_factors(account=one, why="command") for one in accounts]
    print(f"{sum(lifted)} second factors were taken off {sum(map(bool, lifted))} accounts.")
    return 0
