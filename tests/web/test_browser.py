"""A real server, a real browser: the way from a search to a report, wide and narrow, without JavaScript."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, Request, expect, sync_playwright

CHROMIUM = shutil.which("chromium")
ARTEFACTS = Path(__file__).resolve().parents[2] / "artefacts"
SIZES = {"wide": (1280, 900), "narrow": (375, 812)}

needs_chromium = pytest.mark.skipif(CHROMIUM is None and not os.environ.get("CI"),
                                    reason="chromium is not installed (make test installs it)")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


class Visitor:
    """A visitor with a screen; everything that goes wrong on the way is kept."""

    def __init__(self, browser: Browser, server: str, size: str, scripts: bool = True,
                 width: int | None = None) -> None:
        self._wide, height = SIZES[size]
        self._size = size
        self._server = server
        context = browser.new_context(viewport={"width": width or self._wide, "height": height},
                                      java_script_enabled=scripts, locale="zh-CN")
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

    def check_width(self) -> None:
        root = "document.documentElement"
        assert self.page.evaluate(f"{root}.scrollWidth - {root}.clientWidth") <= 0, self.page.url


@needs_chromium
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
def test_from_a_search_to_a_report(browser: Browser, server: str, size: str, scripts: bool) -> None:
    visitor = Visitor(browser, server, size, scripts)
    page = visitor.page
    page.goto(server)
    visitor.look("home")
    page.get_by_role("searchbox").fill("駐村")
    page.get_by_role("button", name="检索").click()
    expect(page).to_have_title(re.compile("駐村"))
    expect(page.locator("h1 .total")).to_have_text("25 篇")
    visitor.look("results")
    if size == "narrow":
        page.get_by_role("link", name="筛选").click()
    page.locator("#narrow").get_by_role("link", name="甘肃省").click()
    expect(page.locator("h1 .total")).to_have_text("12 篇")
    branch = page.locator("#narrow details:has(> summary[aria-label='甘肃省的下级地区'])")
    expect(branch).to_have_attribute("open", "")
    page.locator("#narrow").get_by_role("link", name="定西市").click()
    expect(page.locator(".chips a")).to_contain_text("甘肃省 定西市")
    visitor.look("narrowed")
    page.locator(".hits h2 a").first.click()
    expect(page.locator(".body mark").first).to_have_text("驻村")
    page.get_by_role("link", name="从正文第一处看起").click()
    expect(page.locator(".body mark:target")).to_have_count(1)
    page.get_by_text("原始网页的情况").click()
    page.get_by_text("依据").first.click()
    visitor.look("report")
    page.get_by_role("link", name="回到检索结果").click()
    expect(page.locator(".chips a")).to_contain_text("甘肃省 定西市")
    assert visitor.complaints == []


@needs_chromium
@pytest.mark.parametrize("size", SIZES)
def test_empty_and_bad_states(browser: Browser, server: str, size: str) -> None:
    visitor = Visitor(browser, server, size)
    visitor.page.goto(f"{server}/search?q=" + quote("没有这个词 驻村") + "&year=1999")
    visitor.look("nothing")
    assert visitor.page.locator(".empty a").count() > 1
    assert visitor.complaints == []
    visitor.page.goto(f"{server}/search?q=%E6%9D%91&year=abc")
    visitor.look("bad-year")
    assert "不是年份" in visitor.page.locator("main").inner_text()
    visitor.page.goto(f"{server}/search?q=" + quote("长" * 60 + "x" * 300))
    visitor.look("long-query")
    # The browser itself names a failed page in its console.
    assert all("400" in complaint for complaint in visitor.complaints)


@needs_chromium
def test_keyboard_and_smallest_screen(browser: Browser, server: str) -> None:
    visitor = Visitor(browser, server, "narrow", width=320)
    page = visitor.page
    page.goto(f"{server}/search?q=" + quote("引水入戶"))
    visitor.check_width()
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#main")).to_be_focused()
    page.locator(".hits h2 a").first.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/report/**")
    visitor.check_width()
    assert "Noto Serif CJK TC" in page.locator(".body").evaluate("node => getComputedStyle(node).fontFamily")
    assert visitor.complaints == []


def status_and_text(url: str) -> tuple[int, str]:
    """What the server says, errors included."""
    try:
        with urllib.request.urlopen(url, timeout=60) as response:
            return response.status, response.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode()


def test_the_server_answers_a_query_of_ten_thousand_characters(server: str) -> None:
    status, text = status_and_text(f"{server}/search?q=" + quote("村" * 10_000))
    assert status == 400
    assert "最多 1,000 个字" in text
    long_but_fine = "驻村工作队" * 10
    assert status_and_text(f"{server}/search?q=" + quote(f'"{long_but_fine * 15}"'))[0] == 200


def test_a_taken_port_is_told_in_a_sentence(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        command = [sys.executable, "-m", "search_web", "serve", "--index", str(tmp_path), "--port", str(port)]
        result = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert result.returncode == 2
    assert f"Cannot listen on http://127.0.0.1:{port}" in result.stderr
    assert "Traceback" not in result.stderr


def test_the_server_waits_for_an_index(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "search_web", "serve", "--index", str(tmp_path / "none"), "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        assert process.stdout is not None
        first, second = process.stdout.readline(), process.stdout.readline()
        try:
            server = next(word for word in first.split() if word.startswith("http://"))
            assert "There is no index" in second
            assert status_and_text(server)[0] == 503
            assert status_and_text(f"{server}/healthz")[0] == 200
        finally:
            process.terminate()
            rest = process.stdout.read()
    assert "Traceback" not in rest
