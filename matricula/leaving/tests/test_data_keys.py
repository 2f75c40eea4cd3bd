"""Every table that names a person is in the file of their data, or somebody said why it is not."""

from django.apps import apps

from matricula.leaving.data.contents import all_sections
from matricula.leaving.tests.test_keys import keys_to_accounts, numbers_that_look_like_accounts

LEFT_OUT = {
    "bulk_bulkact.asked_by_id": "it names others; done_by_you says it was asked for",
    "catalog_courseupload.uploaded_by_id": "the company's upload; done_by_you says it was taken in",
    "identities_flow.account_id": "a way to a company's sign-in and back, which passes within minutes",
    "identities_ownerrecoverycode.account_id": "they open the company, not the account",
    "invitations_importedfile.confirmed_by_id": "it names others; done_by_you says it was done",
    "invitations_importedfile.handed_in_by_id": "it names others; done_by_you says it was done",
    "invitations_invitation.invited_by_id": "who was invited is somebody else; done_by_you says it was done",
    "invitations_round.asked_by_id": "letters to others; done_by_you says it was done",
    "joining_request.answered_by_id": "who asked is somebody else; done_by_you says it was answered",
    "leaving_deletion.account_id": "whose account is deleted asks for no file; done_by_you says it was",
    "leaving_entryrequest.answered_by_id": "it was about somebody else; done_by_you says it was done",
    "leaving_entryrequest.asked_by_id": "a company's answer about its own entries; the letters are listed",
    "leaving_helddeparture.asked_by_id": "who was removed is somebody else; done_by_you says it was asked",
    "leaving_leaversfile.confirmed_by_id": "it names others; done_by_you says it was done",
    "leaving_leaversfile.handed_in_by_id": "it names others; done_by_you says it was done",
    "organizations_logoupload.uploaded_by_id": "the company's picture; done_by_you says it was changed",
    "reporting_listreading.reader_id": "of whom the list was is about others",
    "reporting_reading.reader_id": "whose page it was is about somebody else",
    "roles_appointment.offered_by_id": "to whom is somebody else; done_by_you says it was done",
}
"""And why."""
MAILBOXES = {
    "accounts_emailaddress.address": "addresses",
    "identities_identity.email": "company_sign_ins",
    "invitations_importedline.address": "lines of a company's file; whom it invited has an invitation",
    "invitations_invitation.address": "invitations",
    "joining_arrival.asserted_email": "arrivals",
    "joining_arrival.work_email": "arrivals",
    "joining_request.address": "requests",
    "joining_requestbyaddress.address": "goes with the answer, within minutes",
    "mail_inboxletter.to": "only where a site is tried out",
    "mail_letter.to": "letters",
    "organizations_affiliation.work_email": "affiliations",
    "roles_appointment.address": "offered_roles",
    "sso_judgedanswer.email": "tests_of_company_sign_in",
}
"""Where tables name a mailbox: the section that tells of it, or why none does."""


def test_every_key_to_an_account_is_in_a_section_or_said_to_be_left_out():
    told = {key for one in all_sections() for key in one.of}
    assert told & LEFT_OUT.keys() == set()
    assert told | LEFT_OUT.keys() == keys_to_accounts() | numbers_that_look_like_accounts(), (
        "bring it as a section of leaving/data, or say here why it is no data of the person"
    )


def test_every_mailbox_that_is_named_is_told_of_or_said_to_be_left_out():
    named = {
        f"{model._meta.db_table}.{field.column}"
        for model in apps.get_models()
        if model.__module__.startswith("matricula.")
        for field in model._meta.local_concrete_fields
        if field.column in ("address", "to", "email", "work_email", "asserted_email")
    }
    assert named == MAILBOXES.keys()


def test_sections_have_names_of_their_own_and_columns_that_there_are(db):
    from conftest import person
    from matricula.leaving.data.sections import Whose

    sections = list(all_sections())
    assert len({one.name for one in sections}) == len(sections) > 25
    whose = Whose(person("Ada Okafor", "ada@home.example"))
    for one in sections:
        one.batch(whose, "")
        one.batch(whose, "1")
