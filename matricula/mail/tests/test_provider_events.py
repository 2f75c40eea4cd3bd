"""What the provider tells of the letters it took."""

import base64
import json

import pytest

from matricula.mail.models import Letter

pytestmark = pytest.mark.django_db
PLACE = "/_anymail/postmark/tracking/"
SECRET = "matricula:a long shared password"


@pytest.fixture(autouse=True)
def provider(settings):
    settings.EMAIL_URL = "anymail://postmark?POSTMARK_SERVER_TOKEN=t"
    settings.WEBHOOK_SECRET = SECRET
    settings.ANYMAIL = {"WEBHOOK_SECRET": SECRET}


@pytest.fixture
def letter():
    return Letter.objects.create(kind="x", to="ada@nordlicht.example", state="sent", provider_id="abc-1")


def tell(client, secret=SECRET, place=PLACE, **said):
    event = {
        "RecordType": "Bounce",
        "Type": "HardBounce",
        "MessageID": "abc-1",
        "Email": "ada@nordlicht.example",
        "Description": "The server was unable to deliver",
        "Details": "smtp;550 5.1.1 No such mailbox",
        "BouncedAt": "2026-11-24T10:00:00Z",
        **said,
    }
    key = base64.b64encode(secret.encode()).decode()
    headers = {"HTTP_AUTHORIZATION": f"Basic {key}"} if secret else {}
    return client.post(place, json.dumps(event), content_type="application/json", **headers).status_code


def test_a_bounce_is_kept_in_the_mail_servers_words_and_twice_is_once(client, letter):
    assert [tell(client), tell(client)] == [200, 200]
    letter.refresh_from_db()
    assert (letter.state, letter.error) == ("bounced", "smtp;550 5.1.1 No such mailbox")


def test_who_calls_it_spam_is_not_written_to_as_if_nothing_were(client, letter):
    tell(client, RecordType="SpamComplaint", Type="SpamComplaint")
    letter.refresh_from_db()
    assert (letter.state, letter.error) == ("bounced", "The recipient reported the letter as spam.")


@pytest.mark.parametrize("kind", [("Delivery", ""), ("Open", ""), ("Bounce", "Transient")])
def test_deliveries_openings_and_delays_change_nothing(client, letter, kind):
    tell(client, RecordType=kind[0], Type=kind[1], DeliveredAt="2026-11-24T10:00:00Z")
    letter.refresh_from_db()
    assert letter.state == "sent"


@pytest.mark.parametrize("secret", ["", "matricula:wrong", "matricula:"])
def test_who_does_not_know_the_secret_is_refused(client, letter, secret):
    assert tell(client, secret=secret) == 400
    letter.refresh_from_db()
    assert letter.state == "sent"


def test_other_providers_and_a_site_without_one_are_not_there(client, letter, settings):
    assert tell(client, place="/_anymail/mailgun/tracking/") == 404
    assert tell(client, place="/_anymail/nonsense/tracking/") == 404
    settings.WEBHOOK_SECRET = ""
    assert tell(client) == 404
    settings.WEBHOOK_SECRET, settings.EMAIL_URL = SECRET, "smtp://127.0.0.1:9"
    assert tell(client) == 404


def test_news_of_a_letter_nobody_sent_is_taken_and_forgotten(client, letter):
    assert tell(client, MessageID="another") == 200
    assert tell(client, MessageID="") == 200


def test_news_quicker_than_the_worker_is_asked_for_again(client, letter):
    Letter.objects.create(kind="x", to="eve@nordlicht.example", state="sending")
    assert tell(client, MessageID="abc-2") == 503
    assert tell(client) == 200
