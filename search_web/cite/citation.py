"""A report as a reference: GB/T 7714—2015, RIS, BibTeX, CSL-JSON, and the metadata that Zotero reads."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import quote, urlsplit

# Authors beyond the third are 等 (GB/T 7714—2015, 8.1.2).
MAX_AUTHORS = 3
NO_AUTHOR = "佚名"
NO_TITLE = "[无题名]"
LANGUAGES = {"hans": "zh-Hans", "hant": "zh-Hant", "mixed": "zh"}

# Who prints or hosts what others wrote; any other source is the office that wrote it.
_MEDIUM = re.compile(
    "(?:[日晚早周时晨商]报|报社?|网站?|网络|在线|电视台?|广播|电台|广电|通讯社|新华社|融媒体?(?:中心)?|杂志社?|周刊|月刊"
    "|客户端|公众号|微信|微博|频道|头条|出版社|门户)$")
_AUTHOR_MARKS = re.compile(r"[、，,;；/／|]|\s+")
_ASCII_MARKS = re.compile(r"\s*[;,/|]\s*")
# What a person is, beside the name: 本报记者 张三.
_ROLE = re.compile("(?:本[报网台站刊])?(?:特约|实习)?(?:记者|通讯员|作者|撰稿|供稿|文|图|文图|摄影)[:：]?")
_BLANKS = re.compile(r"\s+")
_UNPRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff\u2028\u2029]+")
_NOT_KEY = re.compile(r"[^A-Za-z0-9]+")
_TEX = {"\\": r"\textbackslash{}", "{": r"\textbraceleft{}", "}": r"\textbraceright{}",
        "~": r"\textasciitilde{}", "^": r"\textasciicircum{}", **{char: f"\\{char}" for char in "#$%&_"}}
_TEX_TABLE = str.maketrans(_TEX)


@dataclass(frozen=True, slots=True)
class Reference:
    """What every format needs of a report. Empty is unknown.

    `creators`: who is responsible for the content: its author, else the office that is its source.
    `publisher`: the newspaper or site that it came from.
    `issued`: an ISO date of any precision.
    """

    id: str
    title: str
    creators: tuple[str, ...]
    publisher: str
    issued: str
    url: str
    language: str
    keywords: tuple[str, ...]
    place: str


def reference(record: Mapping[str, Any]) -> Reference:
    """From a stored report (see `indexer.record`).

    A source that prints what others write (甘肃日报, 人民网) is the publisher; an office (临洮县扶贫办)
    answers for its report and is the creator where no author is named.
    """
    source, authors = _line(record["source"]), _people(_line(record["author"]))
    medium = bool(_MEDIUM.search(source))
    creators = authors or ((source,) if source and not medium else ())
    return Reference(
        id=record["id"], title=_line(record["title"]), creators=creators,
        publisher=source if source not in creators else "", issued=record["published"] or "",
        url=_address(record["url"] or ""), language=LANGUAGES.get(record["script"], "zh"),
        keywords=tuple(map(_line, record["themes"])), place="".join(record["region"] or ()))


# GB/T 7714—2015.

def gb7714(record: Mapping[str, Any], accessed: date) -> str:
    """The reference of a web page, [EB/OL], as 4.6 and 8 of GB/T 7714—2015 want it.

    主要责任者. 题名[EB/OL]. 出版者, 出版年(更新或修改日期)[引用日期]. 获取和访问路径.

    What is unknown, by the standard: without a responsible person or body 佚名 (8.1.4), not [S.l.],
    which stands for a place; place and publisher of an online resource may be left out (8.4.1, 8.4.2);
    a date that is not known is left out and never guessed: the period a report tells of is no date of
    publication.  The date of access is required of everything online (8.5).  For what the standard
    has no rule: a page without a title is [无题名], in the brackets of what is supplied; a page without
    an address ends behind the date of access.
    """
    ref = reference(record)
    names = ",".join(ref.creators[:MAX_AUTHORS]) or NO_AUTHOR
    if len(ref.creators) > MAX_AUTHORS:
        names += ",等"
    issued = f"({ref.issued})" if ref.issued else ""
    # A publisher is followed by its year; without one the date stands alone, as in the standard's examples.
    printed = ref.publisher + (f",{ref.issued[:4]}" if ref.issued else "") if ref.publisher else ""
    path = f" {ref.url}." if ref.url else ""
    return f"{names}. {ref.title or NO_TITLE}[EB/OL]. {printed}{issued}[{accessed.isoformat()}].{path}"


# RIS.

def ris(record: Mapping[str, Any], accessed: date) -> str:
    """One RIS record, lines ended by CR LF as the format says, `ER  - ` last.

    ELEC is what reference managers take for a web page.
    """
    ref = reference(record)
    lines = [("TY", "ELEC"), ("ID", key(ref.id)), ("TI", ref.title)]
    lines += [("AU", name) for name in ref.creators]
    lines += [("PB", ref.publisher), ("PY", ref.issued[:4]), ("DA", _slashes(ref.issued)),
              ("Y2", _slashes(accessed.isoformat())), ("UR", ref.url), ("LA", ref.language)]
    lines += [("KW", word) for word in ref.keywords]
    lines += [("N1", _note(record))]
    return ris_lines(lines)


def ris_lines(lines: list[tuple[str, str]]) -> str:
    """An RIS record of tags and values; empty values are left out, each value is one line."""
    kept = [f"{tag}  - {_line(value)}\r\n" for tag, value in lines if _line(value)]
    return "".join([*kept, "ER  - \r\n"])


# BibTeX.

def bibtex(record: Mapping[str, Any], accessed: date) -> str:
    """One @online entry (biblatex, gbt7714); its key is ASCII and depends on the report's id alone."""
    ref = reference(record)
    names = [f"{{{tex(name)}}}" for name in ref.creators]
    fields = {
        "title": f"{{{tex(ref.title or NO_TITLE)}}}", "author": " and ".join(names),
        "organization": tex(ref.publisher), "date": ref.issued, "year": ref.issued[:4],
        "url": ref.url, "urldate": accessed.isoformat(), "language": "chinese",
        "langid": "chinese", "keywords": tex(", ".join(ref.keywords)), "note": tex(_note(record)),
    }
    body = "".join(f"  {name} = {{{value}}},\n" for name, value in fields.items() if value)
    return f"@online{{{key(ref.id)},\n{body}}}\n"


def key(report_id: str) -> str:
    """A citation key: ASCII, the same in every export.

    >>> key("9a6d-01#2")
    'bangfu-9a6d-01-2'
    """
    return f"bangfu-{_NOT_KEY.sub('-', report_id).strip('-')}"


def tex(text: str) -> str:
    r"""A text as TeX prints it; braces never stand unbalanced, which not even \{ may.

    >>> tex("12.5%_{A}")
    '12.5\\%\\_\\textbraceleft{}A\\textbraceright{}'
    """
    return _line(text).translate(_TEX_TABLE)


# CSL-JSON.

def csl(record: Mapping[str, Any], accessed: date) -> dict[str, Any]:
    """A CSL-JSON item, as Zotero, pandoc and citeproc read it; what is unknown is left out."""
    ref = reference(record)
    names = [{"literal": name} for name in ref.creators]
    item = {
        "id": key(ref.id), "type": "webpage", "title": ref.title, "author": names,
        "publisher": ref.publisher, "URL": ref.url, "language": ref.language,
        "keyword": ", ".join(ref.keywords), "note": _note(record),
        "issued": {"date-parts": [_parts(ref.issued)]} if ref.issued else None,
        "accessed": {"date-parts": [_parts(accessed.isoformat())]},
    }
    return {name: value for name, value in item.items() if value}


def csl_json(record: Mapping[str, Any], accessed: date) -> str:
    """The same as a line of JSON."""
    return json.dumps(csl(record, accessed), ensure_ascii=False)


# Embedded metadata.

def meta_tags(record: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Names and contents of the `<meta>` elements of a report's page: Highwire Press and Dublin Core.

    Not escaped: the template does that.  Zotero takes citation_* first and Dublin Core for the rest.
    """
    ref = reference(record)
    tags = [("citation_title", ref.title)]
    tags += [("citation_author", name) for name in ref.creators]
    tags += [
        ("citation_publication_date", _slashes(ref.issued)), ("citation_publisher", ref.publisher),
        ("citation_language", ref.language), ("citation_keywords", "; ".join(ref.keywords)),
        ("citation_public_url", ref.url), ("DC.title", ref.title),
    ]
    tags += [("DC.creator", name) for name in ref.creators]
    tags += [
        ("DC.date", ref.issued), ("DC.publisher", ref.publisher), ("DC.language", ref.language),
        ("DC.source", ref.url), ("DC.identifier", key(ref.id)), ("DC.type", "Text"),
        ("DC.coverage", ref.place),
    ]
    tags += [("DC.subject", word) for word in ref.keywords]
    return [(name, content) for name, content in tags if content]


# Parts.

def _line(text: str | None) -> str:
    """One printable line: breaks and controls become blanks, halves of characters a mark."""
    return _BLANKS.sub(" ", _UNPRINTABLE.sub(" ", text or "")).strip()


def _people(author: str) -> tuple[str, ...]:
    """The names of an author line; 张 三, parted to fill the line, is one.

    >>> _people("王芳、李 明"), _people("本报记者"), _people("记者 张三 李四")
    (('王芳', '李明'), ('本报记者',), ('张三', '李四'))
    """
    if author.isascii():  # John Smith
        return tuple(filter(None, _ASCII_MARKS.split(author)))
    names: list[str] = []
    lone = False
    for piece in filter(None, _AUTHOR_MARKS.split(author)):
        single = len(piece) == 1
        if single and lone:
            names[-1] += piece
        else:
            names.append(piece)
        lone = single and not lone
    return tuple(dict.fromkeys(name for name in names if not _ROLE.fullmatch(name))) or tuple(names)


def _address(url: str) -> str:
    """The address of something on the net; empty for anything else (a file's path, javascript:)."""
    try:
        parts = urlsplit(url.strip())
    except ValueError:
        return ""
    if parts.scheme.lower() not in ("http", "https", "ftp") or not parts.netloc:
        return ""
    return quote(_line(url), safe="!#$%&'()*+,/:;=?@[]~-._", errors="replace")


def _slashes(iso: str) -> str:
    return iso.replace("-", "/")


def _parts(iso: str) -> list[int]:
    return [int(part) for part in iso.split("-")]


def _note(record: Mapping[str, Any]) -> str:
    """Where the archive has it: what makes a reference without an address traceable."""
    page = record.get("page") or {}
    where = f", {page['path']}" if page.get("path") and page["path"] != record["url"] else ""
    return f"Bangfu {record['id']}{where}"
