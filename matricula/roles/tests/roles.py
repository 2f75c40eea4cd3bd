"""Offering roles and reading their letters, for the tests of them."""

import re
import time

from matricula.mail.delivery import deliver_due
from matricula.mail.models import InboxLetter, Letter
from matricula.organizations.models import Role
from matricula.roles.appointments import offer_role

OWNER, VIEWER, MANAGER = Role.Kind.OWNER, Role.Kind.VIEWER, Role.Kind.GROUP_MANAGER


def offer(organization, owner, address="dana@nordlicht.example", kind=VIEWER, groups=()):
    return offer_role(organization=organization, address=address, kind=kind, groups=list(groups), actor=owner)


def offer_path(address):
    deliver_due()
    text = InboxLetter.objects.filter(to=address, letter__kind="roles.offer").last().text
    return re.search(r"/account/roles/[^\s?]+", text)[0]


def code_for(address):
    deliver_due()
    letter = InboxLetter.objects.filter(to=address, letter__kind="accounts.confirmation").last()
    return re.search(r"^\d{6}$", letter.text, re.M)[0]


def told(kind):
    return sorted(Letter.objects.filter(kind=kind).values_list("to", flat=True))


def signed_in(client, account):
    client.force_login(account)
    session = client.session
    session["proved_at"] = time.time()
    session.save()
    return client
