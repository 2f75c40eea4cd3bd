"""A production server on the benchmark's database, and work handed to threads."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from django.db import connection

from benchmarks.visiting import Visitor


def in_threads(work: Callable[[Any], Any], items: Sequence[Any], threads: int) -> float:
    """Items a second."""

    def run(share: Sequence[Any]) -> None:
        try:
            for item in share:
                work(item)
        finally:
            connection.close()

    began = time.perf_counter()
    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(run, [items[first::threads] for first in range(threads)]))
    return len(items) / (time.perf_counter() - began)


class Server:
    """`matricula serve` in production mode on the benchmark's database."""

    def __init__(self, **environment: str) -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        self.address = f"http://127.0.0.1:{port}"
        parts = connection.settings_dict
        production = {
            "MATRICULA_DEVELOPMENT": "false",
            "BASE_URL": self.address,
            "EMAIL_URL": "smtp://127.0.0.1:9",
            "DATABASE_URL": f"postgresql://{parts['USER']}@{parts['HOST']}:{parts['PORT']}/{parts['NAME']}",
        }
        self.process = subprocess.Popen(
            [sys.executable, "-m", "matricula", "serve"],
            env={**os.environ, **production, **environment},
            start_new_session=True,
        )
        while not self.answers():
            time.sleep(0.2)

    def answers(self) -> bool:
        try:
            return Visitor(self.address).get("/healthz").status == 200
        except OSError:
            return False

    def stop(self) -> None:
        os.killpg(self.process.pid, signal.SIGTERM)
        self.process.wait(timeout=20)
