"""Hearing from the provider that takes our letters what became of them (`anymail.signals.tracking`), and that
the tables are there."""

from anymail.signals import AnymailTrackingEvent, EventType, tracking
from django.apps import apps
from django.conf import settings
from django.db.models.signals import post_migrate
from django.dispatch import receiver

from matricula.mail.composition import one_line
from matricula.mail.delivery import note_bounced
from matricula.mail.models import Letter
from matricula.mail.sending import name_home
from matricula.mail.transports import provider_of

CAME_BACK = (EventType.BOUNCED, EventType.REJECTED, EventType.FAILED)


class NotYetKnown(Exception):
    """The news was quicker than the worker that handed the letter over; the provider tells again."""


def listens_to(provider: str) -> bool:
    """Whether our letters go by `provider`, and it has a secret to prove that it is the one who speaks."""
    in_use = settings.EMAIL_URL.startswith("anymail:") and provider_of(settings.EMAIL_URL)[0] == provider
    return in_use and bool(settings.WEBHOOK_SECRET)


def event_words(event: AnymailTrackingEvent) -> str:
    said = event.mta_response or event.description or event.reject_reason or event.event_type
    return one_line(str(said))


@receiver(tracking)
def note_provider_event(sender: object, event: AnymailTrackingEvent, **_: object) -> None:
    """A letter that came back, or that its reader calls spam, is not sent again. Raises NotYetKnown."""
    complained = event.event_type == EventType.COMPLAINED
    if not event.message_id or not (complained or event.event_type in CAME_BACK):
        return
    letter = Letter.objects.filter(provider_id=event.message_id).exclude(provider_id="").first()
    if letter is None and Letter.objects.filter(state=Letter.State.SENDING).exists():
        raise NotYetKnown
    if letter:
        note_bounced(
            letter, "The recipient reported the letter as spam." if complained else event_words(event)
        )


@receiver(post_migrate, sender=apps.get_app_config("mail"))
def note_where_letters_leave(**_: object) -> None:
    """Before any worker runs, so that a copy of a site that never had one knows that it is a copy."""
    name_home()
