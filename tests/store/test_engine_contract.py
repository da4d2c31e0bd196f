"""What every engine must do: run against each engine there is, judged by plain Python over the texts."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.store import WhooshEngine
from indexer.store.engine import FACETS, UNKNOWN, Document, Made, PageState, SearchEngine
from indexer.store.exact import Needle, bare, spans, tight
from indexer.store.query import All, And, Exact, Not, Or, Phrase, Prefer, Query, Request, Term
from indexer.text.script import fold
from indexer.text.tokenise import tokenise

ENGINES: dict[str, Callable[[Path], SearchEngine]] = {"whoosh": WhooshEngine.create}

WORDS = "驻村 工作队 帮扶 贫困户 合作社 养羊 硬化 道路 12.5% 3人 一户一策 联村联户、为民富民 “双联” 的 苹果 土豆".split()
REGIONS = (("甘肃省", "甘肃省/临洮县"), ("甘肃省", "甘肃省/陇西县"), ("四川省",), (UNKNOWN,))


def make_document(number: int, random_: random.Random, part: int = 1, parts: int = 1) -> Document:
    """A report of random campaign words, its facets decided by its number."""
    title = fold("".join(random_.choices(WORDS, k=3)))
    body = fold("，".join("".join(random_.choices(WORDS, k=5)) for _ in range(random_.randint(1, 8))))
    year = 2012 + number % 5
    page = f"{number:016x}"
    facets = {"region": REGIONS[number % 4], "year": (str(year),), "published_year": (str(year + 1),),
              "source": (f"单位{number % 3}",), "script": ("hans",)}
    return Document(
        id=f"{page}-{part}", state=PageState(page, "file||", "path", Made("a", "b", "c"), parts),
        title_words=tuple(word.text for word in tokenise(title)),
        body_words=tuple(word.text for word in tokenise(body)),
        text=f"{title}\0{body}", facets=facets, published=year * 10000 + 101,
        stored={"id": f"{page}-{part}", "number": number},
    )


@pytest.fixture(params=ENGINES, scope="module")
def filled(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory,
           ) -> tuple[SearchEngine, dict[str, Document]]:
    """An engine with several commits, an update and deletions, and what it should hold."""
    engine = ENGINES[request.param](tmp_path_factory.mktemp("engine"))
    random_ = random.Random(7)
    held: dict[str, Document] = {}
    writer = engine.writer()
    for number in range(120):
        document = make_document(number, random_)
        writer.add(document)
        held[document.id] = document
        if number % 37 == 0:
            writer.commit()
    writer.commit()
    for number in range(0, 120, 9):
        writer.delete_page(f"{number:016x}")
        del held[f"{number:016x}-1"]
        if number % 2:
            document = make_document(number, random_)
            writer.add(document)
            held[document.id] = document
    writer.commit()
    writer.close()
    return engine, held


def holds(document: Document, query: Query) -> bool:
    """The oracle: does a report answer a query, by its text alone?"""
    match query:
        case All():
            return True
        case Term(field, text):
            return text in (document.title_words if field == "title" else document.body_words)
        case Phrase(field, words, slop):
            have = document.title_words if field == "title" else document.body_words
            return any(_follows(have, at, words, slop) for at in range(len(have)))
        case Exact(text):
            needle, form = tight(text), tight(document.text)
            return needle in form if Needle(text).marked else bare(needle) in bare(form)
        case And(parts):
            return all(holds(document, part) for part in parts)
        case Or(parts):
            return any(holds(document, part) for part in parts)
        case Not(part):
            return not holds(document, part)
        case Prefer(inner, _):
            return holds(document, inner)


def _follows(have: tuple[str, ...], at: int, words: tuple[str, ...], slop: int) -> bool:
    """Do `words` follow each other from `at`, the nearest next one taken each time?"""
    if have[at] != words[0]:
        return False
    for word in words[1:]:
        window = have[at + 1:at + 2 + slop]
        if word not in window:
            return False
        step = window.index(word)
        slop -= step
        at += step + 1
    return True


def random_query(random_: random.Random, documents: list[Document], depth: int = 0) -> Query:
    """A random tree whose leaves come from the texts (and some from nowhere)."""
    kind = random_.choice(("term", "exact", "exact", "phrase", "and", "or", "not") if depth < 3
                          else ("term", "exact", "phrase"))
    document = random_.choice(documents)
    if kind == "term":
        return Term("body", random_.choice([*document.body_words, "没有这个词"]))
    if kind == "phrase":
        at = random_.randrange(len(document.body_words))
        return Phrase("body", document.body_words[at:at + random_.randint(1, 3)], random_.randint(0, 2))
    if kind == "exact":
        body = document.text.split("\0")[1]
        at = random_.randrange(len(body))
        return Exact(body[at:at + random_.randint(1, 20)])
    if kind == "not":
        return Not(random_query(random_, documents, depth + 1))
    parts = tuple(random_query(random_, documents, depth + 1) for _ in range(random_.randint(1, 3)))
    return And(parts) if kind == "and" else Or(parts)


def test_random_query_trees_agree_with_a_scan(filled: tuple[SearchEngine, dict[str, Document]]) -> None:
    engine, held = filled
    documents = list(held.values())
    random_ = random.Random(11)
    with engine.searcher() as searcher:
        for _ in range(600):
            query = random_query(random_, documents)
            expected = {document.id for document in documents if holds(document, query)}
            hits = searcher.search(Request(query, limit=1000))
            assert {hit.id for hit in hits.hits} == expected, query
            assert hits.total == len(expected) == searcher.count(query)


def test_filters_and_facets_agree_with_a_scan(filled: tuple[SearchEngine, dict[str, Document]]) -> None:
    engine, held = filled
    random_ = random.Random(13)
    filters = {"region": frozenset({"甘肃省", UNKNOWN}), "year": frozenset({"2013", "2014"})}
    with engine.searcher() as searcher:
        for _ in range(60):
            query = random_query(random_, list(held.values()))
            hits = searcher.search(Request(query, filters, FACETS, limit=1000))
            found = [document for document in held.values() if holds(document, query)]
            for facet in FACETS:
                expected: dict[str, int] = {}
                for document in found:
                    if all(wanted.intersection(document.facets[name])
                           for name, wanted in filters.items() if name != facet):
                        for value in document.facets[facet]:
                            expected[value] = expected.get(value, 0) + 1
                assert dict(hits.facets[facet]) == expected
            assert hits.total == sum(
                all(wanted.intersection(document.facets[name]) for name, wanted in filters.items())
                for document in found)


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


LETTERS = st.text(st.sampled_from("帮扶驻村12.5%:-/,。、（）“” \n3a"), max_size=30)


@given(LETTERS, st.data())
def test_every_substring_is_found_by_its_terms(text: str, data: st.DataObject) -> None:
    """The index terms of a substring are among those of the text: no report is missed."""
    from indexer.store.exact import index_terms  # noqa: PLC0415

    start = data.draw(st.integers(0, len(text)))
    part = text[start:data.draw(st.integers(start, len(text)))]
    whole = tight(text)
    needle = Needle(part)
    if needle.marked or bare(tight(part)) in bare(whole):
        assert set(needle.terms) <= set(index_terms(whole, bare(whole)))


@given(LETTERS, LETTERS)
def test_spans_are_where_the_string_stands(text: str, part: str) -> None:
    needle = Needle(part)
    found = spans(text, part)
    assert all(tight(text[start:end]) == needle.text or bare(tight(text[start:end])) == needle.text
               for start, end in found)
    if needle.text:
        assert len(found) == needle.count(tight(text), bare(tight(text)))
