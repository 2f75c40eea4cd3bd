"""The front page, and whether the process and its database are well."""

from django.db import OperationalError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect

from matricula.web.access import public
from matricula.web.health import health_report


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
    except OperationalError:
        return JsonResponse({"database": "away"}, status=503)
    state: dict[str, object] = {"database": "up", "migrations waiting": waiting}
    return JsonResponse(state if waiting else state | health_report(), status=503 if waiting else 200)
