"""The letter to whoever runs the site. It is in English, as the log and the commands are."""

from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from matricula.jobs.models import Job
from matricula.mail.composition import LetterContent, composes, one_line
from matricula.mail.models import Letter

FAILED_JOBS = "mail.failed_jobs"
SHOWN = 20


def tell_of_failed_jobs() -> None:
    """Those that have failed since the last such letter, in one, if there is somebody to tell."""
    last = Letter.objects.filter(kind=FAILED_JOBS).order_by("-pk").values_list("queued_at", flat=True).first()
    since = last or timezone.now() - timedelta(days=7)
    failed = Job.objects.filter(state=Job.State.FAILED, ended_at__gt=since).order_by("-pk")
    numbers = list(failed.values_list("pk", flat=True)[:SHOWN])
    if numbers and settings.OPERATOR_ADDRESS:
        told = {"jobs": numbers, "count": failed.count()}
        Letter.objects.create(kind=FAILED_JOBS, to=settings.OPERATOR_ADDRESS, language="en", context=told)


@composes(FAILED_JOBS)
def compose_failed_jobs_letter(letter: Letter) -> LetterContent | None:
    """Moot once all of them were tried again."""
    jobs = Job.objects.filter(pk__in=letter.context["jobs"], state=Job.State.FAILED).order_by("pk")
    rows = [{"pk": one.pk, "kind": one.kind, "error": one_line(one.error, 200)} for one in jobs]
    values = {"rows": rows, "count": letter.context["count"], "site": settings.BASE_URL}
    return LetterContent("mail/email/failed_jobs", values) if rows else None
