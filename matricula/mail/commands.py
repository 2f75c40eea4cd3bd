"""Letters from the shell: held back, and let go."""

import argparse

from matricula.commands.registry import argument, command


@command("hold-letters", "keep all letters in the outbox until they are released")
def hold(arguments: argparse.Namespace) -> int:
    from matricula.mail.sending import hold_letters

    hold_letters()
    print("Letters wait in the outbox from now on; `matricula release-letters` lets them go.")
    return 0


@command(
    "release-letters",
    "let letters leave from this database",
    argument("--discard", "give up those that wait now", action="store_true"),
)
def release(arguments: argparse.Namespace) -> int:
    from matricula.mail.delivery import discard_letters
    from matricula.mail.sending import release_letters

    if arguments.discard:
        print(f"{discard_letters():,} letters that waited are given up.")
    release_letters()
    print("Letters leave from this database.")
    return 0
