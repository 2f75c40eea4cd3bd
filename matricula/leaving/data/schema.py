"""What `data.json` is like, as a JSON Schema (draft 2020-12), made of the sections' own columns.

`docs/data-download.schema.json` shows it; `tools/data_schema.py` writes that.
"""

from typing import Any

from matricula.leaving.data.contents import all_sections
from matricula.leaving.data.sections import MOMENT, TEXT, Section

FORMAT = "matricula-data/1"
"""Changes with whatever a program that reads the file has to know."""


def data_schema() -> dict[str, Any]:
    sections = list(all_sections())
    heading = {
        "format": {"const": FORMAT},
        "site": {**TEXT, "description": "The address of the site that made the file."},
        "account": {**TEXT, "description": "Whose data it is, as `accounts` has it."},
        "asked_at": MOMENT,
        "read_at": {
            "type": "object",
            "description": "When each section was begun to be read: they are not of one moment.",
            "properties": {one.name: MOMENT for one in sections},
            "required": [one.name for one in sections],
            "additionalProperties": False,
        },
    }
    properties = heading | {one.name: list_schema(one) for one in sections}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "All data of one person",
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def list_schema(section: Section) -> dict[str, Any]:
    columns = {name: kind for name, (_path, kind) in section.columns.items()}
    return {
        "type": "array",
        "description": section.about,
        "items": {
            "type": "object",
            "properties": columns,
            "required": list(columns),
            "additionalProperties": False,
        },
    }
