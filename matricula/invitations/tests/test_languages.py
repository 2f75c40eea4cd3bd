"""Each person is written to in a language of theirs; pages stay in the one they are written in."""

import pytest
from django.utils import timezone

from conftest import PASSWORD, person
from matricula.accounts.confirmation import ask_to_confirm
from matricula.accounts.email_addresses import add_address
from matricula.accounts.models import Account, EmailAddress, SecondFactor
from matricula.accounts.passwords import ask_to_reset, change_password
from matricula.accounts.second_factors import tell_of_factors
from matricula.invitations.invitations import invite_person, queue_letters
from matricula.invitations.models import Invitation
from matricula.joining.models import Arrival
from matricula.joining.requests import file_request
from matricula.mail.delivery import deliver_due
from matricula.mail.models import InboxLetter, Letter
from matricula.organizations.models import Role
from matricula.organizations.ownership import administering_roles, write_to_holders
from matricula.programs.seats import SEATS
from matricula.programs.terms import Terms
from matricula.roles.letters import tell_of_role

pytestmark = pytest.mark.django_db(transaction=True)
BROWSER = {"HTTP_USER_AGENT": "Mozilla/5.0 Firefox/130.0"}
SUBJECTS = {
    "de": "Nordlicht Energie lädt Sie ein: Welcome",
    "es": "Nordlicht Energie le invita a Welcome",
    "ar": "دعوة من Nordlicht Energie إلى Welcome",
}
DAYS = {"en": "3 October 2027", "de": "3. Oktober 2027", "es": "3 de octubre de 2027", "ar": "3 أكتوبر 2027"}


@pytest.fixture
def dana(organization):
    """Administers, and reads German."""
    made = person("Dana Vogt", "dana@nordlicht.example")
    Account.objects.filter(pk=made.pk).update(language="de")
    made.refresh_from_db()
    Role.objects.create(organization=organization, account=made, kind=Role.Kind.OWNER)
    return made


def write_every_kind(dana, program, language):
    """One letter of each kind, to Dana or somebody invited."""
    Account.objects.filter(pk=dana.pk).update(language=language)
    dana.refresh_from_db()
    made = invite_person(
        program=program, address="ada@nordlicht.example", invited_by=dana, terms=Terms(language=language)
    )
    deliver_due()
    queue_letters([made], "invitations.reminder")
    file_request(program=program, address="eve@nordlicht.example", reason="expired", invitation=made)
    program.seats_used = 4
    program.save()
    owners = administering_roles(program.organization_id)
    write_to_holders(owners, kind=SEATS, reference=program.pk, context={"level": 80})
    tell_of_role(Role.objects.get(account=dana), gone=False)
    change_password(account=dana, password="a new long password")
    ask_to_reset(address="dana@nordlicht.example")
    add_address(account=dana, address="dana@home.example")
    tell_of_factors(dana, "added", SecondFactor(account=dana, kind="totp", name="Authenticator app"))
    deliver_due()


def test_letters_in_arabic_run_from_right_to_left_and_not_a_word_of_them_is_english(dana, program):
    write_every_kind(dana, program, "ar")
    letters = InboxLetter.objects.all()
    kinds = set(Letter.objects.filter(state="sent").values_list("kind", flat=True))
    assert len(kinds) == 10, kinds
    for letter in letters:
        assert '<html lang="ar" dir="rtl">' in letter.html
        assert letter.html.count('dir="rtl"') >= 2
        for page in (letter.subject, letter.text, letter.html):
            assert not any(word in page for word in ("Hello", "your", "the ", "invite")), page


@pytest.mark.parametrize("language", ["de", "es"])
def test_every_kind_of_letter_is_written_in_german_and_spanish(dana, program, language):
    write_every_kind(dana, program, language)
    assert InboxLetter.objects.count() == 10
    for letter in InboxLetter.objects.all():
        assert f'<html lang="{language}" dir="ltr">' in letter.html
        for page in (letter.subject, letter.text, letter.html):
            assert not any(word in page for word in ("Hello", "your ", " the ", "invites")), page


@pytest.mark.parametrize(("language", "day"), DAYS.items())
def test_dates_are_written_as_the_language_writes_them(program, bruno, language, day):
    made = invite_person(
        program=program, address="ada@nordlicht.example", invited_by=bruno, terms=Terms(language=language)
    )
    until = timezone.now().replace(year=2027, month=10, day=3)
    Invitation.objects.filter(pk=made.pk).update(expires_at=until)
    deliver_due()
    letter = InboxLetter.objects.get()
    assert (day in letter.text, day in letter.html) == (True, True)


@pytest.mark.parametrize(("language", "subject"), SUBJECTS.items())
def test_an_invitation_is_in_the_organizations_language_unless_another_is_chosen(
    program, bruno, language, subject
):
    program.organization.language = language
    program.organization.save()
    invite_person(program=program, address="ada@nordlicht.example", invited_by=bruno)
    invite_person(
        program=program, address="eve@nordlicht.example", invited_by=bruno, terms=Terms(language="en")
    )
    deliver_due()
    assert set(InboxLetter.objects.values_list("subject", flat=True)) == {
        subject,
        "Nordlicht Energie invites you to Welcome",
    }


def test_bruno_chooses_the_language_when_he_invites(client, program, bruno):
    Role.objects.create(organization=program.organization, account=bruno, kind=Role.Kind.OWNER)
    client.force_login(bruno)
    form = {"program": program.pk, "addresses": "ada@nordlicht.example", "language": "es"}
    client.post("/console/nordlicht/invitations/new/", form)
    deliver_due()
    assert InboxLetter.objects.get().subject == SUBJECTS["es"]


def test_a_corrected_address_is_written_to_in_the_same_language(program, bruno):
    from matricula.invitations.invitations import correct_address

    made = invite_person(
        program=program, address="ada@nordlicht.exampel", invited_by=bruno, terms=Terms(language="de")
    )
    again = correct_address(invitation=made, address="ada@nordlicht.example", actor=bruno)
    assert (again.language, again.letter.language) == ("de", "de")


def sign_up(client, link, **headers):
    client.get(link, **BROWSER)
    client.post("/join/now/")
    arrival = Arrival.objects.get()
    typed = {"full_name": "Ada Okafor", "alternative_email": "ada@home.example", "password": PASSWORD}
    client.post(f"/join/arrivals/{arrival.public_id}/account/", typed, **headers)
    return Account.objects.get(full_name="Ada Okafor")


def test_who_signs_up_is_written_to_in_the_browsers_language(client, link):
    ada = sign_up(client, link, HTTP_ACCEPT_LANGUAGE="fr, es-MX;q=0.8, en;q=0.5")
    assert ada.language == "es"
    deliver_due()
    assert any("Confirme su correo" in one.subject for one in InboxLetter.objects.all())


def test_else_in_the_language_of_the_invitation(client, invitation, link):
    Invitation.objects.filter(pk=invitation.pk).update(language="ar")
    assert sign_up(client, link, HTTP_ACCEPT_LANGUAGE="fr").language == "ar"


def test_ada_chooses_the_language_of_her_letters(client, chika):
    client.force_login(chika)
    client.post("/account/", {"full_name": "Chika Obi", "certificate_name": "", "language": "de"})
    assert Account.objects.get(pk=chika.pk).language == "de"
    answer = client.post("/account/", {"full_name": "Chika Obi", "language": "xx"})
    assert (answer.status_code, Account.objects.get(pk=chika.pk).language) == (200, "de")


def test_a_letter_in_a_language_nobody_wrote_is_english_and_says_so(program, bruno):
    invite_person(
        program=program, address="ada@nordlicht.example", invited_by=bruno, terms=Terms(language="fr")
    )
    deliver_due()
    letter = InboxLetter.objects.get()
    assert '<html lang="en"' in letter.html
    assert "The invitation is open until" in letter.text


def test_bad_input_is_told_in_the_language_of_the_page(client, db):
    for language, said in {"de": "Dieses Feld ist zwingend erforderlich", "ar": "هذا الحقل مطلوب"}.items():
        page = client.post("/account/log-in/", {"email": ""}, HTTP_ACCEPT_LANGUAGE=language).content.decode()
        assert f'<html lang="{language}"' in page
        assert said in page


def test_an_unconfirmed_address_gets_its_code_in_the_accounts_language(dana):
    email = EmailAddress.objects.create(account=dana, address="dana@home.example")
    ask_to_confirm(email=email)
    deliver_due()
    assert InboxLetter.objects.get().subject.startswith("Bestätigen Sie Ihre E-Mail-Adresse: ")
