"""The site's key is changed: what earlier keys made still opens, and what none opens is told, never a 500."""

import pyotp
import pytest
from django.apps import apps
from django.db.models import TextField
from django.test import Client

from conftest import PASSWORD
from matricula.accounts.models import SEAL, SecondFactor
from matricula.accounts.passwords import ask_to_reset
from matricula.accounts.second_factors import add_authenticator, renew_recovery_codes
from matricula.accounts.tests.test_passkeys import UNLOCKED, Key
from matricula.accounts.tests.test_passkeys import ask as ask_passkey
from matricula.accounts.tests.test_passkeys import send as send_passkey
from matricula.api.models import Token
from matricula.api.tokens import grant_token, holder_of
from matricula.audit.models import Entry
from matricula.commands import parser
from matricula.joining.direct_links import make_direct_link
from matricula.joining.links import open_link
from matricula.mail.delivery import deliver_due
from matricula.mail.models import InboxLetter
from matricula.security.seals import Resealing, SealedField, reseal_one, sealed_columns
from matricula.security.secrets import seal

pytestmark = pytest.mark.django_db(transaction=True)
LOG_IN = {"email": "chika@elsewhere.example", "password": PASSWORD}
ANOTHER = "another key that is long enough to be one"


@pytest.fixture
def secret(chika) -> str:
    made = pyotp.random_base32()
    add_authenticator(account=chika, secret=made, code=pyotp.TOTP(made).now())
    SecondFactor.objects.update(counter=0)
    return made


@pytest.fixture
def changed(settings):
    """Changes the key, and keeps the old one or not."""

    def change(*, kept: bool) -> None:
        old, settings.SECRET_KEY = settings.SECRET_KEY, ANOTHER
        settings.SECRET_KEY_FALLBACKS = [old] if kept else []

    return change


def signs_in(browser: Client, code: str) -> bool:
    browser.post("/account/log-in/", LOG_IN)
    browser.post("/account/log-in/second-step/", {"code": code})
    return browser.get("/learn/").status_code == 200


def run(*words: str) -> int:
    arguments = parser().parse_args(words)
    return arguments.run(arguments)


def letters() -> list[tuple[str, str]]:
    while deliver_due():
        pass
    return list(InboxLetter.objects.order_by("id").values_list("to", "subject"))


# -- with the earlier key kept --------------------------------------------------------------------


def test_chikas_app_recovery_codes_and_session_go_on_after_the_key_was_changed(secret, chika, changed):
    codes = renew_recovery_codes(account=chika)
    here, there = Client(), Client()
    assert signs_in(here, pyotp.TOTP(secret).now())
    SecondFactor.objects.update(counter=0)
    changed(kept=True)
    assert here.get("/account/sessions/").status_code == 200
    assert here.post("/account/log-out/").status_code == 302
    assert here.get("/account/").status_code == 302
    assert signs_in(there, pyotp.TOTP(secret).now())
    third = Client()
    third.post("/account/log-in/", LOG_IN)
    third.post("/account/log-in/recovery/", {"code": codes[0]})
    assert third.get("/learn/").status_code == 200


def test_chikas_session_may_be_ended_from_another_browser_after_the_key_was_changed(client, chika, changed):
    client.post("/account/log-in/", LOG_IN)
    other = Client()
    other.post("/account/log-in/", LOG_IN)
    changed(kept=True)
    other.post("/account/sessions/end/")
    assert other.get("/account/").status_code == 200
    assert client.get("/account/").status_code == 302


def test_links_and_tokens_that_were_given_out_go_on(program, bruno, chika, changed, client):
    _link, address = make_direct_link(program=program, actor=bruno)
    scopes = ["people:read"]
    _token, token = grant_token(
        organization=program.organization, actor=None, name="HR", scopes=scopes, days=9
    )
    ask_to_reset(address="chika@elsewhere.example")
    letters()
    path = InboxLetter.objects.get().text.split("/account/reset/")[1].split()[0]
    changed(kept=True)
    assert open_link(address.rstrip("/").rpartition("/")[2]).program == program
    assert holder_of(token).pk == Token.objects.get().pk
    assert client.get(f"/account/reset/{path}")["Location"].startswith("/account/reset/")


def test_resealing_says_how_many_and_frees_from_the_earlier_key(secret, chika, changed, settings, capsys):
    Key(chika)
    changed(kept=True)
    assert run("reseal") == 0
    assert "second factors: 2 sealed anew, 0 were already." in capsys.readouterr().out
    settings.SECRET_KEY_FALLBACKS = []
    assert run("reseal") == 0
    assert "second factors: 0 sealed anew, 2 were already." in capsys.readouterr().out
    assert signs_in(Client(), pyotp.TOTP(secret).now())


def test_resealing_takes_nothing_back_that_changed_meanwhile(secret, changed):
    changed(kept=True)
    ((model, field),) = [one for one in sealed_columns() if one[0] is SecondFactor]
    before, told = SecondFactor.objects.get(), Resealing()
    SecondFactor.objects.update(sealed="changed meanwhile")
    reseal_one(model, field, before.pk, before.sealed, told)
    assert (told.anew, SecondFactor.objects.get().sealed) == (0, "changed meanwhile")


def test_every_column_of_sealed_secrets_is_one_that_is_resealed():
    texts = [
        field
        for model in apps.get_models()
        for field in model._meta.local_concrete_fields
        if isinstance(field, TextField) and "sealed" in field.name
    ]
    assert [str(one) for one in texts if not isinstance(one, SealedField)] == []
    assert len(texts) >= 2


# -- without it -----------------------------------------------------------------------------------


def test_chika_is_told_when_no_key_opens_her_app_and_a_way_on_is_shown(client, secret, changed):
    changed(kept=False)
    client.post("/account/log-in/", LOG_IN)
    answer = client.post("/account/log-in/second-step/", {"code": pyotp.TOTP(secret).now()})
    words = answer.content.decode()
    assert answer.status_code == 200
    assert "can no longer read what it kept of your app or passkey" in words
    assert "/account/log-in/without-device/" in words


def test_a_passkey_that_no_key_opens_is_refused_and_breaks_no_page(client, chika, changed):
    key = Key(chika)
    changed(kept=False)
    assert send_passkey(client, key.answer(ask_passkey(client), UNLOCKED)) == 400
    client.post("/account/log-in/", LOG_IN)
    assert client.get("/account/log-in/second-step/").status_code == 200
    assert client.post("/account/log-in/passkey/ask/").status_code == 200


def test_signed_in_chika_sees_what_can_no_longer_be_read_and_sets_up_another(client, chika):
    client.post("/account/log-in/", LOG_IN)
    session = client.session
    session["new_authenticator"] = "sealed by a key that is gone"
    session.save()
    SecondFactor.objects.create(account=chika, kind="totp", name="App", sealed="gone")
    for page in ("", "second-factors/", "second-factors/authenticator/", "second-factors/passkey/", "prove/"):
        assert client.get(f"/account/{page}").status_code == 200
    assert "can no longer be read" in client.get("/account/second-factors/").content.decode()


def test_the_operator_takes_off_the_factors_of_one_account_and_its_owner_is_told(
    client, secret, chika, capsys
):
    renew_recovery_codes(account=chika)
    assert run("lift-second-factor", "Chika@Elsewhere.example") == 0
    assert capsys.readouterr().out == "1 second factors were taken off 1 accounts.\n"
    client.post("/account/log-in/", LOG_IN)
    assert client.get("/learn/").status_code == 200
    assert letters()[-1] == ("chika@elsewhere.example", "Your second factors were taken off")
    assert chika.recovery_codes.count() == 0
    line = Entry.objects.get(verb="second_factor.lifted")
    assert (line.subject_id, line.after) == (chika.pk, {"factors": 1, "reason": "command"})


@pytest.mark.parametrize("words", [[], ["ada@x.example", "--unreadable"]])
def test_the_operator_says_whose(words, capsys):
    assert run("lift-second-factor", *words) == 2


@pytest.mark.parametrize("address", ["nobody@x.example", "no address"])
def test_an_address_that_nobody_confirmed_is_told(db, address, capsys):
    assert run("lift-second-factor", address) == 1
    assert capsys.readouterr().err == f"No account has confirmed {address}.\n"


def test_the_operator_takes_off_what_no_key_opens_and_nothing_else(secret, chika, bruno, changed, capsys):
    Key(bruno)
    changed(kept=False)
    SecondFactor.objects.create(account=bruno, kind="passkey", name="New", sealed=seal(SEAL, "readable"))
    assert run("reseal") == 1
    assert "second factors: 2 can be read by no key of this site." in capsys.readouterr().err
    assert run("lift-second-factor", "--unreadable") == 0
    assert capsys.readouterr().out == "1 second factors were taken off 1 accounts.\n"
    assert [one.account for one in SecondFactor.objects.order_by("pk")] == [bruno, bruno]
