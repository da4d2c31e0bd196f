"""The ways of visitors through the pages, in a real browser: researchers, staff, archivists, by keyboard alone."""

from __future__ import annotations

import csv
import re
import subprocess
import sys
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from indexer.indexing import Options, run
from tests.conftest import html_page, write_archive
from tests.web.conftest import serving
from tests.web.visitor import SIZES, Visitor, address, needs_chromium


@needs_chromium
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
def test_the_path_of_a_researcher(browser: Browser, server: str, size: str, scripts: bool) -> None:
    """Traditional in, narrowed by province and years, sorted, opened, from hit to hit, cited, exported."""
    visitor = Visitor(browser, server, size, scripts)
    page = visitor.page
    page.goto(server)
    page.get_by_role("searchbox" if not scripts else "combobox").first.fill("駐村")
    page.get_by_role("button", name="检索").click()
    expect(page).to_have_title(re.compile("駐村"))
    expect(page.locator("h1 .total")).to_have_text("25 篇")
    if size == "narrow":
        page.get_by_role("link", name="筛选").click()
    page.locator("#narrow").get_by_role("link", name="甘肃省").click()
    expect(page.locator("h1 .total")).to_have_text("12 篇")
    page.get_by_label("从哪一年").fill("2015")
    page.get_by_label("到哪一年").fill("2018")
    page.get_by_role("button", name="按年份").click()
    expect(page.locator(".chips a")).to_contain_text(["甘肃省", "2015–2018", "清除全部"])
    found = int(page.locator("h1 .total").inner_text().split()[0])
    assert 0 < found < 12
    page.get_by_role("navigation", name="排序").get_by_role("link", name="最早").click()
    years = [int(text[:4]) for text in page.locator(".hits time").evaluate_all("all => all.map(one => one.dateTime)")]
    assert years == sorted(years)
    page.locator(".hits h2 a").first.click()
    expect(page.locator(".steps")).to_contain_text(f"第 1 篇，共 {found} 篇")
    expect(page.locator(".body mark").first).to_have_text("驻村")
    if scripts:
        page.keyboard.press("n")
        expect(page.locator("mark.current")).to_have_count(1)
        page.keyboard.press("n")
        expect(page.locator(".body mark").nth(1)).to_have_class("current")
        page.keyboard.press("p")
        expect(page.locator(".body mark").nth(0)).to_have_class("current")
        page.keyboard.press("j")
        expect(page.locator(".steps")).to_contain_text("第 2 篇")
        page.keyboard.press("k")
        expect(page.locator(".steps")).to_contain_text("第 1 篇")
    page.get_by_text("依据").first.click()
    expect(page.locator(".why[open] q")).to_be_visible()
    assert "[EB/OL]" in page.locator(".citation pre").first.inner_text()
    page.get_by_role("link", name="回到检索结果").click()
    page.locator(".menu summary").click()
    with page.expect_download() as download:
        page.get_by_role("link", name="CSV 表格").click()
    text = Path(download.value.path()).read_bytes().decode("utf-8-sig")
    rows = [row for row in csv.reader(text.splitlines()) if row]
    assert sum("驻村帮扶工作情况" in ",".join(row) for row in rows) == found
    assert visitor.complaints == []


@needs_chromium
@pytest.mark.parametrize("size", SIZES)
def test_the_path_of_a_member_of_staff(browser: Browser, sample: str, size: str) -> None:
    """From a theme and a place to a report, and to what others did elsewhere."""
    visitor = Visitor(browser, sample, size)
    page = visitor.page
    page.goto(sample)
    visitor.look("sample-home")
    page.locator(".cloud a").first.click()
    assert "主题" in page.locator(".chips a").first.inner_text()
    visitor.look("sample-theme")
    page.locator("#narrow [aria-labelledby=f-region] .tree a").first.click()
    expect(page.locator(".chips a")).to_have_count(3)
    page.locator(".hits h2 a").first.click()
    similar = page.locator(".similar .hits > li")
    while not similar.count():
        page.get_by_role("link", name="下一篇").first.click()
    places = page.locator("#about .places li:has-text('主述地区') a").all_inner_texts()
    county = "".join(places[:3])
    assert all(county not in place for place in similar.locator(".facts").all_inner_texts()), county
    visitor.look("similar")
    visitor.check_with_axe()
    similar.first.locator("h3 a").click()
    expect(page.locator("mark").first).to_be_visible()
    assert visitor.complaints == []


@needs_chromium
def test_the_path_of_an_archivist(browser: Browser, tmp_path: Path) -> None:
    """The server runs, a page is added to the index, the next search finds it; then it is changed and gone."""
    archive, index = write_archive(tmp_path / "archive", 4), tmp_path / "index"
    run(Options((archive,), index, jobs=1))
    with serving(index) as server:
        visitor = Visitor(browser, server, "wide")
        page = visitor.page
        page.goto(address(server, "/search", q="蓝莓"))
        expect(page.locator("h1 .total")).to_have_text("0 篇")
        new = archive / "new.html"
        new.write_text(html_page("临洮县蓝莓种植情况", ["全县试种蓝莓二百亩，驻村工作队联系销路，户均增收三千元。"]), encoding="utf-8")
        command = [sys.executable, "-m", "search_web", "index", str(archive), "--index", str(index), "--jobs", "1"]
        subprocess.run(command, check=True, capture_output=True, timeout=120)
        page.reload()
        expect(page.locator("h1 .total")).to_have_text("1 篇")
        page.locator(".hits h2 a").click()
        expect(page.locator(".body mark").first).to_have_text("蓝莓")
        page.goto(server + "/about")
        expect(page.locator("main")).to_contain_text("新收 1 页")
        new.write_text(html_page("临洮县蓝莓种植情况", ["全县改种黑枸杞二百亩，驻村工作队联系销路，户均增收三千元。"]), encoding="utf-8")
        subprocess.run(command, check=True, capture_output=True, timeout=120)
        page.goto(address(server, "/search", q="黑枸杞"))
        expect(page.locator("h1 .total")).to_have_text("1 篇")
        new.unlink()
        subprocess.run([*command, "--prune"], check=True, capture_output=True, timeout=120)
        page.reload()
        expect(page.locator("h1 .total")).to_have_text("0 篇")
        assert visitor.complaints == []


@needs_chromium
def test_completion_while_typing(browser: Browser, server: str) -> None:
    visitor = Visitor(browser, server, "wide")
    page = visitor.page
    page.goto(server)
    box = page.get_by_role("combobox").first
    box.press_sequentially("养")
    options = page.get_by_role("option")
    expect(options.first).to_be_visible()
    expect(box).to_have_attribute("aria-expanded", "true")
    visitor.look("completions")
    visitor.check_with_axe()
    page.keyboard.press("ArrowDown")
    expect(options.first).to_have_attribute("aria-selected", "true")
    chosen = box.input_value()
    assert chosen.startswith("养") or ":" in chosen
    page.keyboard.press("Escape")
    expect(box).to_have_attribute("aria-expanded", "false")
    expect(box).to_have_value("养")
    box.fill("养羊")
    page.keyboard.press("Enter")
    expect(page.locator("h1 .asked")).to_have_text("养羊")
    page.keyboard.press("Escape")
    page.locator("h1").click()
    page.keyboard.press("/")
    expect(page.get_by_role("combobox").first).to_be_focused()
    assert visitor.complaints == []


def tab_to(page: Page, selector: str, most: int = 150) -> None:
    """Press Tab until an element of the selector has the focus; every focus on the way can be seen."""
    for _ in range(most):
        page.keyboard.press("Tab")
        assert page.evaluate(FOCUS_IS_SEEN), page.evaluate("document.activeElement.outerHTML.slice(0, 200)")
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
    raise AssertionError(f"{selector} is not reached by the keyboard on {page.url}")


@needs_chromium
def test_the_path_of_a_researcher_by_keyboard_alone(browser: Browser, server: str) -> None:
    visitor = Visitor(browser, server, "wide")
    page, keyboard = visitor.page, visitor.page.keyboard
    page.goto(server)
    keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    keyboard.press("Enter")
    expect(page.locator("#main")).to_be_focused()
    tab_to(page, "#q")
    keyboard.type("駐村")
    keyboard.press("Enter")
    page.wait_for_url("**/search?**")
    tab_to(page, "#narrow [aria-labelledby=f-region] summary")
    keyboard.press("Enter")
    expect(page.locator("#narrow .tree").first).to_be_hidden()
    keyboard.press("Enter")
    tab_to(page, "#narrow .tree > li > a")
    keyboard.press("Enter")
    expect(page.locator(".chips a")).to_have_count(1)
    tab_to(page, ".tools nav a[href*='sort=oldest']")
    keyboard.press("Enter")
    page.wait_for_url("**sort=oldest**")
    tab_to(page, ".hits h2 a")
    keyboard.press("Enter")
    page.wait_for_url("**/report/**")
    keyboard.press("n")
    expect(page.locator("mark.current")).to_be_visible()
    tab_to(page, ".why summary")
    keyboard.press("Enter")
    expect(page.locator(".why[open] q").first).to_be_visible()
    tab_to(page, ".citation summary")
    page.go_back()
    tab_to(page, ".menu summary")
    keyboard.press("Enter")
    tab_to(page, ".menu a")
    with page.expect_download():
        keyboard.press("Enter")
    keyboard.press("Escape")
    expect(page.locator(".menu ul")).to_be_hidden()
    assert visitor.complaints == []


FOCUS_IS_SEEN = """() => {
  const one = document.activeElement, style = getComputedStyle(one);
  if (one === document.body || one.id === 'main') return true;
  const box = one.getBoundingClientRect();
  return box.width > 0 && style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2;
}"""
