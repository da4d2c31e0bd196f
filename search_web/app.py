"""Makes the web application: the service, the blueprints, the error pages and the security headers."""

from __future__ import annotations

from hashlib import sha256
from itertools import pairwise
from pathlib import Path

from flask import Flask, Response, render_template, request, url_for
from werkzeug.exceptions import HTTPException

from indexer.errors import BangfuError, IndexDamaged, IndexNotFound, UsageError
from search_web import messages
from search_web.api import api, failure
from search_web.pages import pages
from search_web.parameters import State
from search_web.service import MAX_OFFSET, SearchService

_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self' data:; "
                               "form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
_YEAR_IN_SECONDS = 365 * 24 * 3600
_LANGUAGES = {"hans": "zh-Hans", "hant": "zh-Hant"}


def create_app(index: Path) -> Flask:
    """The application over the index at `index`, which is opened when first asked, read only."""
    app = Flask(__name__)
    app.extensions["bangfu"] = SearchService(index)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.register_blueprint(pages)
    app.register_blueprint(api)
    _add_filters(app)
    _add_errors(app)
    _add_headers(app, _digest(Path(app.static_folder or "")))
    return app


def _add_filters(app: Flask) -> None:
    for function in (messages.note, messages.rule, messages.fixer, messages.role, chinese_date,
                     year_spans, language):
        app.template_filter(function.__name__)(function)
    app.template_filter("thousands")(lambda number: f"{number:,}")
    app.jinja_env.globals["MAX_OFFSET"] = MAX_OFFSET


def chinese_date(iso: str) -> str:
    """A date of any precision.

    >>> chinese_date("2012-03-06"), chinese_date("2012-03"), chinese_date("2012")
    ('2012年3月6日', '2012年3月', '2012年')
    """
    return "".join(f"{int(part)}{unit}" for part, unit in zip(iso.split("-"), "年月日", strict=False))


def year_spans(years: list[int]) -> str:
    """Years, neighbours joined.

    >>> year_spans([2012, 2013, 2014, 2016])
    '2012–2014、2016'
    """
    if not years:
        return ""
    cuts = [at for at, (a, b) in enumerate(pairwise(years), 1) if b != a + 1]
    runs = [years[a:b] for a, b in pairwise([0, *cuts, len(years)])]
    return "、".join(str(run[0]) if len(run) == 1 else f"{run[0]}–{run[-1]}" for run in runs)


def language(script: str) -> str:
    """The `lang` of a text in a script.

    >>> language("hant"), language("mixed")
    ('zh-Hant', 'zh')
    """
    return _LANGUAGES.get(script, "zh")


# -- errors

def _add_errors(app: Flask) -> None:
    app.register_error_handler(UsageError, _bad_question)
    app.register_error_handler(IndexNotFound, _no_index)
    app.register_error_handler(IndexDamaged, _no_index)
    app.register_error_handler(HTTPException, _http_error)

    @app.errorhandler(Exception)
    def unforeseen(error: Exception) -> Response:
        app.logger.error("%s %s failed", request.method, request.path, exc_info=error)
        if _is_api():
            return failure("internal", "The server failed on this request; the failure was logged.", 500)
        return _page(500, *messages.status(500))


def _is_api() -> bool:
    return request.path.startswith("/api/")


def _page(status: int, heading: str, sentence: str) -> Response:
    """An error page; the search box is still there, with what was typed."""
    state = State(query=request.args.get("q", "")[:1000])
    return Response(render_template("error.html", state=state, heading=heading, sentence=sentence), status)


def _bad_question(error: Exception) -> Response:
    assert isinstance(error, UsageError)
    if _is_api():
        return failure(error.code or "bad-request", str(error), 400)
    return _page(400, "请换一种问法", messages.usage(error))


def _no_index(error: Exception) -> Response:
    assert isinstance(error, BangfuError)
    if _is_api():
        return failure(*messages.index_trouble_in_english(error), 503)
    return _page(503, *messages.index_trouble(error))


def _http_error(error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    if error.response is not None or (error.code or 500) < 400:
        response = error.get_response()  # a redirect is no error
        assert isinstance(response, Response)
        return response
    code = error.code or 500
    if _is_api():
        return failure(error.name.lower().replace(" ", "-"), error.description or error.name, code)
    response = _page(code, *messages.status(code))
    if code == 405:
        response.headers.extend(error.get_headers())
        response.headers.set("Content-Type", "text/html; charset=utf-8")
    return response


# -- headers

def _digest(folder: Path) -> str:
    """Names the present contents of the static files."""
    digest = sha256()
    for path in sorted(folder.iterdir()):
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:12]


def _add_headers(app: Flask, digest: str) -> None:
    @app.template_global()
    def asset(name: str) -> str:
        return url_for("static", filename=name, v=digest)

    @app.after_request
    def finish(response: Response) -> Response:
        for name, value in _HEADERS.items():
            response.headers[name] = value
        if request.endpoint == "static" and request.args.get("v") == digest and response.status_code < 400:
            response.headers["Cache-Control"] = f"public, max-age={_YEAR_IN_SECONDS}, immutable"
        else:
            response.headers["Cache-Control"] = "no-cache"
        return response
