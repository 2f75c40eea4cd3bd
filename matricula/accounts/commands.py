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


@command(
    "hold-account",
    "keep an account as it is: nobody deletes or combines it, and nothing of it is erased",
    argument("who", "a confirmed address of the account, or its id in the address of its page"),
    argument("--release", "let it go again", action="store_true"),
)
def hold_account_command(arguments: argparse.Namespace) -> int:
    from matricula.accounts.holding import keep_as_it_is
    from matricula.accounts.models import Account, EmailAddress
    from matricula.mail.addresses import AddressRefused

    found = Account.objects.filter(public_id=arguments.who).first()
    try:
        rows = EmailAddress.objects.confirmed().spelled(arguments.who).select_related("account")
        found = found or next((one.account for one in rows), None)
    except AddressRefused:
        pass
    if found is None:
        print(f"No account has confirmed {arguments.who}, or has this id.", file=sys.stderr)
        return 1
    changed = keep_as_it_is(account=found, held=not arguments.release)
    state = "goes on as any other" if arguments.release else "is kept as it is"
    print(f"The account {found.public_id} {state}{'.' if changed else ' already.'}")
    return 0
