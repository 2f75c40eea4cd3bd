"""The course format (docs/course-format.md): a folder or zip of Markdown and YAML.

Knows no tables: `read_course` takes a path and hands back a `Course`, or raises CourseProblems with
everything that is wrong, each with its file, its line and what to do. What outsiders sent is given to
`look_into` in the sandbox, which answers with the one or the other.
"""

from matricula.catalog.courseformat.courses import look_into, read_course
from matricula.catalog.courseformat.fields import KEYS, read_number
from matricula.catalog.courseformat.markdown import render_markdown
from matricula.catalog.courseformat.parts import (
    Caption,
    Course,
    File,
    Lesson,
    Log,
    Module,
    Question,
    file_address,
)
from matricula.catalog.courseformat.questions import digest_words, is_asked_alike, with_keys
from matricula.catalog.courseformat.sources import Limits, Source

__all__ = [
    "KEYS",
    "Caption",
    "Course",
    "File",
    "Lesson",
    "Limits",
    "Log",
    "Module",
    "Question",
    "Source",
    "digest_words",
    "file_address",
    "is_asked_alike",
    "look_into",
    "read_course",
    "read_number",
    "render_markdown",
    "with_keys",
]
