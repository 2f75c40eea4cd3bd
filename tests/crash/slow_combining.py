"""Combines two accounts, and is slow after so many statements: time enough to be killed.

python slow_combining.py KEPT GIVEN_UP STATEMENTS
"""

import os
import sys
import time

import django

os.environ["DJANGO_SETTINGS_MODULE"] = "matricula.settings"
django.setup()

from django.db import connection  # noqa: E402

from matricula.accounts.models import Account  # noqa: E402
from matricula.leaving.tests.two_lives import combined  # noqa: E402


def combine_slowly(kept: int, given_up: int, statements: int) -> None:
    done = 0

    def pause(execute, sql, params, many, context):
        nonlocal done
        done += connection.in_atomic_block
        if done == statements:
            print("slow", file=sys.stderr, flush=True)
            time.sleep(60)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(pause):
        combined(Account.objects.get(pk=kept), Account.objects.get(pk=given_up))


if __name__ == "__main__":
    combine_slowly(*map(int, sys.argv[1:]))
