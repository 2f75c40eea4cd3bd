"""An organization of an empty site, from the shell to its console."""

import re

import pytest
from django.core.exceptions import ValidationError

from conftest import PASSWORD
from matricula.mail.delivery import deliver_due
from matricula.mail.models import InboxLetter, Letter
from matricula.organizations.models import Organization, Role
from matricula.organizations.ownership import found_organization

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_first_owner_chooses_a_password_and_stands_in_the_console(client):
    found_organization(
        slug="nordlicht", name="Nordlicht", owner_address="bruno@nordlicht.example", owner_name="Bruno"
    )
    deliver_due()
    path = re.search(r"/account/reset/\S+", InboxLetter.objects.get().text)[0]
    answer = client.post(client.get(path)["Location"], {"password": "a new long password"}, follow=True)
    assert answer.redirect_chain[0][0] == "/console/nordlicht/"
    assert answer.status_code == 200


def test_who_has_an_account_owns_the_organization_with_it(chika):
    found_organization(slug="obi", name="Obi", owner_address="CHIKA@elsewhere.example", owner_name="")
    assert Role.objects.get().account == chika
    assert chika.check_password(PASSWORD)
    assert not Letter.objects.exists()


@pytest.mark.parametrize(
    ("slug", "address"), [("two words", "b@x.example"), ("ok", "no address"), ("nordlicht", "b@x.example")]
)
def test_what_cannot_be_is_refused_and_leaves_nothing(organization, slug, address):
    with pytest.raises(ValidationError):
        found_organization(slug=slug, name="X", owner_address=address, owner_name="")
    assert Organization.objects.count() == 1
