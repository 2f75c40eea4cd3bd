"""The development inbox, and where a provider tells what became of letters."""

from django.conf import settings
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import resolve
from django.views.decorators.csrf import csrf_exempt

from matricula.mail.models import InboxLetter
from matricula.mail.receivers import NotYetKnown, listens_to
from matricula.security.clients import is_from_this_machine
from matricula.web.access import public
from matricula.web.values import text_in

SHOWN = 200
MOST_WORDS = 10


@public
def inbox(request: HttpRequest) -> HttpResponse:
    refuse_outside_development(request)
    asked = text_in(request.GET, "q").strip()
    letters = letters_with(asked).order_by("-id")
    if text_in(request.GET, "format") == "json":
        return JsonResponse([as_json(letter) for letter in letters[:SHOWN]], safe=False)
    found = list(letters[: SHOWN + 1])
    context = {"letters": found[:SHOWN], "more": len(found) > SHOWN, "asked": asked}
    return render(request, "mail/pages/inbox.html", context)


def letters_with(asked: str) -> QuerySet[InboxLetter]:
    """Those that have each word in the address, the subject or the text."""
    rows = InboxLetter.objects.all()
    for word in asked.split()[:MOST_WORDS]:
        rows = rows.filter(Q(to__icontains=word) | Q(subject__icontains=word) | Q(text__icontains=word))
    return rows


@public
def one_letter(request: HttpRequest, pk: int) -> HttpResponse:
    refuse_outside_development(request)
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


def refuse_outside_development(request: HttpRequest) -> None:
    """The letters of a development site are for the browsers of its own machine, unless it says otherwise."""
    if not settings.DEVELOPMENT or not settings.EMAIL_URL.startswith("inbox:"):
        raise Http404
    if not (settings.OPEN_INBOX or is_from_this_machine(request)):
        raise Http404
