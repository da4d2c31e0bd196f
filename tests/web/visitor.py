"""A visitor with a real browser and a screen, and what must hold wherever the visitor goes."""

from __future__ import annotations

import os
import shutil
from urllib.parse import quote

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, ConsoleMessage, Page, Request

from tests.conftest import ROOT

ARTEFACTS = ROOT / "artefacts"
SIZES = {"wide": (1280, 900), "narrow": (375, 812)}

needs_chromium = pytest.mark.skipif(shutil.which("chromium") is None and not os.environ.get("CI"),
                                    reason="chromium is not installed (make test installs it)")


class Visitor:
    """A visitor with a screen; everything that goes wrong on the way is kept."""

    def __init__(self, browser: Browser, server: str, size: str, scripts: bool = True,
                 width: int | None = None, dots: int = 1, scheme: str = "light") -> None:
        self._wide, height = SIZES[size]
        self._size = size
        self._server = server
        context = browser.new_context(viewport={"width": width or self._wide, "height": height},
                                      java_script_enabled=scripts, locale="zh-CN", device_scale_factor=dots,
                                      color_scheme=scheme, accept_downloads=True)
        self.page: Page = context.new_page()
        self.complaints: list[str] = []
        self.page.on("console", self._heard)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("request", self._asked)

    def _heard(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.complaints.append(message.text)

    def _asked(self, request: Request) -> None:
        if not request.url.startswith(self._server):
            self.complaints.append(f"a request to {request.url}")

    def look(self, name: str) -> None:
        """Keep a picture; nothing may stick out to the side."""
        ARTEFACTS.mkdir(exist_ok=True)
        self.page.screenshot(path=ARTEFACTS / f"{name}-{self._size}.png", full_page=True)
        self.check_width()

    def check_with_axe(self) -> None:
        """axe-core finds nothing."""
        found = Axe().run(self.page).response["violations"]
        assert not found, [(one["id"], [node["html"][:160] for node in one["nodes"][:3]]) for one in found]

    def check_width(self) -> None:
        root = "document.documentElement"
        assert self.page.evaluate(f"{root}.scrollWidth - {root}.clientWidth") <= 0, self.page.url


def address(server: str, path: str, **fields: str) -> str:
    """An address with Chinese escaped as a browser does."""
    return f"{server}{path}?" + "&".join(f"{name}={quote(value)}" for name, value in fields.items())
