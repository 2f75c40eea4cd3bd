"""What the end of a request ends."""

from django.core.signals import request_finished
from django.dispatch import receiver
from django.utils import translation


@receiver(request_finished)
def fall_silent(**_: object) -> None:
    """The next request of this thread says itself which language it speaks."""
    translation.deactivate()
