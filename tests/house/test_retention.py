"""Every table either passes, by a rule that says when, or is known to last; of a new one somebody decides."""

from django.apps import apps

from matricula.jobs.retention import known_rules

LASTING = {
    "accounts.account": "the person",
    "accounts.emailaddress": "go with the account, or when taken off",
    "accounts.factorremoval": "goes when it is stopped or carried out",
    "accounts.recoverycode": "go with the account, and when new ones are made",
    "accounts.secondfactor": "go with the account, or when taken off",
    "audit.entry": "who did what",
    "audit.checkpoint": "what the audit log is proven by",
    "audit.forgetting": "what went from the audit log, so that it can be proven still",
    "catalog.course": "learned from",
    "catalog.coursefile": "of a course",
    "catalog.lesson": "of a course; what was done in it hangs on it",
    "catalog.module": "of a course",
    "catalog.specialization": "learned from",
    "catalog.specializationcourse": "of a Specialization",
    "credentials.certificate": "for life",
    "identities.connection": "of an organization",
    "identities.connectionkey": "what its answers were signed with",
    "identities.identity": "whom a company's sign-in meant",
    "invitations.importedfile": "who handed in what; its lines and its file pass",
    "invitations.invitation": "who was invited",
    "invitations.searchline": "of an invitation",
    "joining.directlink": "who made it, and how often it was used",
    "leaving.helddeparture": "who was held until when, and who asked for it",
    "leaving.endnotice": "one row an end; who was written to",
    "leaving.leaversfile": "who handed in which list of leavers; its lines and its file pass",
    "leaving.combining": "what two accounts were made of",
    "leaving.combiningline": "of a combining; emptied when it is final",
    "credentials.withdrawncertificate": "that there was one at this address",
    "leaving.deletion": "who deleted their account, and when",
    "leaving.deletionline": "of a deletion; emptied when nothing can be taken back",
    "leaving.releasedaddress": "goes when the deletion is taken back, or its days are over",
    "leaving.entryrequest": "what a company was asked about its two entries, and said",
    "leaving.entrypair": "of two entries: what was said of them",
    "learning.enrolment": "the person's learning",
    "learning.lessonnote": "the person's own words",
    "learning.progress": "the person's learning",
    "learning.specializationenrolment": "the person's learning",
    "mail.inboxletter": "goes with its letter",
    "mail.mailbox": "one row a mailbox",
    "mail.sending": "one row",
    "organizations.affiliation": "who belonged where",
    "organizations.domain": "of an organization",
    "organizations.logo": "letters and certificates show it still",
    "organizations.organization": "the company",
    "organizations.retentionrule": "how long the company keeps things",
    "organizations.role": "who administers",
    "programs.count": "one row a number",
    "programs.countchange": "folded into the numbers every ten seconds",
    "programs.group": "of a program",
    "programs.membership": "who was in what",
    "programs.program": "of an organization",
}
"""And why nothing of it goes by itself."""


def ours():
    return {one._meta.label_lower for one in apps.get_models() if one.__module__.startswith("matricula.")}


def test_every_table_of_passing_things_has_a_rule_and_no_other_has():
    passing = {model._meta.label_lower for rule in known_rules() for model in rule.models}
    assert passing & set(LASTING) == set()
    assert ours() - passing == set(LASTING), (
        "say in its room's jobs.py how long it is kept, or here that it stays"
    )
