"""Django's sessions in the database (SESSION_ENGINE). Each request reads one: that query is prepared."""

from __future__ import annotations

from typing import Any

from django.contrib.sessions.backends import db
from django.contrib.sessions.models import Session
from django.db.models import CharField, DateTimeField
from django.utils import timezone

from gym.prepared import Prepared

SESSION = Prepared[Session](
    lambda key, at: Session.objects.filter(session_key=key, expire_date__gt=at),
    key=CharField(),
    at=DateTimeField(),
)


class SessionStore(db.SessionStore):
    """A browser's session."""

    def _get_session_from_db(self) -> Any:
        """The stored session; without one, and with one that is over, the next write makes a new key."""
        found = SESSION.first(key=self.session_key, at=timezone.now())
        if found is None:
            self._session_key = None
        return found
