"""Metadata by address is looked at every day: new certificates come, missing ones go by a person's hand."""

from datetime import timedelta

import pytest
from django.utils import timezone

from matricula.audit.models import Entry
from matricula.identities.models import Connection, ConnectionKey
from matricula.sso.metadata_renewal import renew_due_metadata, renew_metadata
from matricula.sso.tests import minting
from matricula.sso.tests.company import CONSOLE, enter, entity, federation

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]


@pytest.fixture
def followed(olga, begun, shelf):
    """Set up by its address, and not looked at for a day."""
    shelf["/metadata"] = entity("acme")
    enter(olga, begun, metadata_address=f"{shelf.address}/metadata")
    return a_day_later(begun)


def a_day_later(connection):
    Connection.objects.update(metadata_asked_at=timezone.now() - timedelta(hours=25))
    connection.refresh_from_db()
    return connection


def names(connection):
    found = connection.certificates.signing().values_list("fingerprint", flat=True)
    known = {minting.certificate(one).fingerprint: one for one in ("acme", "next", "other")}
    return {known[one] for one in found}


def verbs():
    return list(Entry.objects.filter(verb__startswith="connection.").values_list("verb", flat=True))[2:]


def test_a_new_certificate_comes_and_is_told_in_the_audit_log(followed, shelf):
    shelf["/metadata"] = entity("acme", "next")
    assert not renew_due_metadata()
    assert names(followed) == {"acme", "next"}
    assert verbs() == ["connection.certificates_came"]
    renew_due_metadata()
    assert verbs() == ["connection.certificates_came"], "once a day"


def test_one_that_is_missing_stays(followed, shelf):
    shelf["/metadata"] = entity("next")
    renew_due_metadata()
    assert names(followed) == {"acme", "next"}


def test_one_that_a_person_retired_does_not_come_back(followed, shelf):
    shelf["/metadata"] = entity("acme", "next")
    renew_due_metadata()
    old = followed.certificates.get(fingerprint=minting.certificate("acme").fingerprint)
    ConnectionKey.objects.filter(pk=old.pk).update(retired_at=timezone.now())
    a_day_later(followed)
    renew_due_metadata()
    assert names(followed) == {"next"}


def test_a_new_sign_on_address_is_taken_over(followed, shelf):
    shelf["/metadata"] = entity("acme", location="https://new.acme.example/sso")
    renew_due_metadata()
    followed.refresh_from_db()
    assert list(followed.provider["endpoints"].values()) == ["https://new.acme.example/sso"]
    assert verbs() == ["connection.addresses_changed"]


@pytest.mark.parametrize(
    "now",
    [
        (500, "out of order"),
        "<html/>",
        entity(entity_id="https://other.example"),
        entity()
        .replace("<KeyDescriptor", '<KeyDescriptor validUntil="x"')
        .replace("https://idp.acme", "http://x"),
    ],
)
def test_a_look_that_brings_nothing_changes_nothing_and_is_shown(followed, shelf, olga, now):
    shelf["/metadata"] = now
    renew_due_metadata()
    followed.refresh_from_db()
    assert names(followed) == {"acme"}
    assert followed.metadata_failing_since
    page = olga.get(f"{CONSOLE}{followed.public_id}/").content.decode()
    assert "metadata could not be read since" in page
    assert "What was known of it stays in force" in page
    since = followed.metadata_failing_since
    a_day_later(followed)
    renew_due_metadata()
    followed.refresh_from_db()
    assert followed.metadata_failing_since == since
    shelf["/metadata"] = entity()
    a_day_later(followed)
    renew_due_metadata()
    followed.refresh_from_db()
    assert followed.metadata_failing_since is None


def test_of_a_federation_the_one_that_was_chosen_is_looked_at(followed, shelf):
    shelf["/metadata"] = federation(
        entity("other", entity_id="https://other.example"), entity("acme", "next")
    )
    renew_due_metadata()
    assert names(followed) == {"acme", "next"}


def test_more_than_ten_certificates_are_not_taken(followed, shelf):
    for number in range(9):
        followed.certificates.create(
            fingerprint=f"{number}", starts_at=timezone.now(), ends_at=timezone.now()
        )
    shelf["/metadata"] = entity("acme", "next")
    renew_due_metadata()
    followed.refresh_from_db()
    assert followed.certificates.signing().count() == 10
    assert "10 certificates are in force" in followed.metadata_fault


def test_olga_looks_now_and_not_twice_in_a_minute(followed, shelf, olga):
    shelf["/metadata"] = entity("acme", "next")
    address = f"{CONSOLE}{followed.public_id}/renewal/"
    assert "1 new certificate came" in olga.post(address, follow=True).content.decode()
    assert "less than a minute ago" in olga.post(address, follow=True).content.decode()
    a_day_later(followed)
    assert "There is no new certificate" in olga.post(address, follow=True).content.decode()
    shelf.clear()
    a_day_later(followed)
    assert "status 404" in olga.post(address, follow=True).content.decode()
    assert olga.get(address).status_code == 302


def test_what_an_owner_changed_meanwhile_counts(followed, shelf):
    """Her save came between the question and the answer."""
    stale = Connection.objects.get()
    Connection.objects.update(issuer="https://elsewhere.example")
    shelf["/metadata"] = entity("next")
    assert renew_metadata(connection=stale) == 0
    assert names(followed) == {"acme"}
