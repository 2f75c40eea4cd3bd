"""Direct links: made by an administrator, shown once, used within their limits, turned off for good."""

from collections.abc import Iterable
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from matricula.accounts.models import Account
from matricula.audit.models import record
from matricula.joining.models import DirectLink
from matricula.programs.errors import ProgramEnded
from matricula.programs.models import Program
from matricula.programs.terms import NO_TERMS, Terms
from matricula.security.secrets import digest, new_link_secret


@transaction.atomic
def make_direct_link(
    *,
    program: Program,
    actor: Account | None,
    terms: Terms = NO_TERMS,
    label: str = "",
    expires_at: datetime | None = None,
    max_uses: int | None = None,
    allowed_domains: Iterable[str] = (),
) -> tuple[DirectLink, str]:
    """A direct link and its absolute address. The address cannot be had again: only its digest stays.

    Raises ProgramEnded.
    """
    if program.has_ended:
        raise ProgramEnded
    secret = new_link_secret()
    link = DirectLink(
        program=program,
        label=label,
        digest=digest("link", secret),
        expires_at=expires_at,
        max_uses=max_uses,
        allowed_domains=sorted(set(allowed_domains)),
    )
    terms.save_with(link)
    record("direct_link.made", actor=actor, organization=program.organization_id, subject=link)
    return link, f"{settings.BASE_URL}/join/{secret}/"


@transaction.atomic
def turn_off_link(*, link: DirectLink, actor: Account | None) -> bool:
    """For good. True when it was still on."""
    rows = DirectLink.objects.filter(pk=link.pk, turned_off_at__isnull=True)
    if not rows.update(turned_off_at=timezone.now()):
        return False
    record("direct_link.turned_off", actor=actor, organization=link.program.organization_id, subject=link)
    return True
