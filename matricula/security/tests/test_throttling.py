"""Whose tries are counted together."""

import pytest

from matricula.security.clients import network_of


@pytest.mark.parametrize(
    ("proxies", "forwarded", "network"),
    [
        (0, "203.0.113.9", "10.0.0.1"),
        (1, "203.0.113.9", "203.0.113.9"),
        (1, "1.1.1.1, 203.0.113.9", "203.0.113.9"),
        (2, "1.1.1.1, 203.0.113.9, 10.0.0.7", "203.0.113.9"),
        (1, "", "10.0.0.1"),
        (2, "203.0.113.9", "10.0.0.1"),
    ],
)
def test_guessing_passwords_a_visitor_cannot_choose_the_network_it_is_counted_by(
    rf, settings, proxies, forwarded, network
):
    settings.TRUSTED_PROXIES = proxies
    request = rf.get("/", headers={"X-Forwarded-For": forwarded}, REMOTE_ADDR="10.0.0.1")
    assert network_of(request) == network
