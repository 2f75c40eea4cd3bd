"""Sessions in the database under the digest of their key, so that a leaked backup signs nobody in."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.contrib.sessions.backends.base import CreateError, UpdateError
from django.contrib.sessions.backends.db import SessionStore as DatabaseSessions
from django.utils import timezone
from django.utils.crypto import get_random_string

from matricula.db.queries import insert_once
from matricula.security.secrets import digests

KEY_LENGTH = 32
SEEN_EVERY = timedelta(minutes=5)
KEPT_SECONDS = 86_400
"""That the browser shows the cookie of a session after its end."""
CHANGING = ("session_data", "expire_date", "account_id", "network", "browser")


def stored_keys(key: str) -> list[str]:
    """The digests a session of this key may be kept under, the newest first."""
    return [one[:40] for one in digests("session", key)]


class SessionStore(DatabaseSessions):
    row: Any = None
    """What the database held when the session was read; None until then."""
    left = ""
    """The digest of the key before this one, whose row goes on under the new key."""

    @classmethod
    def get_model_class(cls) -> Any:
        from matricula.accounts.models import Session

        return Session

    row_key = ""
    """The key that `row` was found by: it may be stored under the digest of an earlier key of the site."""

    def stored_key(self) -> str:
        """Under what the present session is kept, or would be."""
        if self.row is not None and self.row_key == self.session_key:
            return str(self.row.session_key)
        return stored_keys(self.session_key or "")[0]

    def _get_session_from_db(self) -> Any:
        try:
            known = stored_keys(self.session_key or "")
            self.row = self.model.objects.get(session_key__in=known, expire_date__gt=timezone.now())
            self.row_key = self.session_key or ""
            return self.row
        except self.model.DoesNotExist:
            self._session_key = None
            return None

    def get_expiry_age(self, **given: Any) -> int:
        """Seconds that the browser keeps the cookie: past the end of the row, so that a form which meets the
        ended session is known as its owner's (`kept_forms.py`). The cookie opens nothing by then."""
        return int(super().get_expiry_age(**given)) + KEPT_SECONDS

    def note_seen(self, network: str) -> None:
        """A signed-in browser was here, from `network`: one small UPDATE, at most every five minutes."""
        now = timezone.now()
        if self.row and self.row.account_id and self.row.seen_at <= now - SEEN_EVERY:
            kept = type(self.row).objects.filter(pk=self.row.pk, seen_at__lte=now - SEEN_EVERY)
            kept.update(seen_at=now, seen_from=network[:60])

    def _get_new_session_key(self) -> str:
        """190 random bits: no need to ask the database whether they were there before."""
        return get_random_string(KEY_LENGTH)

    def exists(self, session_key: str) -> bool:
        return bool(self.model.objects.filter(session_key__in=stored_keys(session_key)).exists())

    def save(self, must_create: bool = False) -> None:
        """One statement. Raises UpdateError when the session was ended meanwhile: it stays ended.

        One that nobody was signed in to begins anew then, if it was to have a new key.
        """
        if self.session_key is None:
            self.create()
            return
        row = self.create_model_instance(self._get_session(no_load=must_create))  # type: ignore[attr-defined]
        if must_create:
            self._insert(row)
            return
        if not self._update(row.pk, row):
            raise UpdateError

    def _insert(self, row: Any) -> None:
        left, self.left = self.left, ""
        if left and self._update(left, row, [one.attname for one in row._meta.concrete_fields]):
            return
        if left and self.row and self.row.account_id:
            raise UpdateError
        if not insert_once(row):
            raise CreateError

    def _update(self, key: str, row: Any, names: Iterable[str] = CHANGING) -> int:
        return int(self.model.objects.filter(pk=key).update(**{name: getattr(row, name) for name in names}))

    def cycle_key(self) -> None:
        """The same session under a new key, which is stored with the answer and not before."""
        self._get_session()  # type: ignore[attr-defined]
        self.left = self.left or (self.stored_key() if self.session_key else "")
        self._session_key, self.modified = None, True

    def begin_anew(self) -> None:
        """Another session in this browser: nothing of the old one stays but its row, under a new key."""
        self.cycle_key()
        self.clear()
        self.row = None

    def create_model_instance(self, data: dict[str, Any]) -> Any:
        row: Any = super().create_model_instance(data)
        self._get_or_create_session_key()  # type: ignore[attr-defined]
        row.session_key = self.stored_key()
        account = data.get("_auth_user_id")
        row.account_id = int(account) if account else None
        row.network, row.browser = data.get("network", "")[:60], data.get("browser", "")[:200]
        row.started_at = (
            datetime.fromisoformat(data["started_at"]) if "started_at" in data else timezone.now()
        )
        return row

    def delete(self, session_key: str | None = None) -> None:
        key = session_key or self.session_key
        ended = {*(stored_keys(key) if key else ()), self.left} - {""}
        if ended:
            rows = self.model.objects.filter(session_key__in=ended)
            rows._raw_delete(rows.db)
