"""A page is asked for again, whatever its status."""

import pytest


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/account/log-in/", "/nowhere/", "/join/welcome/", "/learn/", "/healthz"])
def test_no_page_is_kept_without_asking_again(client, path):
    assert client.get(path)["Cache-Control"] == "private, no-cache"


@pytest.mark.django_db
def test_what_says_how_long_it_lasts_is_left_alone(client, organization):
    assert client.get("/organizations/nordlicht/brand.css")["Cache-Control"] == "public, max-age=300"
