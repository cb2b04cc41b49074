"""Is it you? Whoever has neither password nor second step types a code that is mailed to their present address."""

from __future__ import annotations

import time
from typing import Any

from allauth.account import app_settings
from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.code_verification import AbstractCodeVerificationProcess
from allauth.account.internal.flows.login import get_authentication_records, record_authentication
from django.http import HttpRequest

from gym.identifiers import uuid7
from gym.models import User
from gym.post import post
from gym.post.accounts import CODE_LASTS

IN_SESSION = "gym.mailed_code"


def was_typed_lately(request: HttpRequest) -> bool:
    """Whether a mailed code was typed in this session a short while ago: here, or to sign in."""
    since = time.time() - app_settings.REAUTHENTICATION_TIMEOUT
    records = get_authentication_records(request, request.user)
    return any(each.get("method") == "code" and each.get("at", 0) > since for each in records)


class MailedCode(AbstractCodeVerificationProcess):
    """The code that is waited for in this session, if one is."""

    def __init__(self, request: HttpRequest, user: User) -> None:
        self.request, self.owner = request, user
        state: dict[str, Any] = request.session.get(IN_SESSION, {})
        super().__init__(app_settings.LOGIN_BY_CODE_MAX_ATTEMPTS, CODE_LASTS.seconds, state, user)

    @property
    def is_waited_for(self) -> bool:
        """Whether one was mailed to their present address and may still be typed: it is not old nor was guessed at."""
        return bool(self.code) and self.state["email"] == self.address and self.is_valid()

    @property
    def address(self) -> str:
        """Where it goes: the address that they sign in with."""
        return self.owner.email

    def send(self) -> None:
        """Mail a new code; an earlier one is of no use from now on."""
        self.state = self.initial_state(self.user, email=self.address)
        self.state["code"] = get_adapter().generate_login_code()
        self.persist()
        post("is_it_you", to=self.address, key=f"is_it_you:{uuid7()}", about={"code": self.code}, useful_for=CODE_LASTS)

    def persist(self) -> None:
        """Keep it with the session: in another browser it opens nothing."""
        self.request.session[IN_SESSION] = self.state

    def abort(self) -> None:
        """Take none any more."""
        self.state = {}
        self.request.session.pop(IN_SESSION, None)

    def finish(self) -> None:
        """It was typed right: that is remembered for a while, and it is good once."""
        self.abort()
        record_authentication(self.request, self.user, method="code", email=self.address, reauthenticated=True)
