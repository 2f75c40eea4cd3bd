"""A mail server that takes everything and keeps nothing: the fastest there can be in one Python process.

python benchmarks/smtp_sink.py PORT
"""

import asyncio
import sys


class Sink(asyncio.Protocol):
    """Answers each command of RFC 5321 as it comes, several in one write where they came together."""

    def connection_made(self, transport):
        self.transport, self.waiting, self.in_data = transport, b"", False
        transport.write(b"220 sink\r\n")

    def data_received(self, data):
        self.waiting += data
        answers = []
        while answer := self.next_answer():
            answers.append(answer)
        if answers:
            self.transport.write(b"".join(answers))

    def next_answer(self):
        end = b"\r\n.\r\n" if self.in_data else b"\r\n"
        line, found, rest = self.waiting.partition(end)
        if not found:
            return b""
        self.waiting = rest
        if self.in_data:
            self.in_data = False
            return b"250 taken\r\n"
        return self.answer(line[:4].upper())

    def answer(self, command):
        if command == b"EHLO":
            return b"250-sink\r\n250 PIPELINING\r\n"
        if command == b"DATA":
            self.in_data = True
            return b"354 go on\r\n"
        return b"250 ok\r\n"


async def serve(port):
    server = await asyncio.get_running_loop().create_server(Sink, "127.0.0.1", port)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1])))
