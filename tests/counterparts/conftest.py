"""Olga owns Nordlicht and Ada learns there."""

import pytest

from conftest import person
from matricula.organizations.models import Affiliation, Role
from matricula.programs.memberships import enter_program
from tests.counterparts.company import logged_in


@pytest.fixture
def olga(organization, bruno):
    Role.objects.create(organization=organization, account=bruno, kind=Role.Kind.OWNER)
    return logged_in("bruno@nordlicht.example")


@pytest.fixture
def ada(program):
    account = person("Ada", "ada.own@home.example")
    Affiliation.objects.create(
        organization=program.organization, account=account, work_email="ada@nordlicht.example"
    )
    enter_program(program=program, account=account)
    return account
