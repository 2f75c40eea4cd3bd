"""The page of a connection tells every step in the words of the provider that Olga chose."""

import re
from itertools import product
from pathlib import Path

import pytest
from django.utils import timezone

from matricula.identities.models import Connection
from matricula.sso.tests.company import CONSOLE

pytestmark = pytest.mark.django_db
PAIRS = list(product(Connection.Product.values, Connection.Kind.values))


def begin(olga, **given):
    olga.post(f"{CONSOLE}new/", {"name": "Ours", **given})
    return Connection.objects.latest("pk")


@pytest.mark.parametrize(("provider", "kind"), PAIRS)
def test_every_provider_and_protocol_has_its_steps_with_all_addresses(olga, provider, kind, settings):
    made = begin(olga, product=provider, kind=kind)
    page = olga.get(f"{CONSOLE}{made.public_id}/").content.decode()
    steps = re.search(r'<ol class="recipe">(.*?)</ol>', page, re.S)[1]
    base = f"{settings.BASE_URL}/sso/nordlicht/{made.public_id}"
    wanted = ["callback"] if kind == "oidc" else ["metadata", "acs"]
    shown = re.findall(r'<textarea id="[a-z-]+"[^>]*readonly[^>]*>([^<]+)</textarea>', steps)
    constant = ["https://accounts.google.com"] if (provider, kind) == ("google", "oidc") else []
    assert sorted(shown) == sorted([f"{base}/{one}/" for one in wanted] + constant)
    assert not constant or f'value="{constant[0]}"' in page, "it is filled in"
    assert steps.count("<li") >= 4


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({"kind": "oidc", "product": "auth0"}, "not one of the available choices"),
        ({"kind": "ws-fed", "product": "adfs"}, "not one of the available choices"),
        ({"product": "adfs"}, "This field is required"),
        ({"kind": "saml", "name": "x" * 81}, "at most 80"),
    ],
)
def test_what_is_no_choice_is_refused_in_words(olga, sent, words):
    page = olga.post(f"{CONSOLE}new/", {"name": "Ours", **sent}).content.decode()
    assert words in page
    assert not Connection.objects.exists()


def test_the_steps_show_where_olga_stands(olga):
    made = begin(olga, product="okta", kind="oidc")

    def at():
        page = olga.get(f"{CONSOLE}{made.public_id}/").content.decode()
        steps = re.search(r'<ol class="steps".*?</ol>', page, re.S)[0]
        current = re.search(r'aria-current="step"><span>([^<]+)', steps)
        return current[1] if current else "", steps.count('class="done"')

    assert at() == ("At your provider", 0)
    Connection.objects.update(issuer="https://acme.okta.com", client_id="c", provider={})
    assert at() == ("Test", 2)
    Connection.objects.update(tested_at=timezone.now())
    assert at() == ("Switch it on", 4)
    Connection.objects.update(state="live")
    assert at() == ("", 5)


@pytest.mark.parametrize("provider", Connection.Product.values)
def test_every_provider_has_a_page_for_operators_that_the_list_names(provider):
    folder = Path(__file__).parents[3] / "docs/operate/sso"
    assert (folder / f"{provider}.md").exists()
    assert f"({provider}.md)" in (folder / "index.md").read_text()
