"""Real indexes behind test clients, real server processes in front of them, one real browser for all."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from playwright.sync_api import Browser, sync_playwright

from indexer.indexing import Options, run
from search_web.app import create_app
from tests.conftest import ROOT, html_page, write_archive
from tests.web.many import make_index
from tests.web.service_archive import make_service

PAGES = 24
TRADITIONAL = """千名幹部駐農村，助推美麗鄉村建設
——貴州省雷山縣駐村工作概述
2016年，貴州省雷山縣堅持“一戶一策”，駐村工作隊走訪貧困戶。
一、修路引水
駐村幹部為村裏修路三公里，引水入戶。
（一）修路。共投入資金二十萬元。
（二）引水。解決了一百戶群眾的飲水問題。
二、發展產業
駐村工作隊幫助群眾養蜂，戶均增收一千元。
"""
# What a scraper brings along: markup in the text, a script as address.
HOSTILE = {
    "url": "javascript:alert(1)",
    "html": html_page("&lt;script&gt;alert(1)&lt;/script&gt;与村规民约",
                      ["本村制定村规民约&lt;img src=x onerror=alert(2)&gt;，由村民大会讨论通过，张榜公布。",
                       "村民理事会每季度检查一次执行的情况，结果在村务公开栏公布。"]),
}


@pytest.fixture(scope="session")
def web_index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An index of 24 pages of four counties, a traditional one and a hostile one."""
    folder = tmp_path_factory.mktemp("web")
    archive = write_archive(folder / "archive", PAGES)
    (archive / "traditional.txt").write_text(TRADITIONAL, encoding="utf-8")
    (archive / "hostile.jsonl").write_text(json.dumps(HOSTILE, ensure_ascii=False) + "\n", encoding="utf-8")
    summary = run(Options((archive,), folder / "index", jobs=1))
    assert (summary.new, summary.failed) == (PAGES + 2, 0)
    return folder / "index"


@pytest.fixture(scope="session")
def client(web_index: Path) -> FlaskClient:
    """The application over that index, without a server."""
    return create_app(web_index).test_client()


@contextmanager
def serving(index: Path, **environment: str) -> Iterator[str]:
    """A real server process, as `bangfu serve` starts it on a free port; gives its address."""
    command = [sys.executable, "-m", "search_web", "serve", "--index", str(index), "--port", "0"]
    # This process counts requests too, in a folder of its own.
    inherited = {name: value for name, value in os.environ.items() if name != "PROMETHEUS_MULTIPROC_DIR"}
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          env={**inherited, **environment}) as process:
        assert process.stdout is not None
        said = process.stdout.readline()
        try:
            assert "http://127.0.0.1:" in said, said + process.stdout.read()
            yield next(word for word in said.split() if word.startswith("http://"))
        finally:
            process.terminate()
            rest = process.stdout.read()
    assert process.returncode == 0
    assert "Traceback" not in rest
    assert "q=" not in rest, "the access log holds query text"


@pytest.fixture(scope="session")
def server(web_index: Path) -> Iterator[str]:
    """The address of a server in front of that index."""
    with serving(web_index) as address:
        yield address


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's Chromium, driven by Playwright."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def sample_index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The whole sample archive: pages of many counties, encodings and kinds of damage."""
    index = tmp_path_factory.mktemp("sample") / "index"
    assert run(Options((ROOT / "corpus",), index, jobs=2)).failed == 0
    return index


@pytest.fixture(scope="session")
def sample(sample_index: Path) -> Iterator[str]:
    """The address of a server in front of the sample archive."""
    with serving(sample_index) as address:
        yield address


@pytest.fixture(scope="session")
def many_index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Ten thousand reports, one answer to many questions."""
    return make_index(tmp_path_factory.mktemp("many") / "index")


@pytest.fixture(scope="session")
def many(many_index: Path) -> Iterator[str]:
    """The address of a server in front of the ten thousand."""
    with serving(many_index) as address:
        yield address


@pytest.fixture(scope="session")
def reprinting(tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    """The application over six reports, two of them reprints."""
    folder = tmp_path_factory.mktemp("reprinting")
    make_service(folder)
    return create_app(folder / "index").test_client()
