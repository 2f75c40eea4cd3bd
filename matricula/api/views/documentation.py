"""What the API tells about itself, to anybody: the OpenAPI document, and a page to read it by."""

from functools import cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from matricula.api.problems import KINDS, Cause, draw_problem
from matricula.api.reference import Section, curl, sections
from matricula.api.tokens import SCOPES
from matricula.api.v1 import door
from matricula.web.access import public


@cache
def written() -> dict[str, Any]:
    return door.document()


@cache
def read() -> list[Section]:
    return sections(written())


@public
@require_safe
def front(request: HttpRequest) -> HttpResponse:
    return redirect("api:reference")


@public
@require_safe
def document(request: HttpRequest) -> HttpResponse:
    """OpenAPI 3.1, for programs."""
    return JsonResponse(written())


@public
@require_safe
def reference(request: HttpRequest) -> HttpResponse:
    """The same document, for people."""
    context = {
        "sections": read(),
        "first": curl("GET", f"{settings.BASE_URL}/api/v1/organization/"),
        "kinds": KINDS.items(),
        "scopes": SCOPES.items(),
    }
    return render(request, "api/pages/reference.html", context)


@csrf_exempt
@public
def nothing(request: HttpRequest) -> HttpResponse:
    """Under /api/ even what is not there is told as a problem."""
    return draw_problem(Cause("not_found"))
