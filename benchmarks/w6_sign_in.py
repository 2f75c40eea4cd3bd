"""W6: how many people that are known come in by their company's sign-in in a second, from answer to cookie.

    DATABASE_URL=postgresql://… .venv/bin/python benchmarks/w6_sign_in.py [SIGN_INS] [CLIENTS]

A production server in processes of its own, the visitors in this one, a token endpoint in another; a
database of its own that it makes and drops. Answers are made before the clock starts. By OpenID Connect a
sign-in is one request, in which the server asks the token endpoint; by SAML it is two, the post and what it
leads to. Beside it, in the same run: a page that asks the database once (our metadata for a provider), a page
of HTML that asks it twice (the company's choice of connections), and the check of a signed answer alone.

By the clock, what else the machine does counts too; so it also prints processor time.
"""

import asyncio
import base64
import json
import multiprocessing
import os
import re
import socket
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any

import django

os.environ["DJANGO_SETTINGS_MODULE"] = "matricula.settings"
os.environ["SECRET_KEY"] = "a key for benchmarks only, of 32 characters"
os.environ["MATRICULA_PRIVATE_NETWORKS"] = "127.0.0.0/8"
os.environ["MATRICULA_LIMITS"] = "company-answer=0/1"
django.setup()

from django.contrib.auth.hashers import make_password  # noqa: E402
from django.db import connection as database  # noqa: E402
from django.http import HttpResponse  # noqa: E402
from django.utils import timezone  # noqa: E402

from benchmarks.processors import of_database, of_group, own  # noqa: E402
from benchmarks.serving import Server, in_threads  # noqa: E402
from benchmarks.visiting import Visitor  # noqa: E402
from matricula.accounts.models import Account  # noqa: E402
from matricula.identities.flows import BegunFlow, new_state, nonce_of  # noqa: E402
from matricula.identities.models import SEAL, CompanySession, Connection, Flow  # noqa: E402
from matricula.organizations.models import Organization  # noqa: E402
from matricula.security.secrets import digest, seal  # noqa: E402
from matricula.sso.answers import Checks  # noqa: E402
from matricula.sso.id_tokens import Expected, judge_id_token  # noqa: E402
from matricula.sso.key_sets import read_key_set  # noqa: E402
from matricula.sso.saml_assertions import Expected as ExpectedSaml  # noqa: E402
from matricula.sso.saml_responses import judge_response  # noqa: E402
from matricula.sso.tests import minting, providers  # noqa: E402

UNCOUNTED = 60
"""Until every worker has its templates and keys, and PostgreSQL has prepared what comes again."""
BROWSER = "b" * 43
SUBJECT = "ada-1"


def begin(connection: Connection, count: int) -> list[str]:
    """States of people who are away at the provider, all in one browser."""
    states = [new_state() for _ in range(count)]
    expires = timezone.now() + timedelta(minutes=10)
    browser = digest("flow-browser", BROWSER)
    Flow.objects.bulk_create(
        Flow(
            connection=connection,
            state_digest=digest("flow", one),
            browser_digest=browser,
            expires_at=expires,
        )
        for one in states
    )
    return states


def cookie() -> str:
    """That this browser shows when it comes back."""
    response = HttpResponse()
    BegunFlow(Flow(), BROWSER, "").keep(response)
    return response.cookies["sso"].value


def visitor(server: Server, shown: str) -> Visitor:
    made = Visitor(server.address)
    made.cookies["sso"] = shown
    return made


# -- OpenID Connect -------------------------------------------------------------------------------


def set_up_openid(organization: Organization, endpoint: str) -> Connection:
    made: Connection = organization.connections.create(
        kind="oidc",
        name="OpenID",
        state="live",
        tested_at=timezone.now(),
        issuer=providers.ISSUER,
        client_id=providers.CLIENT_ID,
        sealed_secret=seal(SEAL, "s3cret"),
        keys=providers.public_set(providers.make_key()),
        keys_at=timezone.now(),
        provider={**providers.DISCOVERY.as_json(), "token_endpoint": endpoint},
    )
    return made


def id_token(state: str) -> str:
    now = int(time.time())
    claims = {"sub": SUBJECT, "iat": now, "exp": now + 600, "nonce": nonce_of(state)}
    return providers.make_token({**providers.CLAIMS, **claims})


def answer_tokens(port: int, tokens: dict[str, str]) -> None:
    """A token endpoint: it knows each code's ID token, and closes as the server's client does."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        length = re.search(r"content-length: (\d+)", head, re.IGNORECASE)
        body = (await reader.readexactly(int(length[1]) if length else 0)).decode()
        code = re.search(r"(?:^|&)code=([^&]+)", body)
        content = json.dumps({"id_token": tokens[code[1]], "token_type": "Bearer"}).encode()
        head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(content)}\r\n"
        writer.write(f"{head}Connection: close\r\n\r\n".encode() + content)
        await writer.drain()
        writer.close()

    async def serve() -> None:
        async with await asyncio.start_server(answer, "127.0.0.1", port) as listening:
            await listening.serve_forever()

    asyncio.run(serve())


# -- SAML -----------------------------------------------------------------------------------------


def set_up_saml(organization: Organization) -> Connection:
    made: Connection = organization.connections.create(
        kind="saml", name="SAML", state="live", tested_at=timezone.now(), issuer=minting.ISSUER
    )
    certificate = minting.certificate()
    made.certificates.create(
        certificate=certificate.to_text(),
        fingerprint=certificate.fingerprint,
        starts_at=certificate.not_before,
        ends_at=certificate.not_after,
    )
    return made


def saml_answer(base: str, number: int, request: str) -> bytes:
    audience = f"<a:AudienceRestriction><a:Audience>{base}metadata/</a:Audience></a:AudienceRestriction>"
    root = minting.response(
        destination=f'Destination="{base}acs/"',
        recipient=f'Recipient="{base}acs/"',
        audience=audience,
        in_response_to=f'InResponseTo="{request}"',
        confirmed=f'InResponseTo="{request}"',
        confirmed_until=f'NotOnOrAfter="{minting.at(600)}"',
    )
    assertion = minting.assertion_of(root)
    assertion.set("ID", f"_a{number}")
    minting.sign(assertion)
    return minting.written(root)


# -- measuring ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Measured:
    """Times a second by the clock, and the processor time of one, in milliseconds."""

    rate: float
    server: float
    postgresql: float
    visitor: float


def measure(server: Server, work: Callable[[Any], None], items: list[Any], clients: int) -> Measured:
    def worked() -> list[float]:
        return [of_group(server.process.pid), of_database(str(database.settings_dict["NAME"])), own()]

    in_threads(work, items[:UNCOUNTED], clients)
    counted, before = items[UNCOUNTED:], worked()
    rate = in_threads(work, counted, clients)
    costs = [(now - then) / len(counted) for now, then in zip(worked(), before, strict=True)]
    return Measured(rate, *costs)


def say(name: str, one: Measured, limit: Measured | None = None) -> None:
    spent = f"server {one.server:.2f}, PostgreSQL {one.postgresql:.2f}, visitor {one.visitor:.2f} ms"
    print(f"{name:34} {one.rate:7.0f} /s; processor time of one: {spent}", end="")
    if limit:
        costs = (limit.server + limit.postgresql) / (one.server + one.postgresql)
        print(
            f"; {one.rate / limit.rate:.2f} of the page with one query, {costs:.2f} by processor time", end=""
        )
    print(flush=True)


def check_alone(name: str, judge: Callable[[], object], times: int = 300) -> None:
    judge()
    began = time.process_time()
    for _ in range(times):
        judge()
    each = 1000 * (time.process_time() - began) / times
    print(f"{name:34} {1000 / each:7.0f} /s of one core; {each:.3f} ms")


def main() -> None:
    count, clients = (int(value) for value in (*sys.argv[1:], *("600", "16")[len(sys.argv) - 1 :]))
    database.creation.create_test_db(verbosity=0, autoclobber=True)
    try:
        compare(count + UNCOUNTED, clients)
    finally:
        database.close()
        database.creation.destroy_test_db(database.settings_dict["NAME"], verbosity=0)


def compare(count: int, clients: int) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    organization = Organization.objects.create(slug="acme", name="ACME")
    ada = Account.objects.create(full_name="Ada Lovelace", password=make_password(None))
    openid = set_up_openid(organization, f"http://127.0.0.1:{port}/token")
    saml = set_up_saml(organization)
    openid.identities.create(subject=SUBJECT, account=ada, email=providers.CLAIMS["email"])
    saml.identities.create(subject=minting.ADA, account=ada, email=minting.ADA)
    shown = cookie()
    states, requests = begin(openid, count), begin(saml, count)
    tokens = {one: id_token(one) for one in states}
    endpoint = multiprocessing.get_context("fork").Process(
        target=answer_tokens, args=(port, tokens), daemon=True
    )
    database.close()
    endpoint.start()
    server = Server()
    try:
        base = f"/sso/acme/{saml.public_id}/"
        minting.NOW = timezone.now()
        answers = [
            base64.b64encode(saml_answer(server.address + base, number, one)).decode()
            for number, one in enumerate(requests)
        ]

        page = partial(open_page, server, shown)
        by_openid = partial(sign_in_by_openid, server, shown, f"/sso/acme/{openid.public_id}/callback/")
        by_saml = partial(sign_in_by_saml, server, shown, base)
        one = measure(server, page, [f"{base}metadata/"] * count, clients)
        say("limit: a page with one query", one)
        say("a page of HTML with two queries", measure(server, page, ["/sso/acme/"] * count, clients), one)
        say("sign-in by OpenID Connect", measure(server, by_openid, states, clients), one)
        say("sign-in by SAML, two requests", measure(server, by_saml, answers, clients), one)
        assert CompanySession.objects.count() == 2 * count, "somebody was lost"
    finally:
        server.stop()
        endpoint.terminate()
        endpoint.join(10)
    judge_alone(openid, states[0], tokens[states[0]], server.address + base, requests[0])


def open_page(server: Server, shown: str, path: str) -> None:
    browser = visitor(server, shown)
    answer = browser.get(path)
    assert answer.status == 200, answer
    browser.connection.close()


def sign_in_by_openid(server: Server, shown: str, callback: str, state: str) -> None:
    browser = visitor(server, shown)
    answer = browser.get(f"{callback}?code={state}&state={state}")
    assert (answer.status, answer.location) == (302, "/learn/"), answer
    browser.connection.close()


def sign_in_by_saml(server: Server, shown: str, base: str, content: str) -> None:
    browser = visitor(server, shown)
    answer = browser.get(browser.post(f"{base}acs/", SAMLResponse=content).location)
    assert (answer.status, answer.location) == (302, "/learn/"), answer
    browser.connection.close()


def judge_alone(openid: Connection, state: str, token: str, base: str, request: str) -> None:
    expected = Expected(providers.ISSUER, providers.CLIENT_ID, nonce_of(state), ("RS256",))
    keys = read_key_set(openid.keys)
    check_alone(
        "limit: an ID token checked",
        lambda: judge_id_token(token, keys=keys, expected=expected, now=time.time(), checks=Checks()),
    )
    raw = saml_answer(base, 0, request)
    wanted = ExpectedSaml(
        issuer=minting.ISSUER,
        audience=f"{base}metadata/",
        acs=f"{base}acs/",
        certificates=(minting.certificate(),),
        now=timezone.now(),
        request_id=request,
    )
    check_alone("limit: a SAML answer checked", lambda: judge_response(raw, expected=wanted))


main()
