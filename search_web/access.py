"""Who may read: everybody, or whoever knows the token of `BANGFU_TOKEN`.

A browser asks for it as a password (HTTP Basic, any name); a program sends `Authorization: Bearer TOKEN`.
Behind a proxy that checks users itself no token is needed: bind to 127.0.0.1 and let the proxy forward.
"""

from __future__ import annotations

import hmac
import os

from flask import Flask, Response, request

from search_web.api.endpoints import failure
from search_web.language.i18n import gettext

VARIABLE = "BANGFU_TOKEN"
# Said to watchdogs without a token: that the process lives tells nothing about the archive.
OPEN = frozenset({"api.healthz", "static"})
_ASK = 'Basic realm="Bangfu", charset="UTF-8"'


def guard(app: Flask, token: str | None = None) -> None:
    """Let only requests with the token pass; all of them where there is none."""
    wanted = (token if token is not None else os.environ.get(VARIABLE, "")).encode()
    if not wanted:
        return

    @app.before_request
    def check() -> Response | None:
        if request.endpoint in OPEN or hmac.compare_digest(_given(), wanted):
            return None
        if request.path.startswith("/api/"):
            refused = failure("unauthorized", "Send the access token: Authorization: Bearer TOKEN.", 401)
        else:
            refused = Response(gettext("请输入访问口令。") + "\n", 401,
                               content_type="text/plain; charset=utf-8")
        refused.headers["WWW-Authenticate"] = _ASK
        return refused


def _given() -> bytes:
    given = request.authorization
    if given is None:
        return b""
    return ((given.token if given.type == "bearer" else given.password) or "").encode()
