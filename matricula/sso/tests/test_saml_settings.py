"""Olga brings her provider's metadata: by address, as a file, as text; alone or among thousands."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from matricula.identities.models import Connection
from matricula.sso.models import OfferedMetadata
from matricula.sso.tests import minting
from matricula.sso.tests.company import CONSOLE, enter, entity, federation
from matricula.sso.xml_documents import LARGEST_METADATA

pytestmark = pytest.mark.django_db(transaction=True)


def page_of(olga, connection, rest=""):
    return olga.get(f"{CONSOLE}{connection.public_id}/{rest}").content.decode()


@pytest.mark.postgres
def test_metadata_comes_from_its_address_and_the_address_stays(olga, begun, shelf):
    shelf["/metadata"] = entity("acme", "next")
    answer = enter(olga, begun, metadata_address=f"{shelf.address}/metadata")
    assert answer.status_code == 302
    begun.refresh_from_db()
    assert (begun.issuer, begun.metadata_address) == (minting.ISSUER, f"{shelf.address}/metadata")
    assert begun.certificates.signing().count() == 2
    page = page_of(olga, begun)
    assert "Look again now" in page
    assert "from its address, last read on" in page
    for one in (minting.ISSUER, "https://idp.acme.example/sso"):
        assert f'<code class="anywhere">{one}</code>' in page, "which provider it is, as the metadata says"


def test_a_name_can_change_while_the_address_does_not_answer(olga, begun, shelf):
    shelf["/metadata"] = entity()
    enter(olga, begun, metadata_address=f"{shelf.address}/metadata")
    shelf.clear()
    answer = olga.post(
        f"{CONSOLE}{begun.public_id}/", {"name": "New", "metadata_address": f"{shelf.address}/metadata"}
    )
    assert answer.status_code == 302
    begun.refresh_from_db()
    assert (begun.name, begun.issuer) == ("New", minting.ISSUER)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"metadata_address": "http://169.254.169.254/latest"}, "does not call that address"),
        ({"metadata_address": "https://user:secret@idp.example/m"}, "does not call that address"),
        ({"metadata_address": "ftp://idp.example/m"}, "does not call that address"),
        ({"metadata_address": "no address"}, "does not call that address"),
        ({"metadata_address": "https://id p.example/"}, "does not call that address"),
        ({"metadata_address": "SHELF/nothing"}, "status 404"),
        ({"metadata_address": "SHELF/html"}, "no SAML 2.0 identity provider"),
        ({"metadata_address": "SHELF/large"}, "too large"),
        ({"metadata_address": "SHELF/html", "metadata": "<a/>"}, "Give the metadata once"),
        ({"metadata_address": "x" * 600}, "at most 500"),
        ({"metadata": "\0<a/>"}, "Null characters"),
        ({}, "Give the metadata of your identity provider"),
    ],
)
def test_what_cannot_be_read_says_why_beside_its_field(olga, begun, shelf, given, words):
    shelf |= {"/html": "<html/>", "/large": "<a>" + "b" * LARGEST_METADATA + "</a>"}
    sent = {name: value.replace("SHELF", shelf.address) for name, value in given.items()}
    answer = enter(olga, begun, **sent)
    assert answer.status_code == 200
    assert words in answer.content.decode()
    begun.refresh_from_db()
    assert begun.issuer == ""


def test_a_file_that_is_too_large_is_refused_in_words(olga, begun):
    file = SimpleUploadedFile("m.xml", b"a" * (LARGEST_METADATA + 1))
    assert "The file is too large" in enter(olga, begun, metadata_file=file).content.decode()


@pytest.fixture
def offered(olga, begun):
    """Metadata of three, brought as a file."""
    others = [
        entity("other", entity_id=f"https://{one}.example", name=f"{one} AG") for one in ("Alfa", "Beta")
    ]
    file = SimpleUploadedFile("federation.xml", federation(*others, entity(name="Nordlicht")).encode())
    answer = enter(olga, begun, metadata_file=file, takes_unsolicited="on")
    assert answer.headers["Location"] == f"{CONSOLE}{begun.public_id}/provider/"
    return begun


@pytest.mark.postgres
def test_of_several_olga_chooses_one_without_bringing_the_file_again(olga, offered):
    page = page_of(olga, offered, "provider/")
    assert all(name in page for name in ("Alfa AG", "Beta AG", "Nordlicht"))
    found = page_of(olga, offered, "provider/?q=bETA")
    assert "Beta AG" in found
    assert "Alfa AG" not in found
    assert "None has that" in page_of(olga, offered, "provider/?q=gamma")
    answer = olga.post(f"{CONSOLE}{offered.public_id}/provider/", {"entity_id": minting.ISSUER})
    assert answer.status_code == 302
    offered.refresh_from_db()
    assert (offered.issuer, offered.takes_unsolicited) == (minting.ISSUER, True)
    assert offered.certificates.signing().get().fingerprint == minting.certificate("acme").fingerprint
    assert not OfferedMetadata.objects.exists()
    assert olga.get(f"{CONSOLE}{offered.public_id}/provider/").status_code == 302


@pytest.mark.parametrize("given", ["", "https://gamma.example", "\n", "ä" * 1000])
def test_one_that_is_not_in_it_is_not_chosen(olga, offered, given):
    page = olga.post(f"{CONSOLE}{offered.public_id}/provider/", {"entity_id": given})
    assert page.status_code == 200
    assert 'role="alert"' in page.content.decode()
    offered.refresh_from_db()
    assert offered.issuer == ""


def test_a_thousand_are_found_by_search(olga, begun, shelf):
    one = entity(entity_id="https://ID/")
    shelf["/all"] = federation(*(one.replace("https://ID/", f"https://{n}.example/") for n in range(1000)))
    enter(olga, begun, metadata_address=f"{shelf.address}/all")
    page = page_of(olga, begun, "provider/")
    assert "The metadata describes 1000" in page
    assert "950 more have that in them" in page
    assert page_of(olga, begun, "provider/?q=777.").count('name="entity_id"') == 1
    olga.post(f"{CONSOLE}{begun.public_id}/provider/", {"entity_id": "https://777.example/"})
    begun.refresh_from_db()
    assert (begun.issuer, begun.metadata_address) == ("https://777.example/", f"{shelf.address}/all")


@pytest.mark.postgres
@pytest.mark.parametrize("name", ["u" * 1024, "u" * 1025, "ü" * 512, "ü" * 513])
def test_an_entity_id_is_as_long_as_the_standard_allows(olga, begun, name):
    answer = enter(olga, begun, metadata=entity(entity_id=name))
    assert answer.status_code == (302 if len(name.encode()) <= 1024 else 200)


def test_who_is_linked_stays_with_their_provider(olga, saml, bruno):
    saml.identities.create(subject="s", account=bruno)
    answer = enter(olga, saml, metadata=entity(entity_id="https://elsewhere.example"))
    assert "Make a new connection" in answer.content.decode()
    assert Connection.objects.get().issuer == minting.ISSUER


def test_a_provider_that_wants_signed_requests_is_warned_of(olga, begun):
    enter(olga, begun, metadata=entity())
    wanting = entity().replace("Descriptor proto", 'Descriptor WantAuthnRequestsSigned="true" proto')
    assert "wants signed requests" not in page_of(olga, begun)
    enter(olga, begun, metadata=wanting)
    assert "wants signed requests" in page_of(olga, begun)
