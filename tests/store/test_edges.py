"""The ends of what an engine meets: nothing, one, odd ids, odd texts, all deleted, the largest numbers."""

from __future__ import annotations

import itertools
import random
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from indexer.store import WhooshEngine, whoosh_writer
from indexer.store.build import SegmentBuilder
from indexer.store.engine import FACETS, Document, Made, PageState, Searcher, pack, unpack
from indexer.store.merge import merge as merge_segments
from indexer.store.query import (
    All,
    And,
    Exact,
    Near,
    Not,
    Or,
    Prefer,
    Query,
    Range,
    Request,
    Tag,
    Term,
    Wildcard,
)
from indexer.store.segment import Segment
from indexer.store.whoosh_contents import contents_of
from indexer.text.script import fold
from tests.store.exact_oracle import spans


def report(name: str | int, title: str, body: str, *, version: int = 0, published: int = 0,
           **facets: tuple[str, ...]) -> Document:
    """A report whose every letter is a word."""
    page = name if isinstance(name, str) else f"{name:016x}"
    display = f"{title}\0{body}"
    text = fold(display)
    return Document(
        id=f"{page}-1", state=PageState(page, "file||", "path", Made("a", "b", "c"), 1),
        title_words=" ".join(fold(title)), body_words=" ".join(fold(body)), text=text, display=display,
        facets=facets, published=published, stored=pack({"id": f"{page}-1", "version": version}, text),
    )


def index_of(folder: Path, *commits: Sequence[Document], merge: bool = False) -> WhooshEngine:
    """An index of so many commits."""
    engine = WhooshEngine.create(folder)
    writer = engine.writer()
    for documents in commits:
        for document in documents:
            writer.add(document)
        writer.commit(merge=merge)
    writer.close()
    return engine


def found(searcher: Searcher, query: Query) -> list[str]:
    return sorted(hit.id.rsplit("-", 1)[0] for hit in searcher.search(Request(query, limit=10_000)).hits)


EVERY_KIND = (All(), Term("无"), Wildcard("*"), Exact("无"), Exact("、"), Exact(""), Exact(" "), Near(("无", "有"), 5),
              Near((), 5), Near(("",), 5), Tag("region", frozenset({"无"})), Tag("region", frozenset()),
              Range("length"), Range("published"), And(()), Or(()), Not(All()), Not(Exact("无")),
              Prefer(All(), ((Exact("无"), 1.0), (All(), 2.0))))
EMPTY = {"nothing": [], "no text": [report(1, "", "")], "blanks": [report(1, " \n", "\u3000")],
         "only a title": [report(1, "题", "")], "only marks": [report(1, "——", "、。")]}


@pytest.mark.parametrize("name", EMPTY)
def test_every_kind_of_query_on_hardly_anything(tmp_path: Path, name: str) -> None:
    documents = EMPTY[name]
    with index_of(tmp_path, documents, merge=True).searcher() as searcher:
        everything = {query for query in EVERY_KIND
                      if query in (All(), And(()), Not(Exact("无")), EVERY_KIND[-1])}
        everything |= {Wildcard("*")} & {query for query in EVERY_KIND if name not in ("nothing", "no text", "blanks")}
        everything |= {Range("length")} if name == "only a title" else set()
        everything |= {Exact("、")} if name == "only marks" else set()
        for query, sort, collapse in itertools.product(EVERY_KIND, ("relevance", "newest", "oldest"), (False, True)):
            request = Request(query, facets=FACETS, sort=sort, collapse=collapse)  # type: ignore[arg-type]
            hits = searcher.search(request)
            assert hits.total == (len(documents) if query in everything else 0), query
            assert hits.total == len(hits.hits) == len(list(searcher.stream(request)))
            assert searcher.concordance(request, (Exact("无"),)).total == 0
        assert searcher.tally((Exact("无"),), "year", {}) == []
        assert searcher.check() == []


ODD_IDS = ("a", "A", "a-1", "-", "--1", " ", "页面", "🌾", "x" * 5000, "/", "../CURRENT", "\n", "\t", "\0", '"', "\\",
           "\ud800", "\uffff", "\U0010ffff", "%00", "é", "e\u0301")


@pytest.mark.parametrize("merge", [False, True])
def test_an_id_may_be_any_string(tmp_path: Path, merge: bool) -> None:
    documents = [report(name, "题", f"文{n}") for n, name in enumerate(ODD_IDS)]
    engine = index_of(tmp_path, documents[::2], documents[1::2], merge=merge)
    with engine.searcher() as searcher:
        for document in documents:
            hit = searcher.get(document.id)
            assert hit is not None
            assert (hit.id, hit.text) == (document.id, document.text)
            assert searcher.reprints(document.id) == [document.id]
        assert searcher.get("a-2") is searcher.get("") is searcher.get("x") is None
        assert [hit.id for hit in searcher.search(Request(All(), sort="newest", limit=99)).hits] == sorted(
            document.id for document in documents)
        assert {state.page_id for state in searcher.pages()} == set(ODD_IDS)
        assert searcher.check() == []
    writer = engine.writer()
    for name in ODD_IDS[:-1]:
        writer.delete_page(name)
    writer.commit()
    writer.close()
    with engine.searcher() as searcher:
        assert found(searcher, All()) == [ODD_IDS[-1]]


@pytest.mark.parametrize("flushed", [1, 10**9])
def test_a_page_written_several_times_in_one_transaction_is_there_once(
        tmp_path: Path, monkeypatch: pytest.MonkeyPatch, flushed: int) -> None:
    """As its last version, whether the earlier ones lie in a segment already or not."""
    monkeypatch.setattr(whoosh_writer, "FLUSH_CHARACTERS", flushed)
    engine = index_of(tmp_path, [report(1, "旧", "旧文"), report(2, "他", "他文")])
    writer = engine.writer()
    for version in range(1, 5):
        writer.delete_page(f"{1:016x}")
        writer.add(report(1, "新", f"第{version}版", version=version))
        writer.add(report(10 + version, "另", "文"))
    writer.add(report(3, "再", "见"))
    writer.delete_page(f"{3:016x}")
    writer.delete_page(f"{3:016x}")
    writer.commit()
    with engine.searcher() as searcher:
        assert {int(r["id"][:16], 16): r["version"] for r in searcher.reports()} == {
            1: 4, 2: 0, 11: 0, 12: 0, 13: 0, 14: 0}
        assert searcher.count(Exact("版")) == 1
        assert searcher.check() == []
    writer.add(report(4, "只", "一次"))
    writer.delete_page(f"{4:016x}")
    writer.commit()
    writer.close()
    with engine.searcher() as searcher:
        assert searcher.count() == 6
        assert searcher.check() == []
    assert {path.name.split(".")[0] for path in tmp_path.glob("*.arrays")} == {
        segment.segment_id() for segment in contents_of(tmp_path).segments}


def test_a_thousand_deletions_then_a_merge(tmp_path: Path) -> None:
    """What is left answers as if it had always been alone; then nothing is left; then it goes on."""
    bodies = ["".join(random.Random(n).choices("帮扶驻村养羊，。", k=30)) for n in range(1050)]
    documents = [report(n, "题", body, year=(str(2012 + n % 9),)) for n, body in enumerate(bodies)]
    engine = index_of(_new(tmp_path / "index"), documents[:600], documents[600:])
    alone = index_of(_new(tmp_path / "alone"), documents[1000:])
    requests = [Request(query, facets=("year",), limit=100) for query in (
        Exact("帮扶"), Exact("村，"), Term("羊"), Near(("驻", "羊"), 3), Not(Exact("养羊")), Range("length", 20))]
    writer = engine.writer()
    for number in range(1000):
        writer.delete_page(f"{number:016x}")
    for merge in (False, True):
        writer.commit(merge=merge)
        with engine.searcher() as searcher, alone.searcher() as other:
            assert [searcher.search(one) for one in requests] == [other.search(one) for one in requests]
            assert dict(searcher.values("year")) == dict(other.values("year"))
            assert dict(searcher.words(1)) == dict(other.words(1))
            assert searcher.check() == []
    assert engine.size() < 1.5 * alone.size(), "what was deleted takes no space"
    for number in range(1000, 1050):
        writer.delete_page(f"{number:016x}")
    writer.commit()
    with engine.searcher() as searcher:
        assert searcher.count() == searcher.count(Exact("帮扶")) == 0
        assert not searcher.values("year")
        assert searcher.check() == []
    assert not list((tmp_path / "index").glob("*.arrays"))
    writer.add(documents[0])
    writer.commit(merge=True)
    writer.close()
    with engine.searcher() as searcher:
        assert searcher.count(Exact("帮扶")) == int("帮扶" in bodies[0].replace("，", "").replace("。", ""))
        assert searcher.count() == 1


def _new(folder: Path) -> Path:
    folder.mkdir()
    return folder


def test_ranges_hold_their_ends_and_may_be_open(tmp_path: Path) -> None:
    dates = (0, 1, 20130000, 20130101, 20131231, 99991231)
    documents = [report(n, "", "文" * n, published=date) for n, date in enumerate(dates)]
    bounds = (None, -10**30, -1, 0, 1, 3, 20130000, 20130101, 20131230, 99991231, 10**30)
    with index_of(tmp_path, documents[:3], documents[3:]).searcher() as searcher:
        for low, high in itertools.product(bounds, bounds):
            for column, numbers in (("published", dates), ("length", range(len(dates)))):
                expected = [f"{n:016x}" for n, number in enumerate(numbers)
                            if number > 0 and (low is None or low <= number) and (high is None or number <= high)]
                query = Range(column, low, high)  # type: ignore[arg-type]
                assert found(searcher, query) == expected, query


def test_facet_values_that_nobody_has(tmp_path: Path) -> None:
    documents = [report(n, "题", "文", theme=tuple(f"主题{i}" for i in range(300 * (n == 1))),
                        region=("甘肃省/酒泉市",) if n < 2 else ()) for n in range(4)]
    for merge in (False, True):
        engine = index_of(_new(tmp_path / str(merge)), documents[:2], documents[2:], merge=merge)
        with engine.searcher() as searcher:
            for value in ("甘肃", "甘肃省/", "甘肃省/酒泉", "酒泉市", "甘肃省/酒泉市/敦煌市", "", "/"):
                assert searcher.count(Tag("region", frozenset({value}))) == 0
                assert value not in searcher.values("region")
            assert searcher.count(Tag("region", frozenset({"甘肃省", "没有"}))) == 2
            assert dict(searcher.values("region")) == {"甘肃省": 2, "甘肃省/酒泉市": 2}
            assert len(searcher.values("theme")) == 300
            assert found(searcher, Tag("theme", frozenset({"主题299"}))) == [f"{1:016x}"]
            nobody = Request(All(), {"region": frozenset({"没有"})}, ("region", "theme"))
            hits = searcher.search(nobody)
            assert (hits.total, dict(hits.facets["theme"])) == (0, {})
            assert dict(hits.facets["region"]) == {"甘肃省": 2, "甘肃省/酒泉市": 2}, "as if not selected"


ODD_TEXTS = ("帮\0扶", "帮\x1f扶", "帮\x85扶", "帮\u2028扶", "帮\u200b扶", "帮\ud800扶", "𠀀帮𪛖扶", "帮🌾扶", "\ufeff帮扶",
             "é帮e\u0301扶", "帮" * 70_000 + "扶", "ﬁ帮①扶", "帮\r\n\r\n扶")


@pytest.mark.parametrize("merge", [False, True])
def test_every_string_of_an_odd_text_finds_it(tmp_path: Path, merge: bool) -> None:
    """Control characters, lone surrogates, rare planes: whatever came through is found and shown again."""
    documents = [report(n, "题", body) for n, body in enumerate(ODD_TEXTS)]
    with index_of(tmp_path, documents[::2], documents[1::2], merge=merge).searcher() as searcher:
        for number, body in enumerate(ODD_TEXTS):
            name = f"{number:016x}"
            for start in range(max(0, len(body) - 6), len(body)):
                piece = fold(body[start:start + 3]).replace("\0", " ")
                if piece.strip():
                    assert name in found(searcher, Exact(piece)), (number, piece)
            hit = searcher.get(f"{name}-1")
            assert hit is not None
            assert hit.text == documents[number].text
        # Controls that Unicode calls blanks, and symbols, are passed over; what is neither is a letter.
        assert found(searcher, Exact("帮扶")) == [f"{n:016x}" for n in (0, 1, 2, 3, 7, 8, 10, 12)]
        assert searcher.check() == []


SMALL = "帮扶1２，。.、- \n"


def test_strings_of_a_small_alphabet_are_found_and_counted(tmp_path: Path) -> None:
    """Where letters, digits, marks and blanks meet in every way: the same reports, as often each."""
    dice = random.Random(29)
    texts = ["".join(dice.choices(SMALL, k=dice.randint(0, 12))) for _ in range(500)]
    documents = [report(n, "题", text) for n, text in enumerate(texts)]
    with index_of(tmp_path, documents[:200], documents[200:]).searcher() as searcher:
        for _ in range(1500):
            needle = "".join(dice.choices(SMALL, k=dice.randint(1, 5)))
            expected = {f"{n:016x}": len(spans(text, needle)) for n, text in enumerate(texts)}
            query = Exact(fold(needle), "body")
            assert found(searcher, query) == [name for name, count in expected.items() if count], needle
            concordance = searcher.concordance(Request(All(), sort="oldest"), (query,))
            assert concordance.total == sum(expected.values()), needle


@pytest.mark.parametrize("held", [False, True])
def test_a_string_whose_rarest_pair_stands_where_the_row_of_letters_begins(tmp_path: Path, held: bool) -> None:
    """It would begin before the first letter of the segment: there it is not, elsewhere it is."""
    bodies = ["己", "甲乙" * 9 + "、" + "乙丙" * 9, *(["和甲乙丙丁戊"] if held else [])]
    documents = [report(n, "丙丁戊" if n == 0 else "题", body) for n, body in enumerate(bodies)]
    with index_of(tmp_path, documents).searcher() as searcher:
        for needle in ("乙丙丁", "甲乙丙丁", "乙丙丁戊", "甲乙丙丁戊", "乙丙、丁"):
            expected = [f"{n:016x}" for n, body in enumerate(bodies) if spans(body, needle)]
            assert len(expected) == (held and "、" not in needle)
            assert found(searcher, Exact(needle)) == expected, needle
        assert found(searcher, Exact("丙丁")) == [f"{n:016x}" for n in ((0, 2) if held else (0,))]


def test_a_value_that_begins_with_a_slash_is_above_no_other(tmp_path: Path) -> None:
    documents = [report(n, "题", "文", source=(value,)) for n, value in enumerate(("/甲", "乙", "", "a//b"))]
    with index_of(tmp_path, documents).searcher() as searcher:
        assert dict(searcher.values("source")) == {"": 2, "/甲": 1, "乙": 1, "a": 1, "a/": 1, "a//b": 1}
        assert searcher.count(Tag("source", frozenset({""}))) == 2


def test_a_merge_of_segments_with_hundreds_of_dictionaries(tmp_path: Path) -> None:
    """Each segment may have been made before there was a dictionary to share."""
    sources = []
    for n in range(300):
        builder = SegmentBuilder(b"dictionary %d" % n)
        for number in (2 * n, 2 * n + 1):
            builder.add(report(number, "题", f"文{number}"))
        builder.write(tmp_path / str(n))
        sources.append((Segment(tmp_path / str(n)), np.ones(2, bool)))
    merge_segments(sources, tmp_path / "merged")
    records = Segment(tmp_path / "merged").records
    assert [unpack(records.line(n))[1] for n in range(600)] == [f"题\0文{n}" for n in range(600)]


def test_no_merge_makes_more_letters_than_a_place_can_name(tmp_path: Path,
                                                           monkeypatch: pytest.MonkeyPatch) -> None:
    """What lives of a segment is counted, not estimated: the reports that were deleted were short."""
    monkeypatch.setattr(whoosh_writer, "MAX_LETTERS", 1000)
    engine = index_of(tmp_path, *[[report(10 * n + i, "题", "文" * (400 if i == 0 else 3)) for i in range(10)]
                                  for n in range(4)])
    writer = engine.writer()
    for n, i in itertools.product(range(4), range(1, 10)):
        writer.delete_page(f"{10 * n + i:016x}")
    writer.commit(merge=True)
    writer.close()
    segments = contents_of(tmp_path).segments
    assert max(segment.letters for segment in segments) < 1000
    with engine.searcher() as searcher:
        assert found(searcher, Exact("文文")) == [f"{10 * n:016x}" for n in range(4)]
        assert searcher.check() == []
