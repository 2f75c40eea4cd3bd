"""A house with one of everything that an address names, and the browsers of fitting people."""

import base64
import hashlib
import re
from datetime import timedelta
from io import BytesIO
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from django.conf import settings
from django.test import Client
from django.utils import timezone
from fido2.cose import ES256
from fido2.webauthn import AttestedCredentialData

from conftest import PASSWORD, person
from matricula.accounts.factor_removals import ask_for_removal
from matricula.accounts.models import Confirmation, FactorRemoval, PasswordReset, Session
from matricula.accounts.passwords import ask_to_reset
from matricula.accounts.second_factors import SEAL
from matricula.api.models import Token
from matricula.api.tests.conftest import House
from matricula.catalog.course_import import keep_file
from matricula.credentials.models import Certificate
from matricula.invitations.models import InvitationToken, mint_link
from matricula.joining.direct_links import make_direct_link
from matricula.joining.models import Arrival
from matricula.leaving.data.exports import place_of
from matricula.leaving.letters import take_back_secret, undo_secret
from matricula.leaving.models import Combining, DataExport, Deletion, HeldDeparture
from matricula.mail.delivery import deliver_due
from matricula.mail.models import InboxLetter
from matricula.roles.tests.roles import offer_path, signed_in
from matricula.security.secrets import seal
from tests.learners import do_everything, short_course

BROWSER = {"HTTP_USER_AGENT": "Mozilla/5.0"}
CHIKA, HOME = "chika@elsewhere.example", "chika@home.example"


class LivedIn(House):
    """Ada learns here and has a certificate, Bruno owns it, Chika came as far as her letters."""

    def __init__(self, organization: Any, program: Any, course: Any, owner: Any) -> None:
        super().__init__(organization, program, course, owner)
        self.connection = organization.connections.create(
            kind="saml", name="Sign-in", state="live", tested_at=timezone.now()
        )
        self.identity = self.connection.identities.create(subject="s", account=self.member)
        self.key = self.connection.certificates.create(
            fingerprint="f", starts_at=timezone.now(), ends_at=timezone.now()
        )
        self.judged = self.connection.judged_answers.create(purpose="test", passed=True)
        self.combining = Combining.objects.create(
            kept=self.member,
            given_up=person("Ada King", "king@home.example"),
            undo_until=timezone.now() + timedelta(days=14),
        )
        self.export = file_of_data(self.member)
        self.deletion = Deletion.objects.create(
            account=self.member,
            take_until=timezone.now() + timedelta(days=7),
            taken_back_at=timezone.now(),
        )
        self.list_of_leavers = organization.leavers_files.create(name="l.csv", state="done", lines=1)
        self.departure = HeldDeparture.objects.create(
            membership=self.membership,
            organization=organization,
            due_at=timezone.now() + timedelta(days=14),
        )
        organization.retention_rules.create(subject="letters", months=1)
        self.domain = organization.domains.create(name="nordlicht.example")
        self.bulk_act = self.organization.bulk_acts.create(
            kind="invitations.withdraw", expected=1, last=1, ended_at=timezone.now()
        )
        program.specializations.add(self.series)
        self.learn(program, course)
        self.group.managers.add(self.member)
        self.factor = self.member.second_factors.create(kind="passkey", name="Key", sealed=sealed_passkey())
        ask_for_removal(account=self.member)
        ask_to_reset(address=self.member.primary_address.address)
        self.chika = self.chika_with_letters(course)
        self.learner, self.ruler = signed_in(Client(), self.member), signed_in(Client(), owner)
        self.invited = mint_link(self.invitation, InvitationToken.Channel.MAIL)[len(settings.BASE_URL) :]
        self.outsider = Client()
        self.outsider.head(self.invited, **BROWSER)  # holds the invitation, and has not opened it
        self.let_time_pass(-1)  # on a busy machine, too, nothing of a visit is due

    def learn(self, program: Any, course: Any) -> None:
        """A course that is done, and another with a file."""
        done = short_course(program.organization, "done")
        program.courses.add(done)
        do_everything(done, self.membership)
        self.certificate = Certificate.objects.filter(account=self.member).latest("pk")
        self.digest = hashlib.sha256(b"words").hexdigest()
        keep_file(BytesIO(b"words"), self.digest)
        course.files.create(digest=self.digest, name="words.txt", content_type="text/plain", size=5)

    def chika_with_letters(self, course: Any) -> Client:
        """She opened a direct link, chose a course, signed up and opened every letter that she got."""
        browser, (_link, address) = Client(), make_direct_link(program=self.program, actor=self.owner)
        browser.get(address.removeprefix(settings.BASE_URL), **BROWSER)
        browser.post("/join/now/")
        self.arrival = Arrival.objects.latest("pk")
        way = f"/join/arrivals/{self.arrival.public_id}"
        browser.post(f"{way}/start/course/{course.public_id}/")
        form = {"full_name": "Chika Obi", "work_email": CHIKA, "alternative_email": HOME}
        browser.post(f"{way}/account/", {**form, "password": PASSWORD})
        self.offered = offer_path(self.offer.address)
        self.letters = {
            "accounts:confirmation-link": link_in_letter("/account/confirm/", to=CHIKA),
            "accounts:reset-link": link_in_letter("/account/reset/"),
            "accounts:stop-removal-link": link_in_letter("/account/stop-removal/"),
        }
        for path in (self.offered, *self.letters.values()):
            browser.get(path, **BROWSER)
        return browser

    def values(self, path: str, name: str) -> dict[str, Any]:
        """What the address `path` of the view `name` names."""
        if path.startswith("api/"):
            return self.ids
        if path.startswith("console/"):
            return self.of_the_console()
        below = {
            "join/arrivals/": self.arrival,
            "learn/programs/": self.program,
            "learn/courses/": self.course,
        }
        its = [row for beginning, row in below.items() if path.startswith(beginning)]
        return self.elsewhere(name) | {"public_id": (its or [self.certificate])[0].public_id}

    def of_the_console(self) -> dict[str, Any]:
        return {
            **self.ids,
            "slug": self.organization.slug,
            "group_id": self.group.pk,
            "account_id": self.member.public_id,
            "membership_id": self.membership.pk,
            "asked_id": "a" * 22,
            "one_id": self.membership.pk,
            "other_id": self.membership.pk,
            "role_id": self.member.roles.get(organization=self.organization).pk,
            "appointment_id": self.offer.public_id,
            "file_id": self.file.public_id,
            "list_id": self.list_of_leavers.public_id,
            "departure_id": self.departure.public_id,
            "specialization_id": self.series.public_id,
            "token_id": self.token.public_id,
            "domain_id": self.domain.public_id,
            "bulk_act_id": self.bulk_act.public_id,
            "connection_id": self.connection.public_id,
            "answer_id": self.judged.public_id,
            "key_id": self.key.pk,
            "identity_id": self.identity.public_id,
            "form": "csv",
            "act": "letters",
            "direction": "up",
            **self.of_a_course(),
        }

    def of_a_course(self) -> dict[str, Any]:
        return {"key": "read", "digest": self.digest, "name": "words.txt"}

    def elsewhere(self, name: str) -> dict[str, Any]:
        return {
            **self.of_a_course(),
            "slug": self.organization.slug,
            "connection_id": self.connection.public_id,
            "identity_id": self.identity.public_id,
            "combining_id": self.combining.public_id,
            "export_id": self.export.public_id,
            "deletion_id": self.deletion.public_id,
            "handle": "h" * 43,
            "program_id": self.program.public_id,
            "course_id": self.course.public_id,
            "specialization_id": self.series.public_id,
            "kind": "course",
            "chosen_id": self.course.public_id,
            "group": self.group.pk,
            "provider": "sendgrid",
            "secret": self.secret_paths().get(name, self.invited).rstrip("/").split("/")[-1],
            "pk": self.numbers().get(name, self.member.addresses.get().pk),
        }

    def secret_paths(self) -> dict[str, str]:
        undo = f"/{undo_secret(self.combining)}/"
        back = f"/{take_back_secret(self.deletion, 'own')}/"
        of_leaving = {"leaving:undo-link": undo, "leaving:take-back-link": back}
        return {**self.letters, "roles:link": self.offered, **of_leaving}

    def numbers(self) -> dict[str, int]:
        confirmation = Confirmation.objects.get(email__address=CHIKA).pk
        return {
            "accounts:confirm": confirmation,
            "accounts:reclaim": confirmation,
            "accounts:reset": PasswordReset.objects.get().pk,
            "accounts:stop-removal": FactorRemoval.objects.get().pk,
            "accounts:stop-removal-link": FactorRemoval.objects.get().pk,
            "accounts:remove-factor": self.factor.pk,
            "mail:letter": InboxLetter.objects.latest("pk").pk,
        }

    def let_time_pass(self, hours: int = 1) -> None:
        """So that all that is noted of a visit now and then is due; or not yet."""
        then = timezone.now() - timedelta(hours=hours)
        Session.objects.update(seen_at=then)
        Token.objects.update(last_used_at=then)


def file_of_data(account: Any) -> DataExport:
    now = timezone.now()
    days = {"ready_at": now, "until": now + timedelta(days=7)}
    export = DataExport.objects.create(account=account, state="ready", stored_as="file", **days)
    place_of(export).parent.mkdir(exist_ok=True)
    place_of(export).write_bytes(b"PK")
    return export


def link_in_letter(beginning: str, **found: str) -> str:
    while deliver_due():
        pass
    texts = InboxLetter.objects.filter(text__contains=beginning, **found).values_list("text", flat=True)
    return re.search(rf"{beginning}[^\s?]+", texts.latest("pk"))[0]


def sealed_passkey() -> str:
    """Of a device that nobody has."""
    key = ES256.from_cryptography_key(ec.generate_private_key(ec.SECP256R1()).public_key())
    data = AttestedCredentialData.create(b"\0" * 16, b"key", key)
    return seal(SEAL, base64.b64encode(data).decode())
