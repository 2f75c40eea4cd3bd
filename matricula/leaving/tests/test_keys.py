"""Every key to an account has a rule for combining: one that is new is decided about here."""

from django.apps import apps

from matricula.accounts.models import Account, EmailAddress
from matricula.leaving.combining.address_lines import ADDRESS
from matricula.leaving.combining.dialect import dialect
from matricula.leaving.combining.ledger import ledgered_tables

STAYS = {
    "accounts_account.combined_into_id": "whom an account was given up for, at any depth",
    "accounts_factorremoval.account_id": "one that waits is stopped",
    "accounts_recoverycode.account_id": "under seal with the account given up",
    "accounts_secondfactor.account_id": "under seal: factors never move",
    "audit_entry.actor_id": "the audit log is append-only",
    "catalog_courseupload.uploaded_by_id": "who did it stays who did it",
    "identities_companysession.account_id": "ends",
    "identities_ownerrecoverycode.account_id": "under seal: they open to an owner only, and the role moves",
    "identities_flow.account_id": "who tests a connection; passes within minutes",
    "invitations_importedfile.confirmed_by_id": "who did it stays who did it",
    "invitations_importedfile.handed_in_by_id": "who did it stays who did it",
    "invitations_invitation.invited_by_id": "who did it stays who did it",
    "invitations_round.asked_by_id": "who did it stays who did it",
    "joining_request.answered_by_id": "who did it stays who did it",
    "leaving_combining.given_up_id": "the ledger says who was given up",
    "leaving_combining.kept_id": "the ledger says who was kept",
    "leaving_helddeparture.asked_by_id": "who did it stays who did it",
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


def test_what_names_an_account_without_a_key_has_a_rule():
    assert numbers_that_look_like_accounts() == SOFT.keys()


def test_an_address_that_is_removed_is_kept_whole():
    columns = {one.column for one in EmailAddress._meta.local_concrete_fields}
    assert set(ADDRESS) == columns - {"id"}
