"""The order of the house, checked by machine."""

from pathlib import Path

from django.apps import apps
from django.db.models import ForeignKey
from django.urls import URLResolver, get_resolver

import matricula

ORDER = [
    "web",
    "mail",
    "jobs",
    "audit",
    "accounts",
    "organizations",
    "catalog",
    "programs",
    "learning",
    "credentials",
    "joining",
    "reporting",
    "api",
]


EXPLAINING = ["front", "document", "reference", "nothing"]
"""What the API tells anybody about itself."""


def patterns(resolver, path=""):
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver):
            yield from patterns(pattern, path + str(pattern.pattern))
        else:
            yield path + str(pattern.pattern), pattern


def views(resolver):
    return (pattern.callback for _path, pattern in patterns(resolver))


def test_every_view_wears_exactly_one_access_rule():
    unguarded = [view for view in views(get_resolver()) if not hasattr(view, "access")]
    assert unguarded == []


def test_every_operation_of_the_api_is_behind_a_token_and_nothing_else_is():
    rules = [(path, one.name, one.callback.access) for path, one in patterns(get_resolver())]
    behind = {name for path, name, rule in rules if path.startswith("api/") and rule == "holding_token"}
    others = [name for path, name, rule in rules if path.startswith("api/") and rule != "holding_token"]
    assert (others, len(behind) > 30) == (EXPLAINING, True)
    assert [path for path, _name, rule in rules if rule == "holding_token" and path[:4] != "api/"] == []


def test_foreign_keys_point_down_the_house():
    upward = []
    for model in apps.get_models():
        room = model._meta.app_label
        for field in model._meta.get_fields():
            if isinstance(field, ForeignKey) and room in ORDER:
                target = field.related_model._meta.app_label
                if target in ORDER and ORDER.index(target) > ORDER.index(room):
                    upward.append((room, target))
    assert upward == [("audit", "accounts")]


def test_every_room_says_what_it_is_for():
    rooms = [path.parent for path in Path(matricula.__file__).parent.glob("*/__init__.py")]
    assert [room.name for room in rooms if not (room / "README.md").exists()] == []


def test_journeys_wait_for_what_they_expect_of_a_page():
    impatient = ".is_visible()"
    journeys = (Path(__file__).parent / "journeys").glob("*.py")
    assert [one.name for one in journeys if impatient in one.read_text()] == []
