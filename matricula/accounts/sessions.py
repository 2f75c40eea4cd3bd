"""Sessions in the database under the digest of their key, so that a leaked backup signs nobody in."""

from datetime import datetime
from typing import Any

from django.contrib.sessions.backends.db import SessionStore as DatabaseSessions
from django.utils import timezone

from matricula.web.secret import digest


class SessionStore(DatabaseSessions):
    @classmethod
    def get_model_class(cls) -> Any:
        from matricula.accounts.models import Session

        return Session

    def _stored(self, key: str | None = None) -> str:
        return digest("session", key or self.session_key or "")[:40]

    def _get_session_from_db(self) -> Any:
        try:
            return self.model.objects.get(session_key=self._stored(), expire_date__gt=timezone.now())
        except self.model.DoesNotExist:
            self._session_key = None
            return None

    def exists(self, session_key: str) -> bool:
        return bool(self.model.objects.filter(session_key=self._stored(session_key)).exists())

    def create_model_instance(self, data: dict[str, Any]) -> Any:
        row: Any = super().create_model_instance(data)
        row.session_key = self._stored(self._get_or_create_session_key())  # type: ignore[attr-defined]
        account = data.get("_auth_user_id")
        row.account_id = int(account) if account else None
        row.network, row.browser = data.get("network", ""), data.get("browser", "")[:200]
        row.started_at = (
            datetime.fromisoformat(data["started_at"]) if "started_at" in data else timezone.now()
        )
        return row

    def delete(self, session_key: str | None = None) -> None:
        key = session_key or self.session_key
        if key:
            self.model.objects.filter(session_key=self._stored(key)).delete()
