"""The order of the house, checked by machine. What needs more words is in `house/`."""

from pathlib import Path

import pytest
from django.http import HttpResponse
from django.urls import URLResolver, get_resolver, include, path

import matricula
from matricula.web.access import public, signed_in

EXPLAINING = ["front", "document", "reference", "nothing"]
"""What the API tells anybody about itself."""


def patterns(resolver, begun=""):
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver):
            yield from patterns(pattern, begun + str(pattern.pattern))
        else:
            yield begun + str(pattern.pattern), pattern


def views(resolver):
    return (pattern.callback for _path, pattern in patterns(resolver))


def unguarded(resolver):
    return [view for view in views(resolver) if not hasattr(view, "access")]


def test_every_view_wears_exactly_one_access_rule():
    assert unguarded(get_resolver()) == []


def forgotten(request):
    return HttpResponse("for anybody")


urlpatterns = [path("deep/", include([path("forgotten/", forgotten), path("open/", public(lambda _: None))]))]


def test_a_view_without_an_access_rule_is_found():
    assert unguarded(get_resolver(__name__)) == [forgotten]


def test_a_second_access_rule_is_refused():
    with pytest.raises(TypeError, match="already has the access rule public"):
        signed_in(public(forgotten))


def test_every_operation_of_the_api_is_behind_a_token_and_nothing_else_is():
    rules = [(path, one.name, one.callback.access) for path, one in patterns(get_resolver())]
    behind = {name for path, name, rule in rules if path.startswith("api/") and rule == "holding_token"}
    others = [name for path, name, rule in rules if path.startswith("api/") and rule != "holding_token"]
    assert (others, len(behind) > 30) == (EXPLAINING, True)
    assert [path for path, _name, rule in rules if rule == "holding_token" and path[:4] != "api/"] == []


def test_every_room_says_what_it_is_for():
    rooms = [path.parent for path in Path(matricula.__file__).parent.glob("*/__init__.py")]
    assert [room.name for room in rooms if not (room / "README.md").exists()] == []


def test_journeys_wait_for_what_they_expect_of_a_page():
    impatient = ".is_visible()"
    journeys = (Path(__file__).parent / "journeys").glob("*.py")
    assert [one.name for one in journeys if impatient in one.read_text()] == []
