"""Shared ground: where the seeds lie, how a small archive and a small index are made."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import settings

from indexer.indexing import Options, Summary, run

# Time is measured by the benchmarks; a loaded dictionary must not make a property fail.
settings.register_profile("bangfu", deadline=None)
settings.load_profile("bangfu")

ROOT = Path(__file__).resolve().parent.parent
SHARED = ROOT.parent / "shared"

PAGE = """<!DOCTYPE html><html><head><meta charset="utf-8"><title>{title}_{site}</title></head><body>
<div class="nav"><a href="/">首页</a> <a href="/xw">新闻中心</a></div>
<h1>{title}</h1><div class="info">发布时间：{date} 来源：{source} 字体：[大 中 小]</div>
<div id="zoom">{paragraphs}</div>
<div class="footer">主办：某某市人民政府办公室 ICP备12345678号</div></body></html>"""


def html_page(title: str, paragraphs: list[str], date: str = "2019-05-06", source: str = "临洮县扶贫办",
              site: str = "临洮县人民政府") -> str:
    """A page as a county portal prints it."""
    body = "".join(f"<p>　　{paragraph}</p>" for paragraph in paragraphs)
    return PAGE.format(title=title, paragraphs=body, date=date, source=source, site=site)


def write_archive(folder: Path, count: int = 12) -> Path:
    """`count` small pages that differ in county, year, village and sums."""
    counties = ("甘肃省临洮县", "甘肃省陇西县", "四川省苍溪县", "贵州省雷山县")
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(count):
        county = counties[number % len(counties)]
        year = 2014 + number % 7
        text = [
            f"{year}年以来，{county}青石沟{number}村驻村工作队坚持一户一策，为{number + 3}户贫困户落实养羊项目，户均增收{number}.5%。",
            "驻村干部把“以购代捐”同合作社结合起来，帮助群众销售土豆、蜂蜜，化解矛盾纠纷，完善村规民约。",
            f"全村共争取资金{number + 1}0万元，硬化道路{number}公里，解决了群众吃水难的问题。",
        ]
        page = html_page(f"{county}第{number}批驻村帮扶工作情况", text, f"{year}-11-{number % 28 + 1:02d}")
        (folder / f"page{number:03d}.html").write_text(page, encoding="utf-8")
    return folder


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print what tests measured (`record_property("figure", …)`): they pass, but the figures are of interest."""
    figures = [str(value) for report in terminalreporter.stats.get("passed", ())
               for name, value in report.user_properties if name == "figure"]
    if figures:
        terminalreporter.section("figures")
        for figure in sorted(figures):
            terminalreporter.write_line(figure)


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """A folder of twelve small pages."""
    return write_archive(tmp_path / "archive")


@pytest.fixture
def index_it(tmp_path: Path) -> Callable[..., Summary]:
    """Index paths into `tmp_path / "index"` in this process."""

    def index(*paths: Path, **options: object) -> Summary:
        return run(Options(paths, tmp_path / "index", jobs=1, **options))  # type: ignore[arg-type]

    return index


@pytest.fixture(scope="session")
def seeds() -> Path:
    """The folder of the five real pages, where it lies beside the checkout."""
    if not (SHARED / "seeds").is_dir():
        pytest.skip("the shared folder with the five real pages is not beside this checkout")
    return SHARED / "seeds"


@pytest.fixture(scope="session")
def gold() -> Path:
    """The folder with what a careful editor makes of the five real pages."""
    if not (SHARED / "gold").is_dir():
        pytest.skip("the shared folder with the gold texts is not beside this checkout")
    return SHARED / "gold"
