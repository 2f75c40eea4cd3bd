"""A key that somebody found opens nothing: alone, a passkey counts only when its owner unlocked it."""

import base64
import hashlib
import json

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from django.conf import settings
from django.test import Client
from fido2.cose import ES256
from fido2.utils import websafe_encode
from fido2.webauthn import AttestedCredentialData, AuthenticatorData, CollectedClientData

from conftest import PASSWORD
from matricula.accounts.models import SEAL, Account, SecondFactor
from matricula.security.secrets import seal

pytestmark = pytest.mark.django_db(transaction=True)
TOUCHED, UNLOCKED = AuthenticatorData.FLAG.UP, AuthenticatorData.FLAG.UP | AuthenticatorData.FLAG.UV


class Key:
    """A security key with a passkey of `account`, in anybody's hands."""

    def __init__(self, account: Account) -> None:
        self.account, self.id = account, account.public_id.encode()
        self.private = ec.generate_private_key(ec.SECP256R1())
        public = ES256.from_cryptography_key(self.private.public_key())
        data = base64.b64encode(AttestedCredentialData.create(bytes(16), self.id, public)).decode()
        SecondFactor.objects.create(account=account, kind="passkey", name="Key", sealed=seal(SEAL, data))

    def answer(self, options: dict, flags: AuthenticatorData.FLAG) -> str:
        challenge = base64.urlsafe_b64decode(options["publicKey"]["challenge"] + "==")
        told = CollectedClientData.create(CollectedClientData.TYPE.GET, challenge, settings.BASE_URL)
        data = AuthenticatorData.create(hashlib.sha256(b"127.0.0.1").digest(), flags, 0)
        response = {
            "clientDataJSON": websafe_encode(told),
            "authenticatorData": websafe_encode(data),
            "signature": websafe_encode(self.private.sign(data + told.hash, ec.ECDSA(hashes.SHA256()))),
            "userHandle": websafe_encode(self.id),
        }
        name = websafe_encode(self.id)
        return json.dumps({"id": name, "rawId": name, "type": "public-key", "response": response})


def ask(client: Client, page: str = "log-in/passkey/ask/") -> dict:
    return client.post(f"/account/{page}").json()


def send(client: Client, answer: str) -> int:
    return client.post("/account/log-in/passkey/", answer, content_type="application/json").status_code


def signed_in(client: Client) -> bool:
    return client.get("/learn/").status_code == 200


def test_an_unlocked_passkey_signs_in_alone(client, chika):
    key = Key(chika)
    assert send(client, key.answer(ask(client), UNLOCKED)) == 200
    assert signed_in(client)


def test_a_found_key_that_is_only_touched_signs_nobody_in(client, chika):
    key = Key(chika)
    assert send(client, key.answer(ask(client), TOUCHED)) == 400
    assert not signed_in(client)


def test_a_found_key_does_not_take_the_question_of_somebodys_second_step_for_its_own(client, chika, bruno):
    found, own = Key(chika), Key(bruno)
    client.post("/account/log-in/", {"email": "bruno@nordlicht.example", "password": PASSWORD})
    question = ask(client)
    for _ in range(6):
        client.post("/account/log-in/second-step/", {"code": "000000"})
    assert send(client, found.answer(question, TOUCHED)) == 400
    assert not signed_in(client)
    client.post("/account/log-in/", {"email": "bruno@nordlicht.example", "password": PASSWORD})
    assert send(client, own.answer(ask(client), TOUCHED)) == 200


def test_a_found_key_does_not_take_the_question_for_a_new_passkey_for_its_own(client, chika, bruno):
    found = Key(chika)
    client.post("/account/log-in/", {"email": "bruno@nordlicht.example", "password": PASSWORD})
    question = ask(client, "second-factors/passkey/ask/")
    assert send(client, found.answer(question, TOUCHED)) == 400
    assert client.get("/account/").context["user"] == bruno
