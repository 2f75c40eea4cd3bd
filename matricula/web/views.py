"""The front page, and whether the process and its database are well."""

from django.db import InterfaceError, OperationalError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_safe

from matricula.web.access import public
from matricula.web.health import health_report
from matricula.web.metrics import CONTENT_TYPE, all_gauges, gauge, in_text, shows_metrics_token


@public
def front(request: HttpRequest) -> HttpResponse:
    return redirect("learning:home")


@public
def healthz(request: HttpRequest) -> HttpResponse:
    """The process is up."""
    return JsonResponse({"process": "up"})


@public
def readyz(request: HttpRequest) -> HttpResponse:
    """The database answers and its migrations are done: 200, else 503. Tells how long the queue waits."""
    try:
        executor = MigrationExecutor(connection)
        waiting = len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    except (OperationalError, InterfaceError):
        return JsonResponse({"database": "away"}, status=503)
    state: dict[str, object] = {"database": "up", "migrations waiting": waiting}
    return JsonResponse(state if waiting else state | health_report(), status=503 if waiting else 200)


@public
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Numbers for monitoring. Whoever asks proves itself by the token; without one there is no such page."""
    if not shows_metrics_token(request):
        raise Http404
    try:
        told = in_text(all_gauges())
    except (OperationalError, InterfaceError):
        told = in_text(iter([gauge("database_up", "Whether the database answers.", 0)]))
    return HttpResponse(told, content_type=CONTENT_TYPE, headers={"Cache-Control": "no-store"})
