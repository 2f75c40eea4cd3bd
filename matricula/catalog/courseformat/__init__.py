"""Matricula's own course format: folders or zips of Markdown and YAML (docs/course-format.md).

Knows no tables and no Django: a source goes in, frozen dataclasses come out, or `CourseProblems` is
raised with every problem found, each with its file and line.
"""

from matricula.catalog.courseformat.answers import normal_answer, read_number
from matricula.catalog.courseformat.catalogs import read_catalog, read_course
from matricula.catalog.courseformat.limits import Limits
from matricula.catalog.courseformat.markdown import render_markdown
from matricula.catalog.courseformat.parts import (
    Caption,
    Catalog,
    Content,
    Course,
    Lesson,
    MediaFile,
    Module,
    Option,
    Question,
    Quiz,
    Reading,
    Specialization,
    Video,
)
from matricula.catalog.courseformat.problems import CODES, CourseProblems, Problem
from matricula.catalog.courseformat.references import resolve_reference

__all__ = [
    "CODES",
    "Caption",
    "Catalog",
    "Content",
    "Course",
    "CourseProblems",
    "Lesson",
    "Limits",
    "MediaFile",
    "Module",
    "Option",
    "Problem",
    "Question",
    "Quiz",
    "Reading",
    "Specialization",
    "Video",
    "normal_answer",
    "read_catalog",
    "read_course",
    "read_number",
    "render_markdown",
    "resolve_reference",
]
