"""The course format (docs/course-format.md): a folder or zip of Markdown and YAML.

Knows no tables: `read_course` takes a path and hands back a `Course`, or raises CourseProblems with
everything that is wrong, each with its file, its line and what to do.
"""

from matricula.catalog.courseformat.courses import read_course
from matricula.catalog.courseformat.fields import KEYS, read_number
from matricula.catalog.courseformat.markdown import render_markdown
from matricula.catalog.courseformat.parts import Caption, Course, File, Lesson, Module, Question
from matricula.catalog.courseformat.sources import Limits
from matricula.catalog.courseformat.wording import digest_words, is_asked_alike, with_keys

__all__ = [
    "KEYS",
    "Caption",
    "Course",
    "File",
    "Lesson",
    "Limits",
    "Module",
    "Question",
    "digest_words",
    "is_asked_alike",
    "read_course",
    "read_number",
    "render_markdown",
    "with_keys",
]
