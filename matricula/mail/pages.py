"""The development inbox, and where a provider tells what became of letters."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import resolve
from django.views.decorators.csrf import csrf_exempt

from matricula.mail.hearing import NotYetKnown, listens_to
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


@csrf_exempt
@public
def provider_news(request: HttpRequest, provider: str) -> HttpResponseBase:
    """What the provider tells of our letters. It proves itself by the secret in its own request."""
    if not listens_to(provider):
        raise Http404
    heard = resolve(f"/{provider}/tracking/", urlconf="anymail.urls")
    try:
        answer: HttpResponseBase = heard.func(request, *heard.args, **heard.kwargs)
    except NotYetKnown:
        return HttpResponse(status=503)
    return answer


def refuse_outside_development() -> None:
    if not settings.DEVELOPMENT or not settings.EMAIL_URL.startswith("inbox:"):
        raise Http404
