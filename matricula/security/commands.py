"""The site's key from the shell."""

import argparse
import sys

from matricula.commands.registry import command


@command("reseal", "seal with the key of now what keys of SECRET_KEY_FALLBACKS sealed, and say how many")
def reseal(arguments: argparse.Namespace) -> int:
    from matricula.security.seals import reseal_everything

    lost = 0
    for what, told in reseal_everything().items():
        print(f"{what}: {told.anew} sealed anew, {told.already} were already.")
        if told.unreadable:
            print(f"{what}: {told.unreadable} can be read by no key of this site.", file=sys.stderr)
        lost += told.unreadable
    return 1 if lost else 0
