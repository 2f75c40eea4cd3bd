"""Every key of the format, by the place it stands in; docs/course-format.md describes each."""

KEYS: dict[str, tuple[str, ...]] = {
    "course": (
        "title",
        "slug",
        "summary",
        "description",
        "topic",
        "level",
        "language",
        "cover",
        "authors",
        "license",
        "pass_mark",
        "modules",
    ),
    "module": ("title", "summary", "lessons"),
    "reading": ("title", "kind", "minutes", "required", "key"),
    "video": ("title", "kind", "minutes", "required", "key", "video", "poster", "captions"),
    "caption": ("language", "label", "file"),
    "quiz": ("title", "kind", "minutes", "required", "key", "pass_mark", "questions"),
    "choice": ("kind", "key", "prompt", "options", "explanation"),
    "choices": ("kind", "key", "prompt", "options", "explanation"),
    "option": ("text", "right", "feedback"),
    "text": ("kind", "key", "prompt", "accepted", "explanation"),
    "number": ("kind", "key", "prompt", "answer", "tolerance", "explanation"),
    "specialization": ("title", "slug", "summary", "description", "cover", "courses"),
}

LESSON_KINDS = ("reading", "video", "quiz")
QUESTION_KINDS = ("choice", "choices", "text", "number")
LEVELS = ("beginner", "intermediate", "advanced")
