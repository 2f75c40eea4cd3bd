"""A page is asked for again, whatever its status."""

import pytest


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/account/log-in/", "/nowhere/", "/join/welcome/", "/learn/", "/healthz"])
def test_no_page_is_kept_without_asking_again(client, path):
    assert client.get(path)["Cache-Control"] == "private, no-cache"


@pytest.mark.django_db
@pytest.mark.parametrize(
    "path", ["/learn/", "/account/", "/account/addresses/", "/certificates/", "/nowhere/"]
)
def test_no_page_of_somebody_who_is_logged_in_is_kept(client, chika, path):
    client.force_login(chika)
    assert client.get(path)["Cache-Control"] == "no-store"


@pytest.mark.django_db
def test_a_page_for_everybody_is_kept_by_a_browser_that_asks_again(client, chika):
    client.force_login(chika)
    assert client.get("/healthz")["Cache-Control"] == "private, no-cache"


@pytest.mark.django_db
def test_logging_out_clears_what_the_browser_kept_but_not_which_device_it_is(client, chika):
    client.force_login(chika)
    answer = client.post("/account/log-out/")
    assert answer["Clear-Site-Data"] == '"cache", "storage"'


@pytest.mark.django_db
def test_what_says_how_long_it_lasts_is_left_alone(client, organization):
    assert client.get("/organizations/nordlicht/brand.css")["Cache-Control"] == "public, max-age=300"
