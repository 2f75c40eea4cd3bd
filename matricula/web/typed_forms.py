"""What somebody typed into a form of ours that did not arrive, so that it can be sent once more: never a
secret, never a file."""

import re
from dataclasses import dataclass
from typing import Self

from django.conf import settings
from django.http import HttpRequest

MOST_CHARACTERS = 200_000
SECRET = re.compile(r"passw|secret|token|code|recovery|passkey|credential", re.IGNORECASE)
"""A form with a field of such a name is not kept at all: without it, the form could not be sent again."""
OF_DJANGO = "csrfmiddlewaretoken"
NOT_TYPED = {"version", "next", "changed", "seconds"}
"""Nobody types these: a form that has nothing else is sent again by pressing its button again."""
LONG = 60
"""Characters that fit a line of the page."""


@dataclass(frozen=True)
class TypedForm:
    path: str
    fields: list[tuple[str, str]]

    @classmethod
    def of(cls, request: HttpRequest) -> Self | None:
        """None where nothing was typed, where it is a secret, a file or too long."""
        sent = request.POST
        names = [name for name in sent if name != OF_DJANGO]
        if request.method != "POST" or not set(names) - NOT_TYPED:
            return None
        if any(SECRET.search(name) for name in names):
            return None
        fields = [(name, value) for name in names for value in sent.getlist(name)]
        if request.FILES or sum(len(name) + len(value) for name, value in fields) > MOST_CHARACTERS:
            return None
        return cls(request.get_full_path(), fields)

    @property
    def place(self) -> str:
        """Where it is sent, in words."""
        return " › ".join(one.replace("-", " ") for one in self.path.partition("?")[0].split("/") if one)

    @property
    def shown(self) -> list[tuple[str, str, bool]]:
        """Every name and value, and whether it needs more than a line: all that is sent can be read."""
        return [(name, value, len(value) > LONG or "\n" in value) for name, value in self.fields]


def came_from_own_page(request: HttpRequest) -> bool:
    """Browsers say from which site a form was sent; no page of another site can make them say ours."""
    own = {settings.BASE_URL, f"{request.scheme}://{request.get_host()}"}
    return request.headers.get("Origin", "") in own
