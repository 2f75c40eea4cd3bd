"""The OpenAPI document as a page: what a person reads before the first request."""

import json
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.utils.text import slugify

from matricula.api.access import FORM
from matricula.api.samples import Document, body_sample, curl, resolved, sample

KINDS = {"string": "text", "integer": "whole number", "boolean": "true or false", "object": "object"}
FORMATS = {
    "date-time": "moment (RFC 3339)",
    "date": "day",
    "email": "e-mail address",
    "public-id": "id",
    "binary": "file",
}


@dataclass(frozen=True)
class Field:
    """A parameter, or a value of a body."""

    name: str
    kind: str
    text: str
    required: bool


@dataclass(frozen=True)
class Operation:
    id: str
    method: str
    path: str
    title: str
    text: str
    scope: str
    status: str
    curl: str
    answer: str
    parameters: list[Field] = field(default_factory=list)
    body: list[Field] = field(default_factory=list)


@dataclass(frozen=True)
class Section:
    id: str
    name: str
    operations: list[Operation]


def sections(document: Document) -> list[Section]:
    """The operations by resource, in the document's order."""
    found: dict[str, list[Operation]] = {}
    for path, methods in document["paths"].items():
        for method, told in methods.items():
            found.setdefault(told["tags"][0], []).append(operation(document, path, method, told))
    return [Section(slugify(name), name, operations) for name, operations in found.items()]


def operation(document: Document, path: str, method: str, told: Document) -> Operation:
    status, answer = answer_of(document, told)
    body = body_of(told)
    parameters = [one for one in told["parameters"] if "$ref" not in one]
    return Operation(
        id=told["operationId"],
        method=method.upper(),
        path=path.removeprefix("/api/v1"),
        title=told["summary"],
        text=told["description"],
        scope=next(iter(told["security"][0]["token"]), ""),
        status=status,
        curl=command(document, path, method, told),
        answer=answer,
        parameters=[parameter(document, one) for one in parameters],
        body=fields(document, body) if body else [],
    )


def body_of(told: Document) -> Document | None:
    """The schema of the body an operation takes."""
    if "requestBody" not in told:
        return None
    (content,) = told["requestBody"]["content"].values()
    schema: Document = content["schema"]
    return schema


def answer_of(document: Document, told: Document) -> tuple[str, str]:
    status = min(told["responses"])
    content = told["responses"][status].get("content", {}).get("application/json")
    if not content:
        return status, ""
    shown = sample(content["schema"], document)
    return status, json.dumps(shown, indent=2, ensure_ascii=False)


def command(document: Document, path: str, method: str, told: Document) -> str:
    for one in told["parameters"]:
        if one.get("in") == "path":
            path = path.replace(f"{{{one['name']}}}", sample(one["schema"], document))
    body = body_of(told)
    given = body_sample(body, document) if body else None
    as_form = body is not None and FORM in told["requestBody"]["content"]
    return curl(method.upper(), settings.BASE_URL + path, given, as_form=as_form)


def parameter(document: Document, told: Document) -> Field:
    kind = kind_of(told["schema"], document)
    return Field(told["name"], kind, told.get("description", ""), told["required"])


def fields(document: Document, schema: Document) -> list[Field]:
    whole = resolved(schema, document)
    required = whole.get("required", [])
    return [
        Field(name, kind_of(one, document), one.get("description", ""), name in required)
        for name, one in whole["properties"].items()
    ]


def kind_of(schema: Document, document: Document) -> str:
    """In words."""
    schema = resolved(schema, document)
    if "enum" in schema:
        return "one of " + ", ".join(schema["enum"])
    if schema.get("type") == "array":
        items = resolved(schema["items"], document)
        inside = ", ".join(items["properties"]) if "properties" in items else kind_of(items, document)
        return f"list of {inside}" + most(schema, "maxItems")
    kind = FORMATS.get(schema.get("format", ""))
    return kind or KINDS.get(schema.get("type", ""), "value") + most(schema, "maxLength", "maximum")


def most(schema: dict[str, Any], *names: str) -> str:
    return next((f", at most {schema[name]:,}" for name in names if name in schema), "")
