"""The demonstration from the shell: filled, and served with a worker."""

import argparse
import signal
import subprocess
import sys
import time

from matricula.commands.registry import argument, command
from matricula.commands.site import migrate


@command(
    "demo",
    "fill an empty database with demonstration data",
    argument("--serve", "then serve it, with a worker", action="store_true"),
)
def demo(arguments: argparse.Namespace) -> int:
    from matricula.demo.data import fill, introduce

    migrate(arguments)
    fill()
    print(introduce(), flush=True)
    return serve_with_worker() if arguments.serve else 0


def serve_with_worker() -> int:
    """Both processes until Ctrl-C; neither outlives the other."""
    commands = [[sys.executable, "-m", "matricula", name] for name in ("serve", "worker")]
    processes = [subprocess.Popen(command) for command in commands]
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        while all(process.poll() is None for process in processes):
            time.sleep(0.3)
    except KeyboardInterrupt:
        pass
    for process in processes:
        process.terminate()
    for process in processes:
        end_at_last(process)
    return 0


def end_at_last(process: "subprocess.Popen[bytes]") -> None:
    """Whatever a worker still reads is taken up again by the next."""
    try:
        process.wait(timeout=15)
    except subprocess.TimeoutExpired:
        process.kill()
