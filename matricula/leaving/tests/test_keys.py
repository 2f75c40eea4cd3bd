"""Every key to an account has a rule for combining and one for deleting: a new one is decided about here."""

import pytest
from django.apps import apps

from matricula.accounts.models import Account, EmailAddress
from matricula.leaving.combining.address_lines import ADDRESS
from matricula.leaving.combining.dialect import dialect
from matricula.leaving.combining.ledger import ledgered_tables
from matricula.leaving.tests.one_life import OneLife, deleted, erase_all, let_a_week_pass

STAYS = {
    "accounts_account.combined_into_id": "whom an account was given up for, at any depth",
    "accounts_factorremoval.account_id": "one that waits is stopped",
    "accounts_recoverycode.account_id": "under seal with the account given up",
    "accounts_secondfactor.account_id": "under seal: factors never move",
    "audit_entry.actor_id": "the audit log is append-only",
    "bulk_bulkact.asked_by_id": "who did it stays who did it",
    "catalog_courseupload.uploaded_by_id": "who did it stays who did it",
    "identities_companysession.account_id": "ends",
    "identities_ownerrecoverycode.account_id": "under seal: they open to an owner only, and the role moves",
    "identities_flow.account_id": "who tests a connection; passes within minutes",
    "invitations_importedfile.confirmed_by_id": "who did it stays who did it",
    "invitations_importedfile.handed_in_by_id": "who did it stays who did it",
    "invitations_invitation.invited_by_id": "who did it stays who did it",
    "invitations_round.asked_by_id": "who did it stays who did it",
    "joining_request.answered_by_id": "who did it stays who did it",
    "leaving_dataexport.account_id": "ends, with its file",
    "leaving_deletion.account_id": "whoever deletes an account deletes that one",
    "leaving_combining.given_up_id": "the ledger says who was given up",
    "leaving_combining.kept_id": "the ledger says who was kept",
    "leaving_helddeparture.asked_by_id": "who did it stays who did it",
    "leaving_entryrequest.answered_by_id": "who did it stays who did it",
    "leaving_entryrequest.asked_by_id": "who did it stays who did it",
    "leaving_leaversfile.confirmed_by_id": "who did it stays who did it",
    "leaving_leaversfile.handed_in_by_id": "who did it stays who did it",
    "organizations_logoupload.uploaded_by_id": "who did it stays who did it",
    "reporting_listreading.reader_id": "who did it stays who did it",
    "reporting_reading.person_id": "whose page it was: the account kept is told of it, too",
    "reporting_reading.reader_id": "who did it stays who did it",
    "roles_appointment.accepted_by_id": "who did it stays who did it",
    "sso_judgedanswer.account_id": "who tested a connection; passes",
}
"""And why."""
ENDS, GOES, STONE = "ends at once", "goes when nothing can be taken back", "names the row that stays"
WHEN_DELETED = {
    "accounts_account.combined_into_id": STONE,
    "accounts_emailaddress.account_id": ENDS,
    "accounts_factorremoval.account_id": ENDS,
    "accounts_recoverycode.account_id": GOES,
    "accounts_secondfactor.account_id": GOES,
    "api_token.made_by_id": STONE,
    "audit_entry.actor_id": STONE,
    "bulk_bulkact.asked_by_id": STONE,
    "catalog_courseupload.uploaded_by_id": STONE,
    "credentials_certificate.account_id": GOES,
    "identities_companysession.account_id": GOES,
    "identities_flow.account_id": "passes within minutes",
    "identities_identity.account_id": "ends at once; goes, but for one that the company ended",
    "identities_ownerrecoverycode.account_id": ENDS,
    "invitations_importedfile.confirmed_by_id": STONE,
    "invitations_importedfile.handed_in_by_id": STONE,
    "invitations_invitation.accepted_by_id": "the company's; names the row that stays",
    "invitations_invitation.invited_by_id": STONE,
    "invitations_round.asked_by_id": STONE,
    "joining_arrival.account_id": GOES,
    "joining_request.answered_by_id": STONE,
    "learning_enrolment.account_id": GOES,
    "learning_specializationenrolment.account_id": GOES,
    "leaving_combining.given_up_id": "empty lines say that there was one",
    "leaving_combining.kept_id": "empty lines say that there was one",
    "leaving_dataexport.account_id": "ends at once, with its file",
    "leaving_deletion.account_id": "empty lines say that there was one",
    "leaving_entryrequest.answered_by_id": STONE,
    "leaving_entryrequest.asked_by_id": STONE,
    "leaving_helddeparture.asked_by_id": STONE,
    "leaving_leaversfile.confirmed_by_id": STONE,
    "leaving_leaversfile.handed_in_by_id": STONE,
    "organizations_affiliation.account_id": "ends at once; the company keeps it as long as it keeps any",
    "organizations_logoupload.uploaded_by_id": STONE,
    "organizations_role.account_id": ENDS,
    "programs_group_managers.account_id": ENDS,
    "programs_membership.account_id": "ends at once; that somebody was there the company keeps",
    "reporting_listreading.reader_id": STONE,
    "reporting_reading.person_id": "passes after 400 days",
    "reporting_reading.reader_id": STONE,
    "roles_appointment.accepted_by_id": STONE,
    "roles_appointment.offered_by_id": "what waits ends at once; names the row that stays",
    "sso_judgedanswer.account_id": "passes",
}
"""The second column: what becomes of each when the account is deleted."""
SOFT = {"accounts_session.account_id": "ends"}
"""No key, and yet an account."""


def keys_to_accounts() -> set[str]:
    return {
        f"{model._meta.db_table}.{field.column}"
        for model in apps.get_models(include_auto_created=True)
        for field in model._meta.local_concrete_fields
        if field.remote_field and field.remote_field.model is Account
    }


def numbers_that_look_like_accounts() -> set[str]:
    return {
        f"{model._meta.db_table}.{field.column}"
        for model in apps.get_models(include_auto_created=True)
        if model.__module__.startswith("matricula.")
        for field in model._meta.local_concrete_fields
        if "account" in field.column and not field.remote_field
    }


def test_every_key_to_an_account_has_a_rule():
    moving = {f"{one.table}.{one.owner}" for one in ledgered_tables(dialect()) if one.owner in one.columns}
    assert moving & STAYS.keys() == set()
    assert keys_to_accounts() == moving | STAYS.keys()


def test_every_key_to_an_account_has_a_rule_for_deleting_it():
    assert keys_to_accounts() == WHEN_DELETED.keys()


def rows_of(account: Account, rule: str) -> dict[str, int]:
    """By key that has this rule: how many rows name the account."""
    found = {}
    for model in apps.get_models(include_auto_created=True):
        for field in model._meta.local_concrete_fields:
            key = f"{model._meta.db_table}.{field.column}"
            if WHEN_DELETED.get(key) == rule:
                found[key] = model._default_manager.filter(**{field.attname: account.pk}).count()
    return {key: count for key, count in found.items() if count}


@pytest.mark.django_db
def test_what_ends_ends_and_what_goes_goes():
    life = OneLife()
    assert len(rows_of(life.ada, ENDS)) >= 3
    deletion = deleted(life.ada)
    assert rows_of(life.ada, ENDS) == {}
    assert len(rows_of(life.ada, GOES)) >= 4
    let_a_week_pass(deletion)
    erase_all()
    assert rows_of(life.ada, GOES) == {}


def test_what_names_an_account_without_a_key_has_a_rule():
    assert numbers_that_look_like_accounts() == SOFT.keys()


def test_an_address_that_is_removed_is_kept_whole():
    columns = {one.column for one in EmailAddress._meta.local_concrete_fields}
    assert set(ADDRESS) == columns - {"id"}
