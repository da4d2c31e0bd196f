"""What every engine must do: run against each engine there is, judged by plain Python over the texts."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.store import WhooshEngine
from indexer.store.engine import (
    FACETS,
    UNKNOWN,
    Document,
    Hits,
    Made,
    PageState,
    SearchEngine,
    Searcher,
    pack,
)
from indexer.store.exact import BORDER, bare, tight
from indexer.store.letters import letters_of
from indexer.store.query import All, And, Exact, Near, Prefer, Request, Sort, Tag
from indexer.text.script import fold
from indexer.text.tokenise import tokenise
from tests.store.oracle import (
    facet_counts,
    found,
    holds,
    in_time,
    length,
    random_query,
    random_string,
    random_tag,
)
from tests.store.relevance import Relevance, times

ENGINES: dict[str, Callable[[Path], SearchEngine]] = {"whoosh": WhooshEngine.create}

WORDS = "驻村 工作队 帮扶 贫困户 合作社 养羊 硬化 道路 12.5% 3人 一户一策 联村联户、为民富民 “双联” 的 苹果 土豆".split()
# As pages print them: full width, capitals, blanks inside, marks in and between numbers.
ODDITIES = ["２０２１年", "12．5％", "〔2021〕10号", "10：30", "2022-2023年", "１，０００元", "3 人", "1、2", "3. 4",
            "ＡＢ类", "App", "——", "（一）", "。”", "25℃", "帮\n扶", "驻\u3000村"]
STOPS = ["，", "，", "、", "。\n", "；", " ", "\u3000\u3000", "\n", ".", ":", "-"]
TRADITIONAL = str.maketrans("帮贫产联户为", "幫貧產聯戶為")
HELPERS = ((), ("天津市",), ("天津市", "天津市/河西区", "山东省", "山东省/青岛市"), ())
REGION_ROOTS = ("甘肃省", "四川省", UNKNOWN)
REGIONS = (("甘肃省", "甘肃省/临洮县"), ("甘肃省", "甘肃省/陇西县"), ("四川省",), (UNKNOWN,))


def make_document(number: int, random_: random.Random, part: int = 1, parts: int = 1) -> Document:
    """A report of random campaign words, its facets decided by its number."""
    display = "\0".join((_text(random_, 1, 3), _text(random_, random_.randint(1, 8), 5)))
    display = display.translate(TRADITIONAL) if number % 3 == 0 else display
    text = fold(display)
    title, _, body = text.partition(BORDER)
    year = 2012 + number % 5
    page = f"{number:016x}"
    themes = random_.sample(("产业", "就业", "道路", "教育"), random_.randint(0, 3))
    facets = {"region": REGIONS[number % len(REGIONS)], "year": (str(year), str(year + 1))[:1 + number % 2],
              "published_year": (str(year + 1),), "source": (f"单位{number % 3}",), "script": ("hans",),
              "theme": tuple(themes), "kind": (UNKNOWN,), "helper": HELPERS[number % len(HELPERS)]}
    return Document(
        id=f"{page}-{part}", state=PageState(page, "file||", "path", Made("a", "b", "c"), parts),
        title_words=" ".join(word.text for word in tokenise(title)),
        body_words=" ".join(word.text for word in tokenise(body)),
        text=text, display=display, facets=facets,
        published=(year * 10000 + 101) * (number % 7 > 0),
        stored=pack({"id": f"{page}-{part}", "number": number}, text),
    )


def _text(random_: random.Random, sentences: int, words: int) -> str:
    """Random campaign words as a page shows them."""
    spoken = [random_.choices((random_.choice(ODDITIES), *WORDS), k=words) for _ in range(sentences)]
    return "".join("".join(some) + random_.choice(STOPS) for some in spoken)


# How often commits were made, and whether all was merged in the end.
STATES = {"several segments": (37, False), "merged on the way": (7, False), "one segment": (37, True)}


@pytest.fixture(params=[(name, state) for name in ENGINES for state in STATES], scope="module",
                ids=" ".join)
def filled(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory,
           ) -> tuple[SearchEngine, dict[str, Document]]:
    """An engine with several commits, updates and deletions, and what it should hold."""
    name, state = request.param
    every, merge = STATES[state]
    engine = ENGINES[name](tmp_path_factory.mktemp("engine"))
    random_ = random.Random(7)
    held: dict[str, Document] = {}
    writer = engine.writer()
    for number in range(100):
        document = make_document(number, random_)
        writer.add(document)
        held[document.id] = document
        if number % every == 0:
            writer.commit()
    writer.commit()
    for number in range(0, 100, 9):
        writer.delete_page(f"{number:016x}")
        del held[f"{number:016x}-1"]
        if number % 2:
            document = make_document(number, random_)
            writer.add(document)
            held[document.id] = document
    writer.commit(merge=merge)
    writer.close()
    return engine, held


# Most trees where documents lie in several segments, some of them deleted.
TREES = {"several segments": 1100, "merged on the way": 1000, "one segment": 200}


@pytest.mark.parametrize("part", range(2))
def test_random_requests_agree_with_a_scan(filled: tuple[SearchEngine, dict[str, Document]], part: int,
                                           request: pytest.FixtureRequest) -> None:
    """Which reports are found, how many, in which order, with which facets: 2,300 trees under filters."""
    engine, held = filled
    documents = list(held.values())
    dice = random.Random(11 + part)
    relevance = Relevance(documents)
    state = next(state for state in TREES if state in request.node.name)
    with engine.searcher() as searcher:
        for _ in range(TREES[state] // 2):
            asked = random_request(dice, documents)
            holding = found(documents, asked.query)
            expected = {document.id: document for document in found(holding, All(), asked.filters)}
            hits = searcher.search(asked)
            assert {hit.id for hit in hits.hits} == set(expected), asked
            assert hits.total == len(expected), asked
            assert searcher.count(asked.query) == len(holding), asked
            check_order(asked, hits, relevance, expected)
            check_page(dice, searcher, asked, hits)
            counts = facet_counts(holding, replace(asked, query=All()))
            for facet in FACETS:
                assert tuple(hits.facets[facet].items()) == counts[facet], (facet, asked)
                assert tuple(hits.facets[facet].top(2)) == counts[facet][:2]


def random_request(dice: random.Random, documents: list[Document]) -> Request:
    """A random tree under up to three filters, in some order, with all facets."""
    filters = {facet: random_tag(dice, documents, facet).values
               for facet in dice.sample(("region", "year", "source", "theme", "helper"), dice.choice((0, 0, 1, 2, 3)))}
    sort: Sort = dice.choice(("relevance", "relevance", "newest", "oldest"))
    return Request(random_query(dice, documents), filters, FACETS, sort=sort, limit=1000)


def check_order(asked: Request, hits: Hits, relevance: Relevance, held: Mapping[str, Document]) -> None:
    """Scores are those of the formula; equals stand from the newest to the oldest, then by id."""
    if asked.sort != "relevance":
        assert [hit.id for hit in hits.hits] == in_time(held.values(), asked.sort), asked
        return
    scores = relevance.scores(asked.query)
    for hit in hits.hits:
        assert hit.score == pytest.approx(scores[hit.id], abs=1e-8), asked
    keys = [(-round(hit.score, 9), -held[hit.id].published, hit.id) for hit in hits.hits]
    assert keys == sorted(keys), asked


def check_page(dice: random.Random, searcher: Searcher, asked: Request, hits: Hits) -> None:
    """A page from anywhere is that piece of the whole list."""
    offset, limit = dice.choice((0, 0, 3, 10)), dice.randint(1, 10)
    page = searcher.search(replace(asked, facets=(), offset=offset, limit=limit))
    assert page.total == hits.total
    assert [(hit.id, hit.score) for hit in page.hits] == [
        (hit.id, hit.score) for hit in hits.hits[offset:offset + limit]], (asked, offset, limit)


def test_every_substring_of_every_report_is_found(filled: tuple[SearchEngine, dict[str, Document]]) -> None:
    """Quoted, 1 to 20 characters long: the reports that hold it, and no other."""
    engine, held = filled
    documents = list(held.values())
    dice = random.Random(17)
    with engine.searcher() as searcher:
        for _ in range(2100 // len(STATES)):
            query = Exact(random_string(dice, dice.choice(documents), None, longest=20)[0])
            hits = searcher.search(Request(query, limit=1000)).hits
            assert {hit.id for hit in hits} == {d.id for d in documents if holds(d, query)}, query


@pytest.mark.parametrize("sort", ["relevance", "newest", "oldest"])
def test_pages_of_hits_join_to_the_whole_list(filled: tuple[SearchEngine, dict[str, Document]],
                                              sort: str) -> None:
    engine, _ = filled
    with engine.searcher() as searcher:
        whole = [hit.id for hit in searcher.search(Request(Exact("帮扶"), sort=sort, limit=500)).hits]
        paged = [hit.id for start in range(0, len(whole) + 7, 7)
                 for hit in searcher.search(Request(Exact("帮扶"), sort=sort, offset=start, limit=7)).hits]
    assert paged == whole
    assert len(set(whole)) == len(whole)


def test_sorting_by_date(filled: tuple[SearchEngine, dict[str, Document]]) -> None:
    engine, held = filled
    with engine.searcher() as searcher:
        newest = [hit.id for hit in searcher.search(Request(All(), sort="newest", limit=500)).hits]
    expected = sorted(held, key=lambda report: (-held[report].published, report))
    assert newest == expected


def test_a_wish_changes_the_order_and_not_the_set(filled: tuple[SearchEngine, dict[str, Document]]) -> None:
    engine, _ = filled
    plain = Request(Exact("帮扶"), limit=500)
    wished = Request(Prefer(Exact("帮扶"), ((Exact("苹果"), 50.0),)), limit=500)
    with engine.searcher() as searcher:
        before, after = searcher.search(plain), searcher.search(wished)
        wanted = {hit.id for hit in searcher.search(Request(And((Exact("帮扶"), Exact("苹果"))), limit=500)).hits}
    assert {hit.id for hit in before.hits} == {hit.id for hit in after.hits}
    assert {hit.id for hit in after.hits[:len(wanted)]} == wanted


def test_an_open_searcher_keeps_its_commit(tmp_path: Path) -> None:
    for create in ENGINES.values():
        engine = create(tmp_path)
        random_ = random.Random(1)
        writer = engine.writer()
        writer.add(make_document(1, random_))
        writer.commit()
        with engine.searcher() as before:
            writer.delete_page(f"{1:016x}")
            writer.add(make_document(2, random_))
            assert engine.commit() == before.commit
            writer.commit()
            assert engine.commit() != before.commit
            assert [hit.stored["number"] for hit in before.search(Request(All())).hits] == [1]
            with engine.searcher() as after:
                assert [hit.stored["number"] for hit in after.search(Request(All())).hits] == [2]
        writer.close()


def test_what_is_not_committed_is_forgotten(tmp_path: Path) -> None:
    for create in ENGINES.values():
        engine = create(tmp_path)
        writer = engine.writer()
        writer.add(make_document(1, random.Random(1)))
        writer.close()
        with engine.searcher() as searcher:
            assert searcher.count() == 0
            assert searcher.search(Request(Exact("帮扶"), facets=FACETS)).total == 0
            assert searcher.check() == []


def test_the_check_finds_nothing_wrong(filled: tuple[SearchEngine, dict[str, Document]]) -> None:
    with filled[0].searcher() as searcher:
        assert searcher.check() == []
        assert {state.page_id for state in searcher.pages()} == {key[:16] for key in filled[1]}


def test_a_stream_is_the_whole_list(filled: tuple[SearchEngine, dict[str, Document]]) -> None:
    engine, _ = filled
    with engine.searcher() as searcher:
        for sort in ("relevance", "newest", "oldest"):
            request = Request(Exact("帮扶"), {"region": frozenset({"甘肃省"})}, sort=sort, limit=500)
            assert [hit.id for hit in searcher.stream(request)] == [hit.id for hit in searcher.search(request).hits]


STRINGS = (Exact("帮扶"), Exact("一户一策"), Near(("养羊", "道路"), 6))


def test_a_concordance_counts_every_occurrence(filled: tuple[SearchEngine, dict[str, Document]]) -> None:
    engine, held = filled
    request = Request(Exact("苹果"), sort="newest")
    with engine.searcher() as searcher:
        for string in STRINGS:
            concordance = searcher.concordance(request, (string,))
            expected = [sum(times(held[hit.id], string, area) for area in range(2))
                        for hit in searcher.stream(request)]
            assert list(concordance.counts) == [count for count in expected if count]
            assert concordance.total == sum(expected)
            if concordance.total:
                assert searcher.count(And((string, Tag("region", frozenset(REGION_ROOTS))))) > 0
                assert holds(held[concordance.hit(0).id], string)


def test_a_tally_agrees_with_a_scan(filled: tuple[SearchEngine, dict[str, Document]]) -> None:
    engine, held = filled
    filters = {"theme": frozenset({"产业", "道路"})}
    documents = found(held.values(), All(), filters)
    with engine.searcher() as searcher:
        for facet in ("region", "year", "helper"):
            rows = {}
            for document in documents:
                count = sum(times(document, string, area) for string in STRINGS for area in range(2))
                for value in set(document.facets[facet]):
                    row = rows.setdefault(value, [0, 0, 0, 0])
                    for n, more in enumerate((count, count > 0, 1, length(document))):
                        row[n] += more
            tallies = searcher.tally(STRINGS, facet, filters)
            assert {t.value: [t.occurrences, t.reports, t.all_reports, t.all_letters] for t in tallies} == rows


def test_words_are_counted_by_living_reports(filled: tuple[SearchEngine, dict[str, Document]]) -> None:
    engine, held = filled
    counts = Counter(word for document in held.values() for word in set(document.body_words.split()))
    with engine.searcher() as searcher:
        assert dict(searcher.words(3)) == {word: count for word, count in counts.items() if count >= 3}


def test_reprints_stand_together(tmp_path: Path) -> None:
    """Cut, signed and retitled copies are reprints; other reports of the same words are not."""
    for create in ENGINES.values():
        engine = create(tmp_path)
        random_ = random.Random(5)
        writer = engine.writer()
        for number in range(0, 40, 4):
            original = make_document(number, random_)
            body = fold("，".join("".join(random_.choices(WORDS, k=6)) for _ in range(12)))
            copies = (body, f"本报讯{body}（责任编辑某某）", body[:-len(body) // 12], "".join(sorted(body)))
            for offset, text in enumerate(copies):
                page = f"{number + offset:016x}"
                folded = f"{original.text.split(BORDER)[0]}\0{text}"
                writer.add(replace(original, id=f"{page}-1", state=replace(original.state, page_id=page),
                                   text=folded, display=folded, published=20200101 - offset,
                                   stored=pack({"id": f"{page}-1"}, folded)))
            if number % 8 == 0:
                writer.commit()
        writer.commit()
        writer.close()
        with engine.searcher() as searcher:
            for number in range(0, 40, 4):
                ids = [f"{number + offset:016x}-1" for offset in (2, 1, 0)]
                assert searcher.reprints(ids[0]) == searcher.reprints(ids[2]) == ids
                assert searcher.reprints(f"{number + 3:016x}-1") == [f"{number + 3:016x}-1"]
            folded_hits = searcher.search(Request(All(), sort="newest", limit=100, collapse=True))
            assert (folded_hits.total, folded_hits.reports) == (20, 40)
            assert sum(hit.reprints for hit in folded_hits.hits) == 20
            assert {int(hit.id[:16], 16) % 4 for hit in folded_hits.hits} == {2, 3}, "the earliest is shown"


LETTERS = st.text(st.sampled_from("帮扶驻村12.5%:-/,。、（）“” \n3a"), max_size=30)


@given(LETTERS, LETTERS)
def test_the_row_of_letters_holds_both_forms(title: str, body: str) -> None:
    """What the arrays keep, put together again, is the tight form, and without marks the bare one."""
    letters = letters_of([f"{title}\0{body}"], [f"{title}\0{body}"])
    codes = "".join(map(chr, letters.codes.tolist()))
    marks = dict(zip(letters.behind[letters.run_starts].tolist(), letters.runs, strict=True))
    whole = "".join(marks.get(at, "") + char for at, char in enumerate(codes))
    assert whole == f"{tight(title)}\0{tight(body)}\0"
    assert codes == f"{bare(tight(title))}\0{bare(tight(body))}\0"
    assert sorted(marks) == [at for at, marked in enumerate(letters.marked.tolist()) if marked]
