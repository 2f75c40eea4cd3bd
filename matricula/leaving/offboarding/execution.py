"""Carrying out a list of leavers: some people a step, asked about once more while their accounts are held."""

from collections import Counter, defaultdict

from django.db import transaction
from django.utils import timezone

from matricula.accounts.mailboxes import hold_account
from matricula.accounts.models import Account
from matricula.leaving.offboarding.holding import hold_departure
from matricula.leaving.offboarding.leavers import record_leavers
from matricula.leaving.offboarding.models import LeaversFile, LeaversLine
from matricula.leaving.rehearsal.judging import Verdict
from matricula.leaving.rehearsal.stranding import strandings_of
from matricula.organizations.models import Affiliation, Organization, Role
from matricula.programs.departure import tell_of_removal
from matricula.programs.memberships import close_membership
from matricula.programs.models import Membership

PEOPLE_AT_ONCE = 100
LEAVING = (Verdict.LEAVES, Verdict.STRANDED)
Outcome, State = LeaversLine.Outcome, LeaversFile.State


def let_some_leave(file: LeaversFile) -> bool:
    """The next people, whole or not at all; True while more are left. Undone where somebody stops it."""
    rows = file.kept_lines.filter(verdict__in=LEAVING, line__gt=file.run_to).order_by("line")
    lines = list(rows[:PEOPLE_AT_ONCE])
    with transaction.atomic():
        fates = let_leave(file, lines)
        for one in lines:
            one.outcome = fates[one.line]
        LeaversLine.objects.bulk_update(lines, ["outcome"])
        outcomes = Counter(file.outcomes) + Counter(str(one) for one in fates.values())
        news = {"outcomes": dict(outcomes), "done": file.done + len(lines)}
        if lines:
            news["run_to"] = lines[-1].line
        if len(lines) < PEOPLE_AT_ONCE:
            news |= {"state": State.DONE, "ended_at": timezone.now()}
        if not file.move(State.RUNNING, **news):
            transaction.set_rollback(True)
            return False
        if file.state == State.DONE:
            record_leavers("leavers.carried_out", file, file.confirmed_by)
    return len(lines) == PEOPLE_AT_ONCE


def let_leave(file: LeaversFile, lines: list[LeaversLine]) -> dict[int, LeaversLine.Outcome]:
    """By line. All accounts are held first, in their order; then it is asked what ties each."""
    organization = file.organization
    ties = Affiliation.objects.live().filter(pk__in=[one.tie for one in lines])
    for account in sorted(ties.values_list("account", flat=True)):
        hold_account(account)
    account_of = dict(ties.values_list("pk", "account"))
    accounts = set(account_of.values())
    active = Membership.objects.active().filter(organization=organization, account__in=accounts)
    members = set(active.values_list("account", flat=True))
    roles = Role.objects.filter(organization=organization, account__in=accounts)
    staying = set(roles.values_list("account", flat=True))
    going = members - staying
    held = set(strandings_of(organization, going)) if file.holds else set()
    for account in sorted(held):
        hold_departure(organization=organization, account=account, actor=file.confirmed_by, bulk=True)
    remove_all(organization, going - held, file.confirmed_by)
    fates = dict.fromkeys(staying, Outcome.STAYED)
    fates |= dict.fromkeys(going, Outcome.REMOVED) | dict.fromkeys(held, Outcome.HELD)
    return {one.line: fates.get(account_of.get(one.tie or 0, 0), Outcome.GONE) for one in lines}


def remove_all(organization: Organization, accounts: set[int], actor: Account | None) -> None:
    """Out of all programs there, program by program, as seats are freed everywhere; each is told once."""
    rows = Membership.objects.active().filter(organization=organization, account__in=accounts)
    told: dict[int, bool] = defaultdict(bool)
    last: dict[int, Membership] = {}
    for one in rows.select_related("program__organization", "account").order_by("program", "pk"):
        ending = close_membership(membership=one, actor=actor, state=Membership.State.REMOVED)
        told[one.account_id] |= ending.told
        last[one.account_id] = one
    for account, membership in last.items():
        if not told[account]:
            tell_of_removal(membership)
