"""`.warc` and `.warc.gz` as crawlers write them, and damaged."""

from __future__ import annotations

import gzip
import zlib
from pathlib import Path

import pytest

from indexer.archive import estimate_pages, read_archive, reread
from indexer.model import Problem, RawPage
from indexer.text.decode import decode

BODY = "<html><p>帮扶工作队入户走访，了解生产生活情况。</p></html>"


class Crawl:
    """A WARC file in the making, as a crawler writes it: with `packed`, one gzip member a record."""

    def __init__(self, *, packed: bool = False) -> None:
        self.packed = packed
        self.content = b""
        self.record("warcinfo", b"software: x\r\n")

    def record(self, kind: str, block: bytes, *headers: str) -> None:
        lines = ["WARC/1.0", f"WARC-Type: {kind}", "WARC-Date: 2023-06-19T08:00:00Z", *headers,
                 f"Content-Length: {len(block)}", "", ""]
        record = "\r\n".join(lines).encode() + block + b"\r\n\r\n"
        self.content += gzip.compress(record) if self.packed else record

    def answer(self, url: str, body: bytes, *, kind: str = "text/html", status: str = "200 OK",
               **headers: str) -> Crawl:
        lines = [f"HTTP/1.1 {status}", f"Content-Type: {kind}"]
        lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
        self.record("response", "\r\n".join([*lines, "", ""]).encode() + body,
                    f"WARC-Target-URI: {url}", "Content-Type: application/http; msgtype=response")
        return self


def read(*paths: Path, **options: int) -> tuple[list[RawPage], list[Problem]]:
    items = list(read_archive(paths, **options))
    return ([item for item in items if isinstance(item, RawPage)],
            [item for item in items if isinstance(item, Problem)])


@pytest.mark.parametrize("packing", ["plain", "by record", "as a whole"])
def test_html_answers_become_pages(tmp_path: Path, packing: str) -> None:
    crawl = Crawl(packed=packing == "by record")
    crawl.answer("http://a.gov.cn/1", BODY.encode("gbk"), kind="text/html; charset=GB2312")
    crawl.answer("http://a.gov.cn/p.jpg", b"\xff\xd8\xff", kind="image/jpeg")
    crawl.answer("http://a.gov.cn/2", BODY.encode(), kind="Application/XHTML+xml")
    crawl.answer("http://a.gov.cn/3", BODY.encode(), status="404 Not Found")
    content = gzip.compress(crawl.content) if packing == "as a whole" else crawl.content
    file = tmp_path / ("a.warc" if packing == "plain" else "a.warc.gz")
    file.write_bytes(content)
    (first, second), problems = read(tmp_path)
    assert problems == []
    assert (first.path, first.url, first.charset, first.fetched_at, first.source.record) == (
        f"{file.name}#2", "http://a.gov.cn/1", "GB2312", "2023-06-19T08:00:00Z", 2)
    assert decode(first).text == decode(second).text == BODY
    assert "transport says GB2312" in decode(first).evidence
    assert second.path == f"{file.name}#4"
    assert [reread(page.source) for page in (first, second)] == [first, second]
    assert estimate_pages([file]) is None


def test_the_encodings_of_the_transport_are_undone(tmp_path: Path) -> None:
    body = BODY.encode()
    half = len(body) // 2
    chunks = b"".join(f"{len(part):x}\r\n".encode() + part + b"\r\n"
                      for part in (body[:half], body[half:], b""))
    bare = zlib.compressobj(wbits=-15)
    crawl = Crawl()
    crawl.answer("http://a/gzip", gzip.compress(body), Content_Encoding="gzip")
    crawl.answer("http://a/undone", body, Content_Encoding="gzip")
    crawl.answer("http://a/zlib", zlib.compress(body), Content_Encoding="deflate")
    crawl.answer("http://a/bare", bare.compress(body) + bare.flush(), Content_Encoding="deflate")
    crawl.answer("http://a/chunked", chunks, Transfer_Encoding="Chunked")
    crawl.answer("http://a/dechunked", body, Transfer_Encoding="chunked")
    crawl.answer("http://a/br-undone", body, Content_Encoding="br")
    crawl.answer("http://a/br", b"\x8b\x0e\x80", Content_Encoding="br")
    crawl.answer("http://a/cut", gzip.compress(body)[:-20], Content_Encoding="gzip")
    crawl.answer("http://a/bomb", gzip.compress(b"x" * 50_000_000), Content_Encoding="gzip")
    crawl.answer("http://a/large", b"x" * 2_000_001)
    crawl.answer("http://a/empty", b"")
    crawl.answer("http://a/last", body)
    (tmp_path / "a.warc").write_bytes(crawl.content)
    pages, problems = read(tmp_path, max_bytes=2_000_000)
    assert [page.content for page in pages] == [body] * 8
    assert pages[-1].url == "http://a/last"
    assert [problem.reason for problem in problems] == [
        "record 9 is compressed as 'br', which cannot be read",
        "record 10 is damaged: the compressed data ends too early",
        "record 11 is larger than the limit of 2,000,000 bytes",
        "record 12 is larger than the limit of 2,000,000 bytes",
        "record 13 is empty"]


def test_what_was_read_before_the_damage_counts(tmp_path: Path,
                                                capsys: pytest.CaptureFixture[str]) -> None:
    crawl = Crawl().answer("http://a/1", BODY.encode()).answer("http://a/2", BODY.encode())
    short = crawl.content.replace(b"</p></html>\r\n\r\n", b"</p></html>" + b"!" * 500 + b"\r\n\r\n")
    packed = Crawl(packed=True).answer("http://a/1", BODY.encode()) \
        .answer("http://a/2", BODY.encode())
    (tmp_path / "a-cut.warc").write_bytes(crawl.content[:-20])
    (tmp_path / "b-longer.warc").write_bytes(short)
    (tmp_path / "c-cut.warc.gz").write_bytes(packed.content[:-20])
    (tmp_path / "d-noise.warc").write_bytes(crawl.content + b"noise\r\n" * 10)
    (tmp_path / "e-foreign.warc").write_bytes(b"\x89PNG\r\n" + bytes(range(256)) * 20)
    (tmp_path / "f-empty.warc").write_bytes(b"")
    (tmp_path / "g-fake.warc.gz").write_bytes(b"not gzip")
    pages, problems = read(tmp_path)
    assert [page.path for page in pages] == [
        "a-cut.warc#2", "b-longer.warc#2", "c-cut.warc.gz#2", "d-noise.warc#2", "d-noise.warc#3"]
    assert [problem.path[0] for problem in problems] == list("abcdefg")
    reasons = [problem.reason for problem in problems]
    assert reasons[0] == "is damaged: it ends in the middle of record 3"
    assert reasons[1] == "is damaged: a record is longer than its Content-Length"
    assert reasons[2] == "is damaged: the compressed data ends too early"
    assert reasons[5:] == ["is empty", "is not a gzip file, though its name says so"]
    assert all(reason.startswith("is damaged: ") for reason in reasons[:5])
    assert capsys.readouterr() == ("", "")


def test_headers_without_an_end_are_not_loaded_whole(tmp_path: Path) -> None:
    crawl = Crawl().answer("http://a/1", BODY.encode())
    (tmp_path / "a.warc").write_bytes(crawl.content + b"WARC/1.0\r\nX: " + b"x" * 5_000_000)
    pages, problems = read(tmp_path)
    assert len(pages) == 1
    assert [problem.reason for problem in problems] == [
        "is damaged: a record's headers have no end"]


def test_a_response_without_an_address_ends_in_a_sentence(tmp_path: Path) -> None:
    content = b"WARC/1.0\r\nWARC-Type: response\r\nContent-Length: 20\r\n\r\nHTTP/1.1 200 OK\r\n\r\n\r\n"
    (tmp_path / "a.warc").write_bytes(content)
    _, (problem,) = read(tmp_path)
    assert problem.reason.startswith("is damaged: ")


def test_a_warc_without_its_ending_is_recognised_by_name(tmp_path: Path) -> None:
    crawl = Crawl(packed=True).answer("http://a/1", BODY.encode())
    (tmp_path / "crawl.dat").write_bytes(crawl.content)
    pages, _ = read(tmp_path / "crawl.dat")
    assert [page.path for page in pages] == ["crawl.dat#2"]
