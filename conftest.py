"""People and places that every test may ask for. Ada learns, Bruno administers, Chika is outside."""

import gc
import os
from threading import BoundedSemaphore

import pytest
from django.contrib.auth.hashers import make_password
from django.utils import timezone
from hypothesis import HealthCheck, settings

from matricula.accounts.models import Account, EmailAddress
from matricula.catalog.models import Course, Lesson, Module
from matricula.invitations.invitations import invite_person
from matricula.invitations.models import Invitation, InvitationToken, mint_link
from matricula.jobs import leases
from matricula.organizations.models import Organization
from matricula.programs.models import Program
from matricula.web import heavy_work
from tests.cleaning import clean_quickly

pytest_plugins = ["tests.counterparts.fixtures"]
PASSWORD = "correct horse battery"
PATIENT = [HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
"""A busy machine is no reason to fail, and what these tests ask of a fixture no example changes."""
settings.register_profile(
    "house", deadline=None, derandomize="CI" in os.environ, suppress_health_check=PATIENT
)
settings.load_profile("house")

MARKED_BY_NAME = ("test_races", "test_loss_on_crash")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    """`make test` asks PostgreSQL, too, what is marked `postgres`; `make thorough` asks it all else.

    Marked is what databases do in ways of their own: searches, plans, counts, sorting and paging, SQL of ours
    and triggers, batches, imports and jobs; joining; one way from letter to certificate; and by their names
    whatever happens at once or is killed.
    """
    for one in items:
        if one.name.startswith(MARKED_BY_NAME):
            one.add_marker("postgres")


def pytest_collection_finish():
    """What was loaded stays: a collector that looks through all of it again and again takes its share."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


@pytest.fixture(autouse=True)
def _quick_and_local(settings, tmp_path, monkeypatch):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.EMAIL_URL = "inbox:"
    monkeypatch.setattr(leases, "_left_to_others", {})  # no job of another test's
    # A test reads an answer without closing it, as a server would: it keeps no other from its place.
    monkeypatch.setattr(heavy_work, "places", BoundedSemaphore(heavy_work.PLACES))
    settings.MEDIA_ROOT = settings.DATA_DIR = tmp_path
    settings.WHITENOISE_AUTOREFRESH = True


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock():
        clean_quickly()


def person(name: str, address: str) -> Account:
    account = Account.objects.create(full_name=name, password=make_password(PASSWORD))
    EmailAddress.objects.create(
        account=account, address=address, confirmed_at=timezone.now(), is_primary=True
    )
    return account


@pytest.fixture
def organization(db) -> Organization:
    return Organization.objects.create(slug="nordlicht", name="Nordlicht Energie", brand_colour="#0b6e4f")


@pytest.fixture
def course(organization) -> Course:
    made = Course.objects.create(
        organization=organization,
        slug="safe",
        title="Safe every day",
        summary="Small habits.",
        topic="Security",
    )
    module = Module.objects.create(course=made, position=0, title="One")
    Lesson.objects.create(
        course=made, module=module, key="read", position=0, kind="reading", title="Read this"
    )
    options = [{"text": "Stop", "right": True, "feedback": "Yes."}, {"text": "Go", "feedback": "No."}]
    questions = [{"kind": "choice", "prompt": "What first?", "options": options}]
    Lesson.objects.create(
        course=made,
        module=module,
        key="quiz",
        position=1,
        kind="quiz",
        title="Check",
        content={"questions": questions},
    )
    return made


@pytest.fixture
def program(organization, course) -> Program:
    made = Program.objects.create(organization=organization, slug="main", name="Welcome", seats=5)
    made.courses.add(course)
    return made


@pytest.fixture
def bruno(db) -> Account:
    return person("Bruno Keller", "bruno@nordlicht.example")


@pytest.fixture
def chika(db) -> Account:
    return person("Chika Obi", "chika@elsewhere.example")


@pytest.fixture
def invitation(program, bruno) -> Invitation:
    made = invite_person(program=program, address="ada@nordlicht.example", name="Ada", invited_by=bruno)
    assert made is not None
    return made


@pytest.fixture
def link(invitation) -> str:
    """The path of Ada's e-mailed link."""
    return "/join/" + mint_link(invitation, InvitationToken.Channel.MAIL).split("/join/")[1]
