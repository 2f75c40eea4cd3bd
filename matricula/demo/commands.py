"""The demonstration from the shell: filled, and served with a worker."""

import argparse
import os
import subprocess
import sys
import time

from matricula.commands.registry import argument, command
from matricula.commands.site import migrate, place, refuse_taken_port
from matricula.stopping import LOOK_SECONDS, StopWish, holding_stops, leave_at_once

PATIENCE_SECONDS = 1
"""A demonstration ends while its reader still looks at the shell."""


@command(
    "demo",
    "fill an empty database with demonstration data",
    argument("--serve", "then serve it, with a worker", action="store_true"),
)
def demo(arguments: argparse.Namespace) -> int:
    from matricula.demo.company_sign_in import renew_company_sign_in
    from matricula.demo.data import fill, introduce

    if arguments.serve:
        refuse_taken_port(*place())
    migrate(arguments)
    fill()
    renew_company_sign_in()
    print(introduce(), flush=True)
    if arguments.serve:
        serve_with_worker()
        leave_at_once(0)
    return 0


def serve_with_worker() -> None:
    """Both processes until Ctrl-C; neither outlives the other."""
    environment = {**os.environ, "MATRICULA_STOP_SECONDS": str(PATIENCE_SECONDS), **reaching_ourselves()}
    commands = [[sys.executable, "-m", "matricula", name] for name in ("serve", "worker")]
    with holding_stops():
        processes = [subprocess.Popen(command, env=environment) for command in commands]
    wish = StopWish(PATIENCE_SECONDS)
    while not wish.came and all(process.poll() is None for process in processes):
        time.sleep(LOOK_SECONDS)
    for process in processes:
        process.terminate()
    for seconds in (PATIENCE_SECONDS + 0.4, 0.4):
        wait_for_all(processes, seconds)
        for process in processes:
            process.terminate()
    for process in processes:
        process.kill()


def reaching_ourselves() -> dict[str, str]:
    """The company's sign-in is part of the demonstration, so the site calls its own address; in development
    only."""
    from django.conf import settings

    if not settings.DEVELOPMENT:
        return {}
    name = "MATRICULA_PRIVATE_NETWORKS"
    return {name: " ".join(filter(None, [os.environ.get(name), "127.0.0.0/8", "::1"]))}


def wait_for_all(processes: "list[subprocess.Popen[bytes]]", seconds: float) -> None:
    """Until none runs. Whatever a worker still reads is taken up again by the next."""
    ends = time.monotonic() + seconds
    while any(process.poll() is None for process in processes) and time.monotonic() < ends:
        time.sleep(LOOK_SECONDS)
