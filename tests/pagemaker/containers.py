"""Pages as files, lines of JSON, WARC records or members of a zip, byte for byte reproducible."""

from __future__ import annotations

import gzip
import io
import json
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from uuid import NAMESPACE_URL, uuid5

from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from tests.pagemaker.gold import Made, Page

EPOCH = (2025, 3, 1, 8, 0, 0)
STAMP = "2025-03-01T08:00:00Z"
PIXEL = bytes.fromhex("47494638396101000100800000000000ffffff2c00000000010001000002024401003b")

Writer = Callable[[Sequence[Made], Path, str], list[Page]]


def decoded(page: Made) -> str:
    """The page as characters."""
    codec = {"utf-8": "utf-8-sig", "big5": "big5hkscs"}.get(page.gold.encoding, page.gold.encoding)
    return page.content.decode(codec)


def write_files(pages: Sequence[Made], root: Path, prefix: str = "") -> list[Page]:
    """Each page as a file below `root`; their gold with `prefix` before the paths."""
    for page in pages:
        file = root / page.gold.path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(page.content)
    return [replace(p.gold, path=prefix + p.gold.path) for p in pages]


def write_records(pages: Sequence[Made], file: Path, prefix: str = "") -> list[Page]:
    """The pages as lines of JSON (gzip): decoded text, so their bytes are UTF-8 now."""
    lines = []
    for page in pages:
        key = "html" if page.gold.media == "html" else "text"
        row = {"url": page.gold.url, key: decoded(page), "fetched_at": STAMP}
        lines.append(json.dumps(row, ensure_ascii=False) + "\n")
    with file.open("wb") as raw, gzip.GzipFile("", "wb", 9, raw, mtime=0) as out:
        out.write("".join(lines).encode("utf-8", "surrogatepass"))
    return [
        replace(p.gold, path=f"{prefix}{file.name}#{n}", encoding="utf-8") for n, p in enumerate(pages, 1)
    ]


def write_warc(pages: Sequence[Made], file: Path, prefix: str = "") -> list[Page]:
    """The pages as a crawl: a warcinfo record, a picture in the middle, a response for each page.

    Only HTML pages go in: a crawl of plain text dumps is not read. Returns the gold of those.
    """
    web = [p for p in pages if p.gold.media == "html"]
    gold = []
    with file.open("wb") as raw:
        writer = WARCWriter(raw, gzip=True)
        _record(
            writer,
            "warcinfo",
            f"{file.name}",
            b"software: pagemaker\r\nformat: WARC File Format 1.0\r\n",
            "",
        )
        count = 1
        for n, page in enumerate(web):
            if n == len(web) // 2:
                _record(writer, "response", "http://img.example/logo.gif", PIXEL, "image/gif")
                count += 1
            says = (
                f"text/html; charset={page.gold.declared}" if page.gold.declared and n % 2 else "text/html"
            )
            _record(writer, "response", page.gold.url or "", page.content, says)
            count += 1
            gold.append(replace(page.gold, path=f"{prefix}{file.name}#{count}"))
    return gold


def _record(writer: WARCWriter, kind: str, address: str, payload: bytes, media: str) -> None:
    """One record with a fixed id and date."""
    fixed = {"WARC-Date": STAMP, "WARC-Record-ID": f"<urn:uuid:{uuid5(NAMESPACE_URL, kind + address)}>"}
    if kind == "warcinfo":
        record = writer.create_warc_record(
            address,
            kind,
            payload=io.BytesIO(payload),
            length=len(payload),
            warc_content_type="application/warc-fields",
            warc_headers_dict=fixed,
        )
    else:
        http = StatusAndHeaders(
            "200 OK", [("Content-Type", media), ("Server", "Apache")], protocol="HTTP/1.1"
        )
        record = writer.create_warc_record(
            address,
            kind,
            payload=io.BytesIO(payload),
            length=len(payload),
            http_headers=http,
            warc_headers_dict=fixed,
        )
    writer.write_record(record)


class GbkName(zipfile.ZipInfo):
    """A member whose name is written as GBK without the UTF-8 flag, as Chinese packers did."""

    def _encodeFilenameFlags(self) -> tuple[bytes, int]:  # noqa: N802  (zipfile's own name)
        return self.filename.encode("gbk"), self.flag_bits & ~0x800


def write_zip(pages: Sequence[Made], file: Path, prefix: str = "") -> list[Page]:
    """The pages as members with Chinese names, in the order of the names."""
    named = sorted((_member_name(p), p) for p in pages)
    with zipfile.ZipFile(file, "w") as out:
        for name, page in named:
            member = GbkName(name, EPOCH)
            member.compress_type, member.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
            member.create_system = 3
            out.writestr(member, page.content)
    return [replace(p.gold, path=f"{prefix}{file.name}/{name}") for name, p in named]


def _member_name(page: Made) -> str:
    """`上报材料/<first characters of the title>_<number>.<ending>`."""
    stem, _, ending = page.gold.path.rpartition("/")[2].rpartition(".")
    title = "".join(c for c in page.gold.reports[0].title if "\u4e00" <= c <= "\u9fff")
    return f"上报材料/{title[:14]}_{stem}.{ending}"
