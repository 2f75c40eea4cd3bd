"""Samples made from the document: what a value may look like, and a request to try."""

import json
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.utils.text import slugify

from matricula.api.access import FORM
from matricula.api.values import SAMPLE

Document = dict[str, Any]
SAMPLES_OF_FORMATS = {
    "date-time": "2027-03-31T23:59:59Z",
    "date": "2027-03-01",
    "email": "ada@nordlicht.example",
    "hostname": "nordlicht.example",
}
TEXTS = {
    "id": SAMPLE,
    "name": "Ada Okafor",
    "title": "Safe every day",
    "topic": "Security",
    "level": "beginner",
    "language": "en",
    "slug": "nordlicht",
    "address": "ada@nordlicht.example",
    "work_email": "ada@nordlicht.example",
    "reason": "expired",
    "verb": "group.made",
    "through": "API token Payroll",
    "assurance": "organization",
    "subject": "programs.group",
}
FILES = {"file": "@people.csv", "course": "@course.zip", "logo": "@logo.svg"}
NUMBERS = {"limit": 50, "minutes": 25, "lessons": 8, "seats": 120, "max_uses": 100}


def resolved(schema: Document, document: Document) -> Document:
    """Behind references, and without null where something else is possible."""
    if "$ref" in schema:
        return resolved(document["components"]["schemas"][schema["$ref"].rpartition("/")[2]], document)
    if "allOf" in schema:
        return resolved(schema["allOf"][0], document)
    kinds = [one for one in schema.get("anyOf", []) if one.get("type") != "null"]
    return {**schema, **resolved(kinds[0], document)} if kinds else schema


def sample(schema: Document, document: Document, name: str = "") -> Any:
    """One value that the schema allows, and that a person can read."""
    schema = resolved(schema, document)
    if schema.get("format") == "binary":
        return FILES[name]
    if schema.get("examples"):
        return schema["examples"][0]
    if "enum" in schema:
        return schema["enum"][0]
    match schema.get("type"):
        case "object":
            properties = schema.get("properties", {})
            return {key: sample(one, document, key) for key, one in properties.items()}
        case "array":
            return [sample(schema["items"], document, name)]
        case "integer":
            return schema.get("default") or NUMBERS.get(name, 1)
        case "boolean":
            return schema.get("default", False)
    return SAMPLES_OF_FORMATS.get(schema.get("format", ""), TEXTS.get(name, ""))


def body_sample(schema: Document, document: Document) -> Document:
    """What must be sent, and what is worth showing."""
    schema = resolved(schema, document)
    required = schema.get("required", [])
    shown = {
        name: one
        for name, one in schema["properties"].items()
        if name in required or resolved(one, document).get("examples")
    }
    return {name: sample(one, document, name) for name, one in shown.items()}


def curl(method: str, address: str, body: Any = None, *, as_form: bool = False) -> str:
    """A command for a shell in which MATRICULA_TOKEN is set."""
    lines = [
        "curl" if method == "GET" else f"curl -X {method}",
        '-H "Authorization: Bearer $MATRICULA_TOKEN"',
    ]
    if as_form:
        lines += [f"-F {name}={value}" for name, value in body.items()]
    elif body is not None:
        lines += ['-H "Content-Type: application/json"', f"-d '{json.dumps(body, ensure_ascii=False)}'"]
    return " \\\n  ".join([*lines, f'"{address}"'])


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
    kind = name_kind(told["schema"], document)
    return Field(told["name"], kind, told.get("description", ""), told["required"])


def fields(document: Document, schema: Document) -> list[Field]:
    whole = resolved(schema, document)
    required = whole.get("required", [])
    return [
        Field(name, name_kind(one, document), one.get("description", ""), name in required)
        for name, one in whole["properties"].items()
    ]


def name_kind(schema: Document, document: Document) -> str:
    """In words."""
    schema = resolved(schema, document)
    if "enum" in schema:
        return "one of " + ", ".join(schema["enum"])
    if schema.get("type") == "array":
        items = resolved(schema["items"], document)
        inside = ", ".join(items["properties"]) if "properties" in items else name_kind(items, document)
        return f"list of {inside}" + most(schema, "maxItems")
    kind = FORMATS.get(schema.get("format", ""))
    return kind or KINDS.get(schema.get("type", ""), "value") + most(schema, "maxLength", "maximum")


def most(schema: dict[str, Any], *names: str) -> str:
    return next((f", at most {schema[name]:,}" for name in names if name in schema), "")
