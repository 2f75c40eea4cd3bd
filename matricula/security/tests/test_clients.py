"""A network address in plain words: no more than it tells, and nobody else is asked."""

import pytest

from matricula.security.clients import network_name

HERE = "203.0.113.9"


@pytest.mark.parametrize(
    ("network", "here", "words"),
    [
        (HERE, HERE, "the network you are on now"),
        ("::ffff:203.0.113.9", HERE, "the network you are on now"),
        ("2001:db8:1:2:aaaa::1", "2001:db8:1:2:bbbb::7", "the network you are on now"),
        ("8.8.4.4", HERE, "another network (8.8.4.4)"),
        ("10.0.0.7", "2001:db8:1:2::7", "a local network (10.0.0.7)"),
        ("127.0.0.1", HERE, "the machine this site runs on"),
        ("", HERE, "an unknown network"),
        ("<script>", HERE, "an unknown network"),
        ("8.8.4.4", "", "another network (8.8.4.4)"),
    ],
)
def test_a_place_is_said_as_far_as_the_address_tells(network, here, words):
    assert network_name(network, here) == words
