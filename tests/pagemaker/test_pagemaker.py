"""The page maker: reproducible, various, true to its forward models, and its gold true to its pages."""

from __future__ import annotations

import gzip
import html
import itertools
import json
import re
import zipfile
from collections import Counter
from pathlib import Path
from random import Random

import pytest
from bs4 import BeautifulSoup
from click.testing import CliRunner
from warcio.archiveiterator import ArchiveIterator

from tests.pagemaker import damage
from tests.pagemaker.__main__ import main
from tests.pagemaker.containers import decoded, write_records, write_warc, write_zip
from tests.pagemaker.facts import Shown, anonymised, as_shown, day_in, signing_office
from tests.pagemaker.gloss import gloss, gloss_table
from tests.pagemaker.gold import Made, Region, Report, page_from_row, read_jsonl
from tests.pagemaker.grammar import Grammar, Rule, parse
from tests.pagemaker.render import LIKELY, ON_REPORTS, ORDER, make_page, make_pages, render
from tests.pagemaker.sites import SITES
from tests.pagemaker.texts import KINDS, make_report
from tests.pagemaker.traditional import to_traditional, traditional_report
from tests.pagemaker.writer import chinese_date, themes

SHARED = Path(__file__).parents[2].parent / "shared"
PINYIN = "a-zāáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜü"
NOTE = re.compile(rf"([\u4e00-\u9fff])\(([{PINYIN}]{{1,6}})\)")


@pytest.fixture(scope="module")
def pages() -> list[Made]:
    """A thousand pages of one archive."""
    return list(make_pages(1000, 11))


# Reproducibility ----------------------------------------------------------------------------------


def test_a_page_depends_on_seed_and_index_alone() -> None:
    later = list(make_pages(5, 3, start=20))
    assert later == [make_page(3, index) for index in range(20, 25)]
    assert make_page(3, 20) != make_page(4, 20)


def test_addresses_and_paths_are_never_shared(pages: list[Made]) -> None:
    assert len({p.gold.url for p in pages}) == len(pages)
    assert len({p.gold.path for p in pages}) == len(pages)


def test_gold_survives_its_file(pages: list[Made]) -> None:
    for page in pages[:50]:
        assert page_from_row(json.loads(json.dumps(page.gold.row()))) == page.gold


# Variety ------------------------------------------------------------------------------------------


def test_texts_are_not_clones() -> None:
    bodies = [make_report(Random(f"clone {n}")).body for n in range(2000)]
    assert len(set(bodies)) == 2000
    shingles = [{b[i : i + 8] for i in range(len(b) - 7)} for b in bodies[::10]]
    shares = [len(a & b) / min(len(a), len(b)) for a, b in itertools.combinations(shingles, 2)]
    assert sum(shares) / len(shares) < 0.05
    assert sorted(shares)[int(len(shares) * 0.999)] < 0.35


def test_every_kind_theme_year_and_site_occurs(pages: list[Made]) -> None:
    reports = [r for p in pages for r in p.gold.reports]
    assert {r.kind for r in reports} == set(KINDS)
    assert {r.theme for r in reports} == {t.name for t in themes()}
    assert {y for r in reports for y in r.period} >= set(range(2008, 2026))
    assert {p.gold.site for p in pages} == set(SITES)
    assert {p.gold.script for p in pages} == {"hans", "hant"}
    assert len({r.region[0] for r in reports if r.region}) >= 25


def test_every_damage_occurs(pages: list[Made]) -> None:
    seen = Counter(name for p in pages for name in p.gold.damage)
    assert set(seen) == set(ORDER) | ON_REPORTS
    assert {name for likely in LIKELY.values() for name in likely} <= set(seen)
    assert 0.3 < sum(not p.gold.damage for p in pages) / len(pages) < 0.6


def test_every_encoding_occurs(pages: list[Made]) -> None:
    pairs = {(p.gold.encoding, p.gold.declared) for p in pages}
    assert pairs >= {
        ("utf-8", "utf-8"),
        ("utf-8", None),
        ("utf-8", "gb2312"),
        ("gb18030", "gb2312"),
        ("gb18030", "gbk"),
        ("gb18030", None),
        ("big5", "big5"),
        ("utf-16", None),
    }


# Gold and pages -----------------------------------------------------------------------------------


def readable(page: Made) -> str:
    """All that a reader sees, without blanks."""
    text = decoded(page)
    if page.gold.media == "html":
        text = BeautifulSoup(text, "lxml").get_text()
    return re.sub(r"\s", "", text)


def test_an_undamaged_page_holds_its_gold_in_order(pages: list[Made]) -> None:
    whole = [p for p in pages if not p.gold.damage]
    for page in whole:
        text, at = readable(page), 0
        for report in page.gold.reports:
            for paragraph in report.paragraphs:
                at = text.index(re.sub(r"\s", "", paragraph), at)
            assert re.sub(r"\s", "", report.title) in text


def test_gold_tells_only_what_the_page_shows(pages: list[Made]) -> None:
    for page in pages:
        if page.gold.damage:
            continue
        shown = readable(page) + html.unescape(decoded(page)) + (page.gold.url or "")
        for report in page.gold.reports:
            assert report.source is None or report.source in shown
            assert report.author is None or report.author in shown
            if report.published:
                year = report.published[:4]
                assert year in shown or chinese_date(int(year), 1, 1)[:4] in shown
            text = "\n".join((report.title, report.subtitle or "", report.body))
            spelt = {y: chinese_date(y, 1, 1)[:4] for y in report.period}
            assert all(
                str(y) in text or spelt[y] in text or (report.published or "").startswith(str(y))
                for y in report.period
            )


def test_the_county_is_printed_wherever_a_region_is_gold(pages: list[Made]) -> None:
    for page in pages:
        for report in page.gold.reports:
            if report.region is None or "truncated" in page.gold.damage:
                continue
            text = report.title + report.body
            names = report.region[1:3] if len(report.region) > 2 else report.region[-1:]
            assert any(to_traditional(n) in text or n in text for n in names)


def test_facts_are_read_as_a_reader_would() -> None:
    draft = Report(
        "标题",
        ("甲。", "乙。", "柳州扶贫办", "二〇一二年三月二十六日"),
        published="2012-04-01",
        period=(2012,),
        source="柳州日报",
        author="周满仓",
    )
    hidden = as_shown(draft, Shown())
    assert (hidden.published, hidden.source, hidden.author) == ("2012-03-26", "柳州扶贫办", None)
    full = as_shown(draft, Shown("2012-04-01", source=True, author=True))
    assert (full.published, full.source, full.author) == ("2012-04-01", "柳州日报", "周满仓")
    unknown = as_shown(
        Report("标题", ("今年以来。", "乙。"), published="2012-04-01", period=(2012,)), Shown()
    )
    assert (unknown.published, unknown.period) == (None, ())
    assert signing_office(draft) == "柳州扶贫办"
    assert day_in("二〇二〇年十月三十一日") == "2020-10-31"


def test_anonymised_reports_lose_their_region() -> None:
    report = Report(
        "静宁县情况",
        ("静宁县城关镇柳树沟村。",),
        regions=(Region(("甘肃省", "平凉市", "静宁县", "城关镇", "柳树沟村")),),
    )
    masked = anonymised(report)
    assert masked.region is None
    assert "静宁" not in masked.title + masked.body
    assert "X" in masked.title.upper()


# Forward models -----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", sorted(damage.MODELS))
def test_the_changes_of_a_model_replay(name: str) -> None:
    acted = 0
    for n in range(12):
        clean = make_report(Random(f"{name} {n}")).body
        done = damage.MODELS[name](clean, Random(n))
        assert damage.apply(name, clean, done.changes).text == done.text
        assert all(a.end <= b.start for a, b in itertools.pairwise(done.changes))
        acted += done.text != clean
    assert acted or name in ("wrong_glyphs", "letter_o")


def test_the_changes_of_the_gloss_replay() -> None:
    runs = 0
    for n in range(40):
        clean = traditional_report(make_report(Random(f"gloss {n}"))).body
        done = gloss(clean, gloss_table(Random(n), 600), "？！")
        assert damage.apply("gloss", clean, done.changes).text == done.text
        runs += len(re.findall(rf"\?[{PINYIN}]{{1,6}}\)", done.text))
    assert runs > 10


@pytest.mark.parametrize(
    ("clean", "table", "separators", "broken"),
    [
        (
            "87家幫扶單位的到村幫扶責任",
            [("規", "guī"), ("責", "zé")],
            "",
            "87家?guī)头鰡挝坏牡酱鍘头鲐?zé)任",
        ),
        ("因病因災因意外", [("災", "zāi"), ("驗", "yàn")], "", "因病因?yàn)?zāi)因意外"),
        ("他們在鄉村振興", [("冊", "cè"), ("鄉", "xiāng")], "", "他們?cè)卩l(xiāng)村振興"),
        ("當得知三號橋村", [("數", "shù"), ("當", "dāng"), ("號", "hào")], "", "當(dāng)?shù)弥?hào)橋村"),
        ("脫貧村。靠實87家", [("實", "shí")], "？！", "脫貧村??繉?shí)87家"),
    ],
)
def test_misaligned_runs(clean: str, table: list[tuple[str, str]], separators: str, broken: str) -> None:
    shown = gloss(clean, table, separators).text.translate(damage.FULL_TO_ASCII)
    if "(dāng)" in broken:
        shown = shown.replace("?dāng)", "?")
    assert shown == broken


@pytest.mark.skipif(not (SHARED / "seeds").is_dir(), reason="the shared seeds are not here")
@pytest.mark.parametrize(
    ("seed", "first", "separators"),
    [
        ("000", [("數", "shù"), ("冊", "cè")], ""),
        ("002", [("災", "zāi"), ("規", "guī"), ("驗", "yàn")], "？！"),
    ],
)
def test_the_gloss_model_gives_back_the_seeds(
    seed: str, first: list[tuple[str, str]], separators: str
) -> None:
    raw = next((SHARED / "seeds").glob(f"{seed}_*.txt")).read_text(encoding="utf-8")
    names = (f for f in (SHARED / "gold").glob(f"{seed}_*.txt") if "unsure" not in f.name)
    clean = next(names).read_text(encoding="utf-8").rstrip("\n")
    false_keys = dict(first)
    table = first + [(c, py) for c, py in dict(NOTE.findall(raw)).items() if c not in false_keys]
    made = gloss(clean, table, separators).text.translate(damage.FULL_TO_ASCII)
    text = raw.split("\n", 2)[2].lstrip("?") if seed == "002" else raw
    assert made.replace("—", "─") == text.replace("—", "─")


@pytest.mark.skipif(not (SHARED / "gold").is_dir(), reason="the shared gold is not here")
def test_mirrors_convert_as_the_seeds_do() -> None:
    """Simplified again and back, the seeds' gold comes out as the mirrors printed it."""
    from opencc import OpenCC  # noqa: PLC0415

    t2s, wrong, total = OpenCC("t2s"), 0, 0
    for seed in ("000", "002", "003"):
        names = (f for f in (SHARED / "gold").glob(f"{seed}_*.txt") if "unsure" not in f.name)
        clean = next(names).read_text(encoding="utf-8")
        again = to_traditional("".join(t2s.convert(c) for c in clean))
        wrong += sum(a != b for a, b in zip(again, clean, strict=True))
        total += len(clean)
    assert wrong / total < 0.001


# Containers and commands --------------------------------------------------------------------------


def test_containers_are_reproducible_and_numbered_as_read(pages: list[Made], tmp_path: Path) -> None:
    some = [p for p in pages if p.gold.encoding == "gb18030" and p.gold.media == "html"][:6]
    for name, write in (("a.jsonl.gz", write_records), ("a.warc.gz", write_warc), ("a.zip", write_zip)):
        gold = write(some, tmp_path / name, "pages/")
        first = (tmp_path / name).read_bytes()
        assert write(some, tmp_path / name, "pages/") == gold
        assert (tmp_path / name).read_bytes() == first
        assert len(gold) == len(some)
    lines = gzip.decompress((tmp_path / "a.jsonl.gz").read_bytes()).decode().splitlines()
    assert [json.loads(line)["url"] for line in lines] == [p.gold.url for p in some]
    with (tmp_path / "a.warc.gz").open("rb") as stream:
        found = {
            f"pages/a.warc.gz#{n}": r.rec_headers.get_header("WARC-Target-URI")
            for n, r in enumerate(ArchiveIterator(stream), 1)
            if r.rec_type == "response"
        }
    assert all(found[p.path] == p.url for p in write_warc(some, tmp_path / "a.warc.gz", "pages/"))
    with zipfile.ZipFile(tmp_path / "a.zip", metadata_encoding="gbk") as archive:
        assert all(n.startswith("上报材料/") for n in archive.namelist())
        assert {f"pages/a.zip/{n}" for n in archive.namelist()} == {
            p.path for p in write_zip(some, tmp_path / "a.zip", "pages/")
        }
    with zipfile.ZipFile(tmp_path / "a.zip") as archive:
        assert not any("上报材料" in n for n in archive.namelist()), "the names must not be UTF-8"


def test_make_writes_pages_and_gold(tmp_path: Path) -> None:
    for form in ("files", "jsonl", "warc", "zip"):
        out = tmp_path / form
        done = CliRunner().invoke(main, ["make", "--count", "20", "--out", str(out), "--as", form])
        assert done.exit_code == 0, done.output
        rows = list(read_jsonl(out / "expected.jsonl"))
        assert len(rows) == 20 or form == "warc"
        if form == "files":
            assert all((out / row["path"]).is_file() for row in rows)


def test_corpus_renders_drafts(tmp_path: Path) -> None:
    sites = [*SITES, "docshare", "docshare", "docshare", "docshare", "docshare", "docshare", "docshare"] * 2
    rows = []
    for n, site in enumerate(sites):
        report = make_report(Random(f"draft {n}"))
        script = "hant" if site == "mirror" else "hans"
        rows.append(
            {
                "id": f"{n:03d}",
                "site": site,
                "script": script,
                "title": report.title,
                "title2": report.subtitle,
                "paragraphs": list(report.paragraphs),
                "published": report.published,
                "period": list(report.period),
                "region": list(report.region or ()),
                "source": report.source,
                "author": report.author,
            }
        )
    file = tmp_path / "drafts.jsonl"
    file.write_text("".join(json.dumps(r, ensure_ascii=False) + "\n" for r in rows), encoding="utf-8")
    out = tmp_path / "corpus"
    done = CliRunner().invoke(main, ["corpus", str(file), "--out", str(out)])
    assert done.exit_code == 0, done.output
    gold = [page_from_row(row) for row in read_jsonl(out / "expected.jsonl")]
    assert [p.path for p in gold] == sorted(p.path for p in gold)
    assert sorted(len(p.reports) for p in gold)[-2:] == [3, 4]
    assert len(gold) == len(rows) - 7 + 2 + 5
    assert all((out / p.path).is_file() for p in gold if "#" not in p.path and ".zip/" not in p.path)


def test_one_report_looks_different_on_every_site() -> None:
    report = make_report(Random("everywhere"))
    made = [render([report], site, f"look {site}", "1", damaged=False) for site in SITES]
    assert len({p.content for p in made}) == len(SITES)
    assert all(re.sub(r"\s", "", report.paragraphs[-1]) in readable(p) for p in made)


# The grammar --------------------------------------------------------------------------------------


def test_templates_expand_nested_parts() -> None:
    rules = {"crop": [Rule(0, 2010, ("麦",)), Rule(2011, 9999, ("{茶|茶}",))]}
    grammar = Grammar(rules)
    assert grammar.expand("{种{3-3}亩{crop}|种{3-3}亩{crop}}", {}, 2012, Random(1)) == "种3亩茶"
    assert grammar.expand("{crop}{who}{1.5-1.5}", {"who": lambda r: "田"}, 2009, Random(1)) == "麦田1.5"
    with pytest.raises(ValueError, match="unbalanced"):
        parse("{种|")
