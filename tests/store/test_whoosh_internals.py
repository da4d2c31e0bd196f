"""The index is a Whoosh index: Whoosh's own code reads it. And what we lean on in it is as it was."""

from __future__ import annotations

import hashlib
import inspect
import pydoc
import random
from pathlib import Path

import pytest
import whoosh.index
from whoosh.query import And, Prefix, Term

from indexer.store import WhooshEngine
from indexer.store import query as tree
from indexer.store.engine import unpack
from indexer.store.whoosh_codec import INTERNALS, ArraySegment
from tests.store.test_engine_contract import make_document

# Digests of the source of what is leaned on, in whoosh3 3.54.0.  Where one differs, read what
# changed, run the contract suite, and only then change the digest here.
DIGESTS = {
    "whoosh.codec.base.Codec": "248e74e12f8df931",
    "whoosh.codec.base.Segment": "4ffb9ff2b9e91373",
    "whoosh.codec.base.TermsReader": "00b7e6ef73aebaaf",
    "whoosh.codec.base.PerDocumentReader": "cdd4337d17367c72",
    "whoosh.codec.base.FieldCursor": "2e73c021548853e2",
    "whoosh.index.TOC.read": "907b1ee63d503432",
    "whoosh.index.TOC.write": "98afd7fd561cd816",
    "whoosh.index.TOC._latest_generation": "2c6339df93b7ee67",
    "whoosh.index.clean_files": "7cafb566a7fcc42f",
    "whoosh.matching.mcore.ListMatcher.__init__": "c64fc4d525c9e0dd",
    "whoosh.reading.TermInfo": "5b54e5f21e974fe9",
    "whoosh.filedb.filestore.FileStorage": "afc90d18421a509e",
}


def source_digest(name: str) -> str:
    return hashlib.sha256(inspect.getsource(pydoc.locate(name)).encode()).hexdigest()[:16]  # type: ignore[arg-type]


@pytest.mark.parametrize("name", INTERNALS)
def test_whoosh_is_as_it_was(name: str) -> None:
    assert source_digest(name) == DIGESTS[name]


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, WhooshEngine]:
    folder = tmp_path_factory.mktemp("whoosh")
    engine = WhooshEngine.create(folder)
    writer = engine.writer()
    dice = random.Random(3)
    for number in range(60):
        writer.add(make_document(number, dice))
        if number == 30:
            writer.commit()
    writer.commit()
    writer.delete_page(f"{3:016x}")
    writer.commit()
    writer.close()
    return folder, engine


@pytest.mark.parametrize("word", ["驻村", "合作社", "苹果", "没有这个词"])
def test_whoosh_finds_the_same_reports(engine: tuple[Path, WhooshEngine], word: str) -> None:
    folder, own = engine
    with whoosh.index.open_dir(str(folder)).searcher() as searcher, own.searcher() as ours:
        for query, same in (
            (Term("body", word), tree.Term(word, "body")),
            (And([Term("body", word), Term("region", "甘肃省")]),
             tree.And((tree.Term(word, "body"), tree.Tag("region", frozenset({"甘肃省"}))))),
        ):
            found = {hit["id"] for hit in searcher.search(query, limit=None)}
            assert found == {hit.id for hit in ours.search(tree.Request(same, limit=100)).hits}
        assert searcher.reader().doc_count() == ours.count() == 59


def test_whoosh_reads_stored_fields_and_terms(engine: tuple[Path, WhooshEngine]) -> None:
    folder, own = engine
    with whoosh.index.open_dir(str(folder)).searcher() as searcher, own.searcher() as ours:
        hit = searcher.search(Term("body", "驻村"))[0]
        known = ours.get(hit["id"])
        assert known is not None
        assert unpack(hit["stored"]) == (known.stored, known.text)
        assert len(searcher.search(Prefix("body", "驻"), limit=None)) == ours.count(tree.Wildcard("驻*", "body"))
        assert b"\xe9\xa9\xbb\xe6\x9d\x91" in list(searcher.reader().lexicon("body"))


def test_whooshs_own_writer_cannot_spoil_an_index(tmp_path: Path) -> None:
    engine = WhooshEngine.create(tmp_path)
    writer = engine.writer()
    writer.add(make_document(1, random.Random(1)))
    writer.commit()
    writer.close()
    index = whoosh.index.open_dir(str(tmp_path))
    assert all(isinstance(segment, ArraySegment) for segment in index._segments())
    with engine.searcher() as searcher:
        assert searcher.check() == []
