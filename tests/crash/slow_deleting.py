"""Deletes an account, or erases one, and is slow after so many statements: time enough to be killed.

python slow_deleting.py ACCOUNT STATEMENTS delete|erase
"""

import os
import sys
import time

import django

os.environ["DJANGO_SETTINGS_MODULE"] = "matricula.settings"
django.setup()

from django.db import connection  # noqa: E402

from matricula.accounts.models import Account  # noqa: E402
from matricula.leaving.deletion import erasing  # noqa: E402
from matricula.leaving.tests.one_life import deleted, erase_all  # noqa: E402


def work_slowly(account: int, statements: int, verb: str) -> None:
    done = 0
    erasing.AT_ONCE = 1

    def pause(execute, sql, params, many, context):
        nonlocal done
        done += connection.in_atomic_block
        if done == statements:
            print("slow", file=sys.stderr, flush=True)
            time.sleep(60)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(pause):
        if verb == "delete":
            deleted(Account.objects.get(pk=account))
        else:
            erase_all()


if __name__ == "__main__":
    work_slowly(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3])
