"""Domains of an organization: proven by a record that only their owner can write, looked at every week."""

import secrets
from collections.abc import Iterable
from datetime import timedelta
from urllib.parse import urlsplit

import dns.exception
import dns.resolver
import idna
from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.utils import timezone
from publicsuffixlist import PublicSuffixList

from matricula.accounts.models import Account
from matricula.audit.models import record
from matricula.organizations.errors import DomainListed, DomainRefused, DomainShared
from matricula.organizations.models import Domain, Organization
from matricula.organizations.ownership import owners_of, write_to_holders
from matricula.security.throttling import Limit
from matricula.web.bodies import place_left

LOST = "organizations.domain_lost"
"""The letter that says so to the owners."""
CHECKS = Limit("check-domain")
ANSWER_SECONDS = 5
LONGEST_SEEN = 500
EVERY = timedelta(days=7)
ASKED_AGAIN_AFTER = timedelta(hours=6)
"""Where no name server answered."""
MISSES = 3
AT_ONCE = 20
Found = tuple[Domain.Finding, str]
"""What a look found, and what stood there instead."""
SUFFIXES = PublicSuffixList()
MAIL_HOSTERS = frozenset(
    """aol.com fastmail.com gmail.com gmx.at gmx.ch gmx.com gmx.de gmx.net googlemail.com hotmail.com
    hotmail.de hotmail.es hotmail.fr hotmail.it icloud.com live.com mac.com mail.com mail.ru mailbox.org
    me.com msn.com naver.com onmicrosoft.com outlook.com outlook.de outlook.es outlook.fr pm.me
    posteo.de proton.me protonmail.com qq.com 126.com 163.com t-online.de web.de yahoo.co.jp yahoo.co.uk
    yahoo.com yahoo.de yahoo.es yahoo.fr yahoo.it yandex.com yandex.ru ymail.com zoho.com""".split()  # noqa: SIM905 - a list of 50 lines
)
"""Where everybody may have an address; what is below them as well."""


def canonical_domain(typed: str) -> str:
    """As it is kept and compared: ASCII by IDNA 2008 (RFC 5891). Raises DomainRefused, DomainShared.

    Takes what people paste: with @ or https:// before it, a path behind, in capitals.
    """
    text = typed.strip().rpartition("@")[2]
    try:
        host = urlsplit(text).hostname if "//" in text else text.partition("/")[0]
        name = idna.encode((host or "").rstrip("."), uts46=True, std3_rules=True).decode().lower()
    except ValueError as malformed:
        raise DomainRefused from malformed
    if "." not in name or len(name) > 253 or name.rpartition(".")[2].isdecimal():
        raise DomainRefused
    if SUFFIXES.privatesuffix(name) is None or is_of_a_mail_hoster(name):
        raise DomainShared
    return name


def is_of_a_mail_hoster(name: str) -> bool:
    labels = name.split(".")
    return any(".".join(labels[at:]) in MAIL_HOSTERS for at in range(len(labels)))


@transaction.atomic
def add_domain(*, organization: Organization, typed: str, actor: Account) -> Domain:
    """Put on the list, not proven yet. Raises DomainRefused, DomainShared, DomainListed."""
    domain = Domain(organization=organization, name=canonical_domain(typed), secret=secrets.token_hex(16))
    try:
        with transaction.atomic():
            domain.save()
    except IntegrityError as listed:
        raise DomainListed from listed
    record(
        "domain.added", actor=actor, organization=organization, subject=domain, after={"name": domain.name}
    )
    return domain


@transaction.atomic
def remove_domain(*, domain: Domain, actor: Account) -> None:
    """What rested on it ends with it."""
    record(
        "domain.removed",
        actor=actor,
        organization=domain.organization_id,
        subject=domain,
        before={"name": domain.name},
    )
    Domain.objects.filter(pk=domain.pk).delete()


def look_up(domain: Domain) -> Found:
    """Ask the name servers, for ANSWER_SECONDS at most; call it outside a transaction.

    Any one of several records will do, and one that comes in pieces is put together (RFC 1035, 3.3.14).
    """
    try:
        with place_left():
            answer = resolver().resolve(f"{domain.record_name}.", "TXT", lifetime=ANSWER_SECONDS)
    except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
        return Domain.Finding.ABSENT, ""
    except dns.exception.DNSException:
        return Domain.Finding.UNANSWERED, ""
    return judge_records(domain, (b"".join(one.strings) for one in answer))


def judge_records(domain: Domain, records: Iterable[bytes]) -> Found:
    texts = [one.decode("utf-8", "replace").strip() for one in records]
    if domain.record_value in texts:
        return Domain.Finding.FOUND, ""
    # A text of NUL is a text to DNS, and none to PostgreSQL.
    return Domain.Finding.OTHER, "\n".join(texts).replace("\0", "\ufffd")[:LONGEST_SEEN]


def resolver() -> dns.resolver.Resolver:
    """The machine's name servers, or those of MATRICULA_DNS."""
    if not settings.NAME_SERVERS:
        return dns.resolver.Resolver()
    asked = dns.resolver.Resolver(configure=False)
    asked.nameservers = [host for host, _port in settings.NAME_SERVERS]
    asked.nameserver_ports = dict(settings.NAME_SERVERS)
    return asked


def check_domain(*, domain: Domain, actor: Account | None = None, weekly: bool = False) -> Domain.Finding:
    """Look, and keep what was found. Only the weekly look counts misses: an owner may press as they like."""
    finding, seen = look_up(domain)
    if finding == Domain.Finding.FOUND:
        return prove_domain(domain, actor)
    rows = Domain.objects.filter(pk=domain.pk)
    rows.update(finding=finding, seen=seen, checked_at=timezone.now())
    if weekly and finding != Domain.Finding.UNANSWERED:
        miss_domain(domain)
    return finding


@transaction.atomic
def prove_domain(domain: Domain, actor: Account | None) -> Domain.Finding:
    """It is this organization's, unless another has proven it first."""
    now, rows = timezone.now(), Domain.objects.filter(pk=domain.pk)
    kept = {"seen": "", "misses": 0, "checked_at": now}
    before = rows.select_for_update(no_key=True).first()
    if before is None:
        return Domain.Finding.ABSENT
    try:
        with transaction.atomic():
            rows.update(
                proven_at=Coalesce("proven_at", now), lost_at=None, finding=Domain.Finding.FOUND, **kept
            )
    except IntegrityError:
        rows.update(finding=Domain.Finding.TAKEN, **kept)
        return Domain.Finding.TAKEN
    if not before.is_proven:
        record(
            "domain.proven",
            actor=actor,
            organization=before.organization_id,
            subject=before,
            after={"name": before.name},
        )
    return Domain.Finding.FOUND


@transaction.atomic
def miss_domain(domain: Domain) -> None:
    """One more week without its record; after three it proves nothing more, and the owners are told."""
    rows = Domain.objects.proven().filter(pk=domain.pk)
    rows.update(misses=F("misses") + 1)
    if not rows.filter(misses__gte=MISSES).update(lost_at=timezone.now()):
        return
    record("domain.lost", organization=domain.organization_id, subject=domain, after={"name": domain.name})
    write_to_holders(owners_of(domain.organization_id), kind=LOST, reference=domain.pk)


def check_due_domains() -> bool:
    """Those not looked at for a week, some at a time; True when there may be more."""
    now = timezone.now()
    unanswered = Q(finding=Domain.Finding.UNANSWERED, checked_at__lt=now - ASKED_AGAIN_AFTER)
    due = Domain.objects.proven().filter(unanswered | Q(checked_at__lt=now - EVERY))
    batch = list(due.order_by("checked_at")[:AT_ONCE])
    for one in batch:
        check_domain(domain=one, weekly=True)
    return len(batch) == AT_ONCE
