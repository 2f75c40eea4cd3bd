"""A real mail server in a process of its own: takes letters slowly and notes each before it says yes.

python sink.py PORT FILE SECONDS_A_LETTER
"""

import asyncio
import os
import sys
from email.parser import BytesHeaderParser

from aiosmtpd.controller import Controller


class Sink:
    """Notes the letters in a file, or nowhere."""

    def __init__(self, path: str, pause: float) -> None:
        self.notes, self.pause = open(path, "a"), pause  # noqa: SIM115 - open as long as the process

    async def handle_DATA(self, server, session, envelope):  # noqa: N802
        await asyncio.sleep(self.pause)
        letter = BytesHeaderParser().parsebytes(envelope.content, headersonly=True)
        self.notes.write(f"{envelope.rcpt_tos[0]} {letter['Message-ID']}\n")
        self.notes.flush()
        await asyncio.sleep(self.pause)
        return "250 OK"


def begin_sink(port: int, pause: float, path: str = os.devnull) -> Controller:
    """In a thread of this process, until it is told to stop."""
    controller = Controller(Sink(path, pause / 2), hostname="127.0.0.1", port=port)
    controller.start()
    return controller


if __name__ == "__main__":
    port, path, pause = sys.argv[1:]
    begin_sink(int(port), 2 * float(pause), path)
    asyncio.run(asyncio.Event().wait())
