"""What identities do when other rooms tell of something."""

from typing import Any

from django.contrib.auth.signals import user_logged_out
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils import timezone

from matricula.identities.company_sessions import sessions_of


@receiver(user_logged_out)
def end_company_sessions(sender: object, request: HttpRequest, **_: Any) -> None:
    """Whoever logs out logs out of the companies as well."""
    sessions_of(request).update(ended_at=timezone.now())
