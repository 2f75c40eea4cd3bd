"""What the generated OpenAPI document lacks: problems, the token, idempotency keys, where it lives."""

from typing import Any

from django.conf import settings

from matricula.api.idempotency import HEADER, SHAPE
from matricula.api.problems import KINDS, MEDIA_TYPE, Problem

Document = dict[str, Any]
READING = (400, 401, 429, 500, 503)
WRITING = (409, 413, 415, 422, 507)
DESCRIPTION = """Everything an administrator does in the console, for programs. Send the token as
`Authorization: Bearer matricula_…`. Lists come in pages: follow `next`. A POST may carry an
`Idempotency-Key`: sent twice, it is done once. Every refusal is a problem (RFC 9457) with a `code`."""
TOKEN = {
    "type": "http",
    "scheme": "bearer",
    "description": "A token of one organization, made in the console or by `matricula create-token`.",
}
KEY: Document = {
    "name": HEADER,
    "in": "header",
    "required": False,
    "description": "Any text of your own, new for each new request. Its answer is kept for 24 hours.",
    "schema": {
        "type": "string",
        "pattern": f"^{SHAPE.pattern}$",
        "maxLength": 255,
        "format": "idempotency-key",
    },
}


def described_document(document: Document) -> Document:
    """The whole document, in place."""
    document["info"]["description"] = DESCRIPTION
    document["servers"] = [{"url": settings.BASE_URL}]
    components = document["components"]
    components["securitySchemes"] = {"token": TOKEN}
    components["responses"] = {name_of(status): problem_with(status) for status in statuses()}
    components["parameters"] = {"IdempotencyKey": KEY}
    problem = Problem.model_json_schema(ref_template="#/components/schemas/{model}", mode="serialization")
    components["schemas"] |= {**problem.pop("$defs"), "Problem": problem}
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            describe_operation(path, method, operation)
    return document


def statuses() -> list[int]:
    return sorted({kind.status for kind in KINDS.values()})


def name_of(status: int) -> str:
    return f"Problem{status}"


def problem_with(status: int) -> Document:
    codes = ", ".join(code for code, kind in KINDS.items() if kind.status == status)
    schema = {"$ref": "#/components/schemas/Problem"}
    return {"description": f"A problem: {codes}", "content": {MEDIA_TYPE: {"schema": schema}}}


def describe_operation(path: str, method: str, operation: Document) -> None:
    operation["summary"] = operation["operationId"].replace("-", " ").capitalize()
    refused = {*READING}
    if method != "get":
        refused |= {*WRITING}
    if operation["security"][0]["token"]:
        refused.add(403)
    if operation["parameters"]:
        refused.add(422)
    if "{" in path or "requestBody" in operation:
        refused.add(404)
    if "/people/{person_id}/" in path:
        refused.add(410)
    for status in sorted(refused):
        operation["responses"][str(status)] = {"$ref": f"#/components/responses/{name_of(status)}"}
    operation["responses"] = {str(status): one for status, one in operation["responses"].items()}
    for parameter in operation["parameters"]:
        parameter["schema"] = without_null(parameter["schema"])
    if method == "post":
        operation["parameters"].append({"$ref": "#/components/parameters/IdempotencyKey"})


def without_null(schema: Document) -> Document:
    """What may be left out of an address cannot be null in it."""
    kinds = [one for one in schema.get("anyOf", []) if one.get("type") != "null"]
    if len(kinds) != 1:
        return schema
    return {**{name: value for name, value in schema.items() if name != "anyOf"}, **kinds[0]}
