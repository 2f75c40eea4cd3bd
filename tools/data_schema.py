"""Writes the schema of the file of one's own data as the documents show it.

MATRICULA_DEVELOPMENT=true python tools/data_schema.py
"""

import json
import os
from pathlib import Path

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "matricula.settings")
SHOWN = Path(__file__).parents[1] / "docs/data-download.schema.json"

if __name__ == "__main__":
    django.setup()
    from matricula.leaving.data.schema import data_schema

    SHOWN.write_text(json.dumps(data_schema(), indent=2, ensure_ascii=False) + "\n")
