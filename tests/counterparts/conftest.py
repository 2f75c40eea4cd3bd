"""Olga owns Nordlicht and Ada learns there."""

import pytest

from matricula.sso.tests.company import learner, logged_in, own


@pytest.fixture
def olga(organization, bruno):
    own(organization, bruno)
    return logged_in("bruno@nordlicht.example")


@pytest.fixture
def ada(program):
    return learner(program)
