"""W7: how many invitation letters leave in a second, beside how many the sink can be handed raw.

    DATABASE_URL=postgresql://… .venv/bin/python benchmarks/w7_letters.py [LETTERS] [CONNECTIONS] [PROCESSES]

The sink is a process of its own. Raw: one finished letter, handed over again and again by as many
connections. Ours: leased, links minted, composed, built, handed over and settled, from the outbox to `sent`.
Both by so many processes, as a worker has.
"""

import multiprocessing
import os
import smtplib
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import django

os.environ["DJANGO_SETTINGS_MODULE"] = "matricula.settings"
django.setup()

from django.conf import settings  # noqa: E402
from django.db import connection  # noqa: E402

from matricula.invitations.invitations import queue_letters  # noqa: E402
from matricula.invitations.models import Invitation, InvitationToken  # noqa: E402
from matricula.mail.composition import compose_message  # noqa: E402
from matricula.mail.delivery import deliver_due  # noqa: E402
from matricula.mail.envelopes import make_envelope  # noqa: E402
from matricula.mail.models import Letter  # noqa: E402
from matricula.mail.smtp import hand_over  # noqa: E402
from matricula.organizations.models import Organization  # noqa: E402
from matricula.programs.models import Program  # noqa: E402


def start_sink() -> tuple[subprocess.Popen, int]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    sink = subprocess.Popen([sys.executable, str(Path(__file__).parent / "smtp_sink.py"), str(port)])
    while True:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
            return sink, port
        except OSError:
            time.sleep(0.1)


def prepare(count: int) -> None:
    organization = Organization.objects.create(slug="n", name="Nordlicht Energie")
    program = Program.objects.create(organization=organization, slug="p", name="Welcome")
    for start in range(0, count, 1000):
        people = [
            Invitation(
                program=program,
                organization=organization,
                address=f"p{n}@n.example",
                canonical=f"p{n}@n.example",
                name=f"Person {n}",
            )
            for n in range(start, min(start + 1000, count))
        ]
        queue_letters(Invitation.objects.bulk_create(people))
    if connection.vendor == "postgresql":
        connection.cursor().execute("ANALYZE")


def in_processes(count: int, work: Callable[[], object]) -> float:
    """Seconds that `count` processes need for `work`."""
    close()
    forking = multiprocessing.get_context("fork")
    processes = [forking.Process(target=work) for _ in range(count)]
    began = time.perf_counter()
    for process in processes:
        process.start()
    for process in processes:
        process.join()
        assert process.exitcode == 0
    return time.perf_counter() - began


def close() -> None:
    """No connection may be open when a process is forked."""
    connection.close()
    if connection.vendor == "postgresql":
        connection.close_pool()


def raw(port: int, count: int, connections: int) -> None:
    """Each connection hands over the same finished letter."""
    letter = Letter.objects.order_by("pk").first()
    assert letter is not None
    finished = make_envelope(letter, compose_message([letter])[letter.pk])

    def run(_: int) -> None:
        server = smtplib.SMTP("127.0.0.1", port)
        server.ehlo()
        for _ in range(count // connections):
            hand_over(server, finished)
        server.quit()

    with ThreadPoolExecutor(connections) as pool:
        list(pool.map(run, range(connections)))


def ours() -> None:
    while deliver_due():
        pass


def main() -> None:
    given = (*sys.argv[1:], *("20000", "8", str(os.cpu_count()))[len(sys.argv) - 1 :])
    count, connections, processes = (int(value) for value in given)
    connection.creation.create_test_db(verbosity=0, autoclobber=True)
    sink, port = start_sink()
    settings.EMAIL_URL, settings.MAIL_CONNECTIONS = f"smtp://127.0.0.1:{port}", connections
    settings.WORKER_PROCESSES = processes
    try:
        prepare(count)
        share = connections // processes
        limit = count / in_processes(processes, lambda: raw(port, count // processes, share))
        InvitationToken.objects.all().delete()
        rate = count / in_processes(processes, ours)
        assert Letter.objects.filter(state="sent").count() == count, "a letter was lost"
        assert Invitation.objects.filter(state="sent").count() == count
    finally:
        sink.terminate()
        close()
        connection.creation.destroy_test_db(connection.settings_dict["NAME"], verbosity=0)
    print(f"raw: {limit:.0f} letters/s over {connections} connections of {processes} processes")
    print(f"ours: {rate:.0f} letters/s, {rate / limit:.2f} of raw (goal 3,000/s)")


if __name__ == "__main__":
    main()
