"""Every console address, by every role, of one's own and of another organization: who gets in, exactly."""

import hashlib
import time
from copy import copy
from io import BytesIO

import pytest
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from conftest import person
from matricula.api.tokens import grant_token
from matricula.bulk.acts import ask_for_many
from matricula.bulk.verbs import verb_of
from matricula.catalog.course_import import keep_file
from matricula.invitations.invitations import invite_person
from matricula.invitations.models import ImportedFile
from matricula.joining.direct_links import make_direct_link
from matricula.joining.models import Request
from matricula.joining.requests import ask_administrator
from matricula.leaving.models import EntryRequest, HeldDeparture
from matricula.organizations.access import MAY
from matricula.organizations.models import Affiliation, Organization, Role
from matricula.programs.memberships import enter_program
from matricula.programs.models import Program
from matricula.roles.appointments import offer_role

pytestmark = pytest.mark.django_db


def console_views(resolver=None, names=(), given=frozenset()):
    """(name, view, what its address names) of every page below /console/<organization>/."""
    for one in (resolver or get_resolver()).url_patterns:
        needed = given | set(one.pattern.converters)
        if isinstance(one, URLResolver):
            yield from console_views(one, (*names, *filter(None, [one.namespace])), needed)
        elif isinstance(one, URLPattern) and getattr(one.callback, "access", "") in MAY:
            yield ":".join((*names, one.name)), (one.callback.access, needed - {"slug"})


def below_the_console(resolver=None, path=""):
    """Every pattern whose address begins with console/<organization>/, whatever its view wears."""
    for one in (resolver or get_resolver()).url_patterns:
        whole = path + str(one.pattern)
        if isinstance(one, URLResolver):
            yield from below_the_console(one, whole)
        elif whole.startswith("console/<slug:slug>/"):
            yield whole, getattr(one.callback, "access", "")


VIEWS = dict(console_views())
PEOPLE = {"group_id", "account_id", "membership_id"}
PLAIN = {"form", "direction", "act"}
"""What an address names that belongs to no organization."""


class House:
    """An organization with one of everything an address can name."""

    def __init__(self, slug: str) -> None:
        self.organization = Organization.objects.create(slug=slug, name=slug.title())
        self.owner = person(f"Owner of {slug}", f"boss@{slug}.example")
        Role.objects.create(organization=self.organization, account=self.owner, kind=Role.Kind.OWNER)
        program = Program.objects.create(organization=self.organization, slug="main", name="Main")
        invitation = invite_person(program=program, address=f"ada@{slug}.example", invited_by=self.owner)
        ask_administrator(reason="expired", invitation=invitation)
        member = person("Ada", f"member@{slug}.example")
        membership = enter_program(program=program, account=member)
        group = program.groups.create(name="Crew")
        group.memberships.add(membership)
        group.managers.add(member)
        viewer = person("Vera", f"vera@{slug}.example")
        role = Role.objects.create(organization=self.organization, account=viewer, kind=Role.Kind.VIEWER)
        self.ids = {
            "invitation_id": invitation.public_id,
            "file_id": ImportedFile.objects.create(program=program, state="done", lines=1).public_id,
            "request_id": Request.objects.get(program=program).public_id,
            "program_id": program.public_id,
            "link_id": make_direct_link(program=program, actor=None)[0].public_id,
            "membership_id": membership.pk,
            "list_id": self.organization.leavers_files.create(name="l", state="done", lines=1).public_id,
            "departure_id": HeldDeparture.objects.create(
                membership=membership, organization=program.organization, due_at=timezone.now()
            ).public_id,
            "group_id": group.pk,
            "account_id": member.public_id,
            "role_id": role.pk,
            "appointment_id": self.appointment().public_id,
            "upload_id": self.organization.course_uploads.create(name="c.zip", size=1).public_id,
            "logo_upload_id": self.organization.logo_uploads.create(content=b"").public_id,
            **self.sign_in(),
            **self.namesakes(),
            "domain_id": self.organization.domains.create(name="nordlicht.example").public_id,
            **self.content(),
            "token_id": grant_token(
                organization=self.organization, name="Sync", scopes=["audit:read"], days=1, actor=None
            )[0].public_id,
            "bulk_act_id": self.bulk_act(invitation).public_id,
            "form": "csv",
            "act": self.organization.retention_rules.create(subject="letters", months=1).subject,
        }

    def bulk_act(self, invitation):
        return ask_for_many(
            verb=verb_of("invitations.withdraw"),
            organization=self.organization,
            asked={},
            chosen=[invitation.pk],
            option="",
            actor=self.owner,
        )

    def sign_in(self):
        connection = self.organization.connections.create(kind="saml", name="Sign-in")
        judged = connection.judged_answers.create(purpose="test", passed=True)
        key = connection.certificates.create(
            fingerprint="f", starts_at=timezone.now(), ends_at=timezone.now()
        )
        who = person("Lina", f"lina@{self.organization.slug}.example")
        return {
            "connection_id": connection.public_id,
            "answer_id": judged.public_id,
            "key_id": key.pk,
            "identity_id": connection.identities.create(subject="s", account=who).public_id,
        }

    def namesakes(self):
        """Two entries of one name, and somebody who asks which of them they are."""
        one, other = (
            Affiliation.objects.create(
                organization=self.organization,
                account=person("Tina", f"tina{n}@{self.organization.slug}.example"),
                work_email=f"tina{n}@{self.organization.slug}.example",
            )
            for n in "ab"
        )
        asked = EntryRequest.objects.create(organization=self.organization, one=one, other=other)
        return {"asked_id": asked.public_id, "one_id": one.pk, "other_id": other.pk}

    def content(self):
        """A course with a lesson and a file, in a Specialization."""
        course = self.organization.courses.create(slug="safe", title="Safe", topic="Security")
        module = course.modules.create(position=0, title="One")
        lesson = course.lessons.create(module=module, key="read", position=0, kind="reading", title="Read")
        digest = hashlib.sha256(b"words").hexdigest()
        keep_file(BytesIO(b"words"), digest)
        file = course.files.create(digest=digest, name="words.txt", content_type="text/plain", size=5)
        series = self.organization.specializations.create(slug="series", title="Series")
        series.steps.create(course=course, position=0)
        return {
            "course_id": course.public_id,
            "key": lesson.key,
            "digest": digest,
            "name": file.name,
            "specialization_id": series.public_id,
            "direction": "up",
        }

    def appointment(self):
        address = f"offered@{self.organization.slug}.example"
        return offer_role(
            organization=self.organization, address=address, kind="viewer", groups=[], actor=self.owner
        )

    def address(self, name, ids=None):
        values = {key: (ids or self.ids)[key] for key in VIEWS[name][1]}
        return reverse(name, kwargs={"slug": self.organization.slug, **values})

    def holder(self, kind):
        """Somebody with this role."""
        account = person(kind, f"{kind}@{self.organization.slug}.example")
        Role.objects.create(organization=self.organization, account=account, kind=kind)
        return account


def signed_in(account):
    """In a browser whose owner proved a moment ago who they are."""
    client = Client()
    client.force_login(account)
    session = client.session
    session["proved_at"] = time.time()
    session.save()
    return client


def status(client, address):
    """Of the method the address takes; whatever it did, to the browser's cookies too, is taken back."""
    cookies = copy(client.cookies)
    with transaction.atomic():
        takes = client.options(address)  # a look at what only takes something would lead to another page
        only_takes = takes.status_code == 405 and "GET" not in takes["Allow"]
        answer = client.post(address) if only_takes else client.get(address)
        if answer.streaming:
            answer.getvalue()  # read to its end, a file gives its place back
        transaction.set_rollback(True)
    client.cookies = cookies
    return answer.status_code


def test_the_walk_finds_the_console():
    assert {"console:home", "invitations:invitations", "requests:answer"} <= set(VIEWS)


def test_every_address_below_an_organizations_console_is_walked():
    """A new page is walked by itself: it wears a rule of the console, and names what a House has."""
    found = list(below_the_console())
    assert [path for path, access in found if access not in MAY] == []
    assert len(found) == len(VIEWS)


def expected(kind, name):
    access, names = VIEWS[name]
    if kind not in MAY[access]:
        return (403,)
    return (404,) if kind == "group_manager" and names & PEOPLE else (200, 302)


@pytest.mark.parametrize("kind", Role.Kind.values)
def test_every_role_gets_exactly_what_its_rule_says(kind):
    house = House("ours")
    client = signed_in(house.holder(kind))
    answers = {name: status(client, house.address(name)) for name in VIEWS}
    assert {name: one for name, one in answers.items() if one not in expected(kind, name)} == {}


@pytest.mark.parametrize("kind", Role.Kind.values)
def test_another_organizations_data_is_not_there_whatever_the_role_elsewhere(kind):
    ours, theirs = House("ours"), House("theirs")
    client = signed_in(ours.holder(kind))
    for name, (access, names) in VIEWS.items():
        assert status(client, theirs.address(name)) == 404, name
        if names - PLAIN and kind in MAY[access]:
            assert status(client, ours.address(name, theirs.ids)) == 404, name


def test_a_learner_and_a_stranger_do_not_get_in():
    house, learner = House("ours"), Client()
    learner.force_login(person("Chika", "chika@ours.example"))
    for name in VIEWS:
        assert learner.get(house.address(name)).status_code == 404, name
        assert Client().get(house.address(name)).headers["Location"].startswith("/account/log-in/"), name
