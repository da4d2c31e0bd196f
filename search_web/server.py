"""Runs the application under gunicorn: one loading of the dictionaries, several processes that answer."""

from __future__ import annotations

import socket
import sys
import threading
from contextlib import closing, suppress
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

import gunicorn.http.message
from flask import Flask
from gunicorn.app.base import BaseApplication
from gunicorn.arbiter import Arbiter
from gunicorn.glogging import Logger

from indexer.errors import BangfuError, UsageError
from indexer.store import open_engine
from indexer.text.script import to_simplified
from indexer.text.tokenise import segmenter
from search_web.app import create_app
from search_web.current import service_of
from search_web.service import Question

# Threads of a process: while one waits for a slow reader, the others answer.
THREADS = 4
# A query of the length that is allowed takes nine bytes a character in a URL, and one that is much
# too long shall get our sentence and not a bare error of the server.
MAX_REQUEST_LINE = 256 * 1024


def serve(index: Path, host: str = "127.0.0.1", port: int = 8000, workers: int = 2) -> None:
    """Serve the index until stopped by a signal. Port 0 takes a free one, which is told.

    Raises UsageError when the address cannot be listened on.
    """
    _check_address(host, port)
    # gunicorn takes no setting above this constant but "unlimited".
    gunicorn.http.message.MAX_REQUEST_LINE = MAX_REQUEST_LINE
    _Server(index, host, port, workers).run()


def _check_address(host: str, port: int) -> None:
    """gunicorn would try five times, then leave with a log line."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with closing(socket.socket(family, kind, protocol)) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        raise UsageError(f"Cannot listen on {_url(host, port)} ({error.strerror or error}). "
                         "Choose another address with --host or --port.", "bad-address") from error


def _url(host: str, port: int) -> str:
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


class _Server(BaseApplication):  # type: ignore[misc]
    """gunicorn set up from here instead of from files and the command line."""

    def __init__(self, index: Path, host: str, port: int, workers: int) -> None:
        self._index = index
        bind = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
        self._settings = {
            "bind": bind, "workers": workers, "worker_class": "gthread", "threads": THREADS,
            "preload_app": True, "limit_request_line": MAX_REQUEST_LINE, "loglevel": "warning",
            "accesslog": "-", "access_log_format": "%(t)s %(m)s %(U)s %(s)s %(B)s bytes %(M)s ms",
            "logger_class": QuietLogger, "control_socket_disable": True,
            "when_ready": self._say_where, "post_worker_init": _warm_up,
        }
        super().__init__()

    def load_config(self) -> None:
        """Called by gunicorn."""
        for name, value in self._settings.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        """Called by gunicorn, once, before the workers are forked off: they share what is loaded.

        The index is not opened here: open files must not be shared by processes.
        """
        segmenter()
        to_simplified("國")
        return create_app(self._index)

    def _say_where(self, arbiter: Arbiter) -> None:
        for listener in arbiter.LISTENERS:
            host, port = listener.sock.getsockname()[:2]
            print(f"帮扶文库 Bangfu: {_url(host, port)} (stop with Ctrl-C)", flush=True)
        try:
            open_engine(self._index).commit()
        except BangfuError as error:
            print(f"bangfu: {error} The server waits for it.", file=sys.stderr, flush=True)


class QuietLogger(Logger):  # type: ignore[misc]
    """Paths without queries, safely on one line each."""

    def atoms(self, resp: Any, req: Any, environ: dict[str, Any], request_time: timedelta) -> dict[str, Any]:
        """The values that an access log line may name."""
        atoms: dict[str, Any] = super().atoms(resp, req, environ, request_time)
        atoms["U"] = quote(environ.get("PATH_INFO", ""), safe="/", encoding="latin-1")
        return atoms


def _warm_up(worker: Any) -> None:
    """Read facets, places and suggestions before the first visitor waits for them, while others are
    answered already."""
    service = service_of(worker.wsgi)

    def ask() -> None:
        with suppress(BangfuError):
            service.search(Question(limit=1))
            service.suggest("驻")
            # Finds nothing: reads what is needed to say what may have been meant.
            service.commit().suggester.warm()
            service.search(Question("帮抚拖贫", limit=1))

    threading.Thread(target=ask, daemon=True).start()
