"""The sections of somebody's data: each names its columns, once, for the file, its schema and its tables."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cached_property
from pathlib import Path
from typing import Any

from django.db.models import Q, QuerySet

from matricula.accounts.combined_accounts import accounts_of_person
from matricula.accounts.models import Account, EmailAddress
from matricula.organizations.models import Affiliation

Kind = dict[str, Any]
"""A type as JSON Schema writes it (draft 2020-12)."""
Row = dict[str, Any]
TEXT: Kind = {"type": "string"}
NUMBER: Kind = {"type": "integer"}
YES_OR_NO: Kind = {"type": "boolean"}
DAY: Kind = {"type": "string", "format": "date"}
MOMENT: Kind = {"type": "string", "format": "date-time"}
TEXTS: Kind = {"type": "array", "items": TEXT}
AT_ONCE = 500
FILLED = ""
"""The path of a column that `fill` writes."""


def or_none(kind: Kind) -> Kind:
    return {"anyOf": [kind, {"type": "null"}]}


class Whose:
    """Whose data it is: an account with all that were combined into it, and the mailboxes that are theirs."""

    def __init__(self, account: Account) -> None:
        self.account = account
        self.accounts = sorted(accounts_of_person(account))

    @cached_property
    def mailboxes(self) -> list[EmailAddress]:
        return list(EmailAddress.objects.lasting().filter(account__in=self.accounts).order_by("pk"))

    def reached(self, mailbox: str, since: str) -> Q:
        """Rows that name a mailbox of theirs, since they proved it: who read it before is somebody else.

        `mailbox` names the column with the canonical spelling, `since` the one that says when.
        """
        found = Q(pk__in=[])
        for one in self.mailboxes:
            found |= Q(**{mailbox: one.canonical, f"{since}__gte": one.confirmed_at})
        return found

    @cached_property
    def work_addresses(self) -> list[str]:
        ties = Affiliation.objects.filter(account__in=self.accounts).exclude(canonical="")
        return sorted(set(ties.values_list("canonical", flat=True)))


@dataclass(frozen=True)
class Section:
    """One list of the file: `rows` finds, a batch at a time in the order of their keys, `columns` say what is
    told of each and where it stands, and `fill` adds what no column of a table says."""

    name: str
    about: str
    columns: Mapping[str, tuple[str, Kind]]
    rows: Callable[[Whose], "QuerySet[Any]"]
    of: Sequence[str] = ()
    """Keys to accounts by which the rows are theirs, as table.column."""
    fill: Callable[[Whose, Sequence[Any], list[Row]], None] | None = None
    put_beside: Callable[[Whose, Sequence[Any], Path], None] | None = None
    """Writes files of a batch into a folder of this section's name."""
    is_table: bool = False
    """Whether there is a CSV of it, too."""
    at_once: int = AT_ONCE

    def batch(self, whose: Whose, after: str) -> tuple[list[Any], list[Row]]:
        """The next rows after the key `after`: their keys, and what is told of them."""
        rows = self.rows(whose).order_by("pk")
        rows = rows.filter(pk__gt=after) if after else rows
        paths = {name: path for name, (path, _kind) in self.columns.items() if path}
        found = list(rows.values_list("pk", *paths.values())[: self.at_once])
        keys = [one[0] for one in found]
        told = [dict.fromkeys(self.columns) | dict(zip(paths, one[1:], strict=True)) for one in found]
        if self.fill and told:
            self.fill(whose, keys, told)
        return keys, [{name: json_value(value) for name, value in one.items()} for one in told]


def json_value(value: Any) -> Any:
    """Moments in UTC (RFC 3339)."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    return value.isoformat() if isinstance(value, date) else value
