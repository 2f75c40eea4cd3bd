"""The API itself: how an operation is declared, and how the whole describes itself (OpenAPI 3.1)."""

import json
from collections.abc import Callable
from typing import Any, TypeVar

from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI, Router
from ninja.openapi.schema import OpenAPISchema
from ninja.operation import Operation
from ninja.parser import Parser

from matricula.api.access import Asks
from matricula.api.openapi import described_document
from matricula.api.problems import answer_to

F = TypeVar("F", bound=Callable[..., Any])
ROOT = "/api/v1/"


class StrictParser(Parser):
    """JSON as RFC 8259 has it: no NaN, no Infinity."""

    def parse_body(self, request: HttpRequest) -> Any:
        return json.loads(request.body, parse_constant=refuse_constant)


def refuse_constant(name: str) -> None:
    raise ValueError(name)


class Door(NinjaAPI):
    """Translates; every problem is drawn in one place."""

    def on_exception(self, request: HttpRequest, exc: Any) -> HttpResponse:
        return answer_to(exc)

    def get_openapi_operation_id(self, operation: Operation) -> str:
        return operation.view_func.__name__.replace("_", "-")

    def document(self) -> dict[str, Any]:
        """The OpenAPI document."""
        return described_document(OpenAPISchema(self, ROOT))


class Operations(Router):
    """The operations of one resource. Each names the scope it asks for: "" is any live token."""

    def reads(self, path: str, *, scope: str, response: Any) -> Callable[[F], F]:
        return self.declared("GET", path, scope, {200: response})

    def reads_table(self, path: str, *, scope: str) -> Callable[[F], F]:
        """As CSV."""
        content = {"content": {"text/csv": {"schema": {"type": "string"}}}}
        return self.declared("GET", path, scope, {200: None}, {"responses": {200: content}})

    def makes(self, path: str, *, scope: str, response: Any, status: int = 201) -> Callable[[F], F]:
        return self.declared("POST", path, scope, {status: response})

    def changes(self, path: str, *, scope: str, response: Any) -> Callable[[F], F]:
        return self.declared("PATCH", path, scope, {200: response})

    def ends(self, path: str, *, scope: str) -> Callable[[F], F]:
        return self.declared("DELETE", path, scope, {204: None})

    def declared(
        self, method: str, path: str, scope: str, answers: dict[int, Any], more: dict[str, Any] | None = None
    ) -> Callable[[F], F]:
        asks = Asks(scope)

        def declare(function: F) -> F:
            words = {"security": [{"token": [scope] if scope else []}], **(more or {})}
            declared = self.api_operation([method], path, auth=asks, response=answers, openapi_extra=words)
            declared(function)
            asks.parameters = query_parameters(function)
            return function

        return declare


def query_parameters(function: Any) -> frozenset[str]:
    models = function._ninja_operation.models
    return frozenset(
        name
        for model in models
        if model.__ninja_param_source__ == "query"
        for name in model.__ninja_flatten_map__
    )
