"""Makes the web application: the service, the pages, the errors and the security headers."""

from __future__ import annotations

import gzip
from contextlib import ExitStack
from hashlib import sha256
from pathlib import Path

from flask import Flask, Response, g, render_template, request, url_for
from werkzeug.exceptions import HTTPException

from indexer.errors import BangfuError, IndexDamaged, IndexNotFound, TookTooLong, UsageError
from indexer.store.patience import within
from search_web.access import guard
from search_web.api.endpoints import api, failure
from search_web.api.machine import machine
from search_web.current import equip
from search_web.language import findings, i18n, messages
from search_web.metrics import count_requests
from search_web.pages import links, wording
from search_web.pages.about import about
from search_web.pages.parameters import State
from search_web.pages.results import pages
from search_web.pages.similar import alike
from search_web.pages.study import study
from search_web.service import MAX_OFFSET, SearchService

_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
                               "connect-src 'self'; form-action 'self'; base-uri 'none'; "
                               "frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
# Seconds that an answer may take, however often its page asks the index.
PATIENCE = 20.0
_YEAR_IN_SECONDS = 365 * 24 * 3600
# What speaks the reader's language.
_SPOKEN = {"text/html", "application/atom+xml", "application/opensearchdescription+xml"}
# What is worth packing, from how many bytes on, and how hard: a page of results in about a millisecond.
_PACKED = frozenset({"text/html", "text/css", "text/javascript", "application/json", "image/svg+xml",
                     "application/atom+xml", "text/csv"})
_WORTH_PACKING = 1000
_LEVEL = 5


def create_app(index: Path, token: str | None = None) -> Flask:
    """The application over the index at `index`, which is opened when first asked, read only.

    `token`: who does not send it reads nothing (see `access.py`); by default that of the environment.
    """
    app = Flask(__name__, template_folder="pages/templates", static_folder="pages/static")
    equip(app, SearchService(index, PATIENCE), index)
    count_requests(app)
    guard(app, token)
    _be_patient(app)
    for blueprint in (pages, study, alike, about, machine, api):
        app.register_blueprint(blueprint)
    _set_up_templates(app)
    _add_errors(app)
    _add_headers(app, _digest(Path(app.static_folder or "")))
    return app


def _be_patient(app: Flask) -> None:
    """One deadline for all that a request asks of the index.  What is streamed after its first bytes
    is read behind the request, and goes on."""

    @app.before_request
    def begin() -> None:
        g.patience = ExitStack()
        g.patience.enter_context(within(PATIENCE))

    @app.teardown_request
    def end(error: BaseException | None) -> None:
        if "patience" in g:
            g.pop("patience").close()


def _set_up_templates(app: Flask) -> None:
    env = app.jinja_env
    env.trim_blocks = env.lstrip_blocks = True
    env.add_extension("jinja2.ext.i18n")
    env.install_gettext_callables(i18n.gettext, i18n.ngettext, newstyle=True)  # type: ignore[attr-defined]
    for function in (messages.note, findings.rule, findings.fixer, findings.role, wording.said,
                     wording.year_spans, wording.text_language, wording.visible, wording.script_name,
                     wording.media_name, i18n.date):
        app.template_filter(function.__name__)(function)
    app.template_filter("thousands")(lambda number: f"{number:,}")
    for helper in (links.link, links.in_language, i18n.language, wording.marked_word, wording.synonym_links,
                   wording.conversions, wording.filter_name, wording.fixer_explained,
                   wording.left_aside):
        env.globals[helper.__name__] = helper
    env.globals.update(MAX_OFFSET=MAX_OFFSET, languages=i18n.LANGUAGES, asked_language=i18n.asked)


# -- errors

def _add_errors(app: Flask) -> None:
    app.register_error_handler(UsageError, _bad_question)
    app.register_error_handler(TookTooLong, _too_long)
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
    return Response(render_template("error.html", state=state, heading=i18n.gettext(heading),
                                    sentence=i18n.gettext(sentence)), status)


def _bad_question(error: Exception) -> Response:
    assert isinstance(error, UsageError)
    if _is_api():
        return failure(error.code or "bad-request", str(error), 400)
    return _page(400, "请换一种问法", messages.usage(error))


def _too_long(error: Exception) -> Response:
    assert isinstance(error, TookTooLong)
    if _is_api():
        return failure(error.code, str(error), 503)
    return _page(503, "这次检索太费时", messages.usage(error))


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

    @app.template_global()
    def address(endpoint: str) -> str:
        """The address of a page that takes no values; empty where there is no such page."""
        return url_for(endpoint) if endpoint in app.view_functions else ""

    @app.after_request
    def finish(response: Response) -> Response:
        for name, value in _HEADERS.items():
            response.headers[name] = value
        if request.endpoint == "static" and request.args.get("v") == digest and response.status_code < 400:
            response.headers["Cache-Control"] = f"public, max-age={_YEAR_IN_SECONDS}, immutable"
        else:
            response.headers["Cache-Control"] = "no-cache"
        if response.mimetype in _SPOKEN:
            response.vary.add("Accept-Language")
        return _packed(response)


def _packed(response: Response) -> Response:
    """The response as gzip where the browser takes that; what is streamed goes as it is."""
    if response.mimetype not in _PACKED or response.status_code != 200:
        return response
    response.vary.add("Accept-Encoding")
    streamed = response.is_streamed and request.endpoint != "static"
    if streamed or request.accept_encodings["gzip"] <= 0 or "Content-Range" in response.headers:
        return response
    response.direct_passthrough = False
    data = response.get_data()
    if len(data) >= _WORTH_PACKING:
        response.set_data(gzip.compress(data, _LEVEL, mtime=0))
        response.headers["Content-Encoding"] = "gzip"
        if "ETag" in response.headers:
            response.set_etag(response.get_etag()[0] or "", weak=True)
    return response
