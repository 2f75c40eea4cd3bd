"""The development inbox."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render

from matricula.mail.models import InboxLetter
from matricula.web.access import public

SHOWN = 200


@public
def inbox(request: HttpRequest) -> HttpResponse:
    refuse_outside_development()
    letters = InboxLetter.objects.order_by("-id")[:SHOWN]
    if request.GET.get("format") == "json":
        return JsonResponse([as_json(letter) for letter in letters], safe=False)
    return render(request, "mail/pages/inbox.html", {"letters": letters})


@public
def one_letter(request: HttpRequest, pk: int) -> HttpResponse:
    refuse_outside_development()
    return render(request, "mail/pages/letter.html", {"letter": get_object_or_404(InboxLetter, pk=pk)})


def as_json(letter: InboxLetter) -> dict[str, object]:
    return {
        "id": letter.pk,
        "to": letter.to,
        "from": letter.sender,
        "subject": letter.subject,
        "text": letter.text,
        "html": letter.html,
        "date": letter.date.isoformat(),
    }


def refuse_outside_development() -> None:
    if not settings.DEVELOPMENT or not settings.EMAIL_URL.startswith("inbox:"):
        raise Http404
