"""Samples made from the document: what a value may look like, and a request to try."""

import json
from typing import Any

from matricula.api.values import SAMPLE

Document = dict[str, Any]
FORMATS = {
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
    return FORMATS.get(schema.get("format", ""), TEXTS.get(name, ""))


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
