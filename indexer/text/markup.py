"""Markup becomes lines: what a browser would show line by line, and in which blocks each line stands."""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from lxml import etree  # type: ignore[import-untyped]

# Shown to nobody, or no text of the page.
_SKIPPED = frozenset(
    "style noscript iframe object embed svg canvas select option button audio video map datalist".split()
)
# Never shown as such, but scripts may bring the text to the page out of them.
_CARRIERS = frozenset(("script", "textarea", "template", "xmp"))
_CHROME_TAGS = frozenset(("nav", "footer", "aside", "marquee"))
_BLOCKS = frozenset(
    "address article aside blockquote body caption center dd div dl dt fieldset figcaption figure footer "
    "form h1 h2 h3 h4 h5 h6 header hr html legend li main marquee menu nav ol p pre section table tbody td "
    "tfoot th thead tr ul".split()
)
_CELLS = frozenset(("td", "th"))
_HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
# Elements without an end: they hold nothing.
_VOID = frozenset(("br", "meta", "input", "img", "link", "hr"))
_SPECIAL = _VOID | _SKIPPED | _CARRIERS | {"title"}
# A cell that holds one of these is part of a layout, not of a table of data.
_LAYOUT = frozenset("table div ul ol form h1 h2 h3 section article".split())
_COUNTED = _CELLS | _HEADINGS | _LAYOUT | {"tr", "pre"}
_CHROME_NAME = re.compile(
    r"(?:^|[\s_-])(?:nav\w?|menu|footer|foot|copyright|breadcrumb|crumbs?|mbx|sidebar|side|share|bdshare\w*|related|"
    r"rel|recommend|pagination|pager|fanye|toolbar|search|login|banner|friendlink|links?|hot|rank|comments?|ads?|"
    r"advert|location|position|pos|weizhi|dqwz|topbar|toptb|bottom|sign|signature|quote|updown|prenext|qrcode|"
    r"reply|replies|weather|tips|statement|path)(?:$|[\s_-]|\d)|bdshare|sharebox|"
    r"footer(?!ed)",
    re.IGNORECASE,
)
# Names that content systems give to the text area itself, and names that only hint at it.
_AREA_NAME = re.compile(
    r"trs_editor|trs_ueditor|trs_web|ucap-?content|vsb_content|v_news_content|zoom|custom_unionstyle|"
    r"artibody|article_?(?:body|content|con|text)|news_?(?:text|content|con)|neirong|wenzhang_?con|"
    r"post_?message|post_?msg|t_f(?:$|\s)|t_msgfont|founder-content|endtext|rwb_zw|main_?text|con_?text|"
    r"text_?con|print_?body|mainbody|art_con|bt-content|doc-?text|js_content|ewb-article-content|"
    r"lbl_?\w{0,20}(?:content|body|text|neirong)",
    re.IGNORECASE,
)
_HINT_NAME = re.compile(
    r"content|article|artical|detail|wenzhang|print|text(?!-?align)|(?:^|[\s_-])(?:con|body|main|nr|zw)(?:$|[\s_-])",
    re.IGNORECASE,
)
_HIDDEN = re.compile(r"display:none|visibility:hidden|(?:left|top|text-indent|margin-left):-\d{3,}|"
                     r"font-size:0(?![.\d])")
_HAN = re.compile(r"[\u3400-\u9fff]")
_NO_HAN = re.compile(r"[^\u3400-\u9fff]+")
# What HTML takes for a blank; a vertical tab is a control character that a database let through.
_SPACE = re.compile(r"[ \t\r\n\f]+")
# Blanks of the source that a browser shows as one; a break in the source is only its layout.
_LAYOUT_SPACE = re.compile(r" *[\t\r\n\f][ \t\r\n\f]*")
# A sentence that ends before several blanks, in a line as long as several paragraphs.
_WIDE_BREAK = re.compile(r"[。！？：；!?:;”）)] {2,}(?=\S)")
MIN_WIDE_LINE, MIN_WIDE_BREAKS = 150, 3
_CJK = "\u3000-\u303f\u3400-\u9fff\uff01-\uff60“”‘’—…"
_SOURCE_WRAP = re.compile(rf"(?<=[{_CJK}])[ \t]*\r?\n[ \t]*(?=[{_CJK}])")
# A text that was put between the tags as it was: its lines begin with an indent.
_INDENTED = re.compile(r"[ \t]*\r?\n\s*(?=\u3000\u3000|\xa0\xa0)")
# What a carrier must hold to be looked at: that many characters.
MIN_CARRIED = 80

# Marks, between the pieces of a line, where an inline element begins or ends.
SEAM = "\x1f"


@dataclass(slots=True)
class Block:
    """An element that begins and ends lines. Its descendants are the blocks up to `end`."""

    tag: str
    parent: int
    depth: int
    chrome: bool = False  # by its tag or its own name
    area: int = 0  # 2: named as the text area, 1: named like one
    name: str = ""
    hidden: bool = False
    end: int = 0
    prose: int = 0


@dataclass(slots=True)
class Line:
    """A line as a reader sees it; `spread` has SEAM where inline elements meet."""

    text: str
    spread: str
    block: int
    linked: int = 0
    beside: int = 0  # Han characters outside of links
    heading: int = 0  # 1 for h1 … 6 for h6
    wide: str = ""  # a long line with the blanks of the source, where these differ


@dataclass(slots=True)
class Markup:
    """What was read of a page: lines in order, blocks in preorder, and what stands in the head."""

    lines: list[Line] = field(default_factory=list)
    blocks: list[Block] = field(default_factory=lambda: [Block("", -1, 0)])
    headings: list[str] = field(default_factory=list)
    title: str = ""
    metas: dict[str, str] = field(default_factory=dict)
    carried: list[str] = field(default_factory=list)


def han_count(text: str) -> int:
    """How many Han characters `text` holds."""
    return len(_NO_HAN.sub("", text))


def read_markup(markup: str) -> Markup:
    """Read any markup, however broken; never raises. Linear, and no depth of nesting is too deep.

    The parser calls the reader as it goes: no tree is built, so libxml2's limit of depth does not cut
    anything and 20 MB need no more memory than their lines.  A bare NUL is blanked first.
    """
    reader = _Reader()
    parser = etree.HTMLParser(target=reader, encoding="utf-8", huge_tree=True)
    try:
        parser.feed(markup.replace("\0", " ").encode("utf-8", "replace"))
        parser.close()
    except etree.LxmlError:
        pass  # what was read so far stands
    return reader.finish()


@functools.lru_cache(maxsize=4096)
def _judged(name: str) -> tuple[bool, int]:
    """(named like chrome, how surely named like the text area) for an element's id and classes."""
    area = 2 if _AREA_NAME.search(name) else 1 if _HINT_NAME.search(name) else 0
    return area < 2 and bool(_CHROME_NAME.search(name)), area


@dataclass(slots=True)
class _Row:
    """An open table row: its cells as (first line, end, may it be a cell of data)."""

    block: int
    cells: list[tuple[int, int, bool]] = field(default_factory=list)
    start: int = 0
    data: bool = True


class _Reader:
    """Takes the parser's events and writes lines and blocks."""

    def __init__(self) -> None:
        self.page = Markup()
        self.pieces: list[str] = []
        self.linked: list[str] = []
        self.open: list[tuple[str, int]] = []  # tag and block of each open element; -1 for inline ones
        self.current = 0
        self.skipping = self.links = self.pre = self.heading = 0
        self.carrier: list[str] | None = None
        self.rows: list[_Row] = []
        self.head: list[str] | None = None  # pieces of <title>
        self.heading_start = 0

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        """An element begins."""
        if self.skipping or self.carrier is not None:
            self.skipping += 1
            return
        if tag in _SPECIAL:
            self._start_special(tag, attributes)
        if tag not in _VOID:
            self._open(tag, attributes)

    def _start_special(self, tag: str, attributes: Mapping[str, str]) -> None:
        if tag in ("br", "hr"):
            self._flush()
        elif tag in _SKIPPED:
            self.skipping = 1
        elif tag in _CARRIERS:
            self.skipping, self.carrier = 1, []
        elif tag == "meta":
            self._meta(attributes)
        elif tag == "input":
            self._carried(attributes.get("value") or "")
        elif tag == "title" and not self.page.title:
            self.head = []

    def _open(self, tag: str, attributes: Mapping[str, str]) -> None:
        name, chrome, area, hidden = "", False, 0, False
        if attributes:
            name = f"{attributes.get('id') or ''} {attributes.get('class') or ''}".strip()
            if name:
                chrome, area = _judged(name)
            hidden = _is_hidden(attributes)
        if tag not in _BLOCKS and "-" not in tag and area < 2 and not hidden:
            self.pieces.append(SEAM)
            self.links += tag == "a"
            self.open.append((tag, -1))
            return
        if "-" in tag:
            area = max(area, _judged(tag)[1])
        self._flush()
        above = self.page.blocks[self.current]
        self.page.blocks.append(Block(
            tag, self.current, above.depth + 1, chrome or tag in _CHROME_TAGS, area, name,
            above.hidden or hidden))
        self.open.append((tag, self.current))
        self.current = len(self.page.blocks) - 1
        if tag in _COUNTED:
            self._open_special(tag)

    def _open_special(self, tag: str) -> None:
        if tag == "tr":
            self.rows.append(_Row(self.current))
        elif tag in _CELLS and self.rows:
            self.rows[-1].start, self.rows[-1].data = len(self.page.lines), True
        elif tag in _LAYOUT and self.rows:
            self.rows[-1].data = False
        self.pre += tag == "pre"
        if tag in _HEADINGS:
            self.heading, self.heading_start = int(tag[1]), len(self.page.lines)

    def end(self, tag: str) -> None:
        """An element ends."""
        if self.skipping:
            self.skipping -= 1
            if self.skipping:
                return
            if self.carrier is not None:
                self._carried("".join(self.carrier))
                self.carrier = None
        if tag in _VOID or not self.open:
            return
        if tag == "title" and self.head is not None:
            self.page.title, self.head = _plain("".join(self.head)), None
        tag, block = self.open.pop()
        if block < 0:
            self.pieces.append(SEAM)
            self.links -= tag == "a"
            return
        self._flush()
        self.page.blocks[self.current].end = len(self.page.blocks)
        if tag in _COUNTED:
            self._close_special(tag)
        self.current = block

    def _close_special(self, tag: str) -> None:
        if tag in _CELLS and self.rows:
            row = self.rows[-1]
            row.cells.append((row.start, len(self.page.lines), row.data))
        elif tag == "tr" and self.rows:
            self._join_row(self.rows.pop())
            if self.rows:
                self.rows[-1].data = False
        self.pre -= tag == "pre"
        if tag in _HEADINGS and self.heading:
            lines = self.page.lines[self.heading_start:]
            if self.heading <= 2 and lines and not self.page.blocks[self.current].hidden:
                self.page.headings.append(" ".join(line.text for line in lines))
            self.heading = 0

    def data(self, text: str) -> None:
        """Characters of the page."""
        if self.carrier is not None:
            self.carrier.append(text)
        elif self.skipping:
            return
        elif self.head is not None:
            self.head.append(text)
        elif self.pre and "\n" in text:
            first, *rest = text.split("\n")
            self._add(first)
            for line in rest:
                self._flush()
                self._add(line)
        else:
            self._add(text)

    def _add(self, text: str) -> None:
        if "\n" in text:
            text = _SOURCE_WRAP.sub(lambda m: m.group() if m.string.startswith("\u3000\u3000", m.end())
                                    else "", text)
        self.pieces.append(text)
        if self.links:
            self.linked.append(text)

    def comment(self, text: str) -> None:
        """A comment: one that was never closed swallows the text behind it."""
        if len(text) >= 2000:
            self._carried(text)

    def close(self) -> None:
        """The document ends."""

    def _flush(self) -> None:
        """End the line."""
        if not self.pieces:
            return
        raw = "".join(self.pieces)
        self.pieces.clear()
        if raw.strip(" \r\n\t\x1f"):
            lines = _INDENTED.split(raw) if "\n" in raw else [raw]
            linked = "".join(self.linked) if self.linked else ""
            for line in lines:
                self._write(line, linked if len(lines) == 1 else "")
        self.linked.clear()

    def _write(self, raw: str, linked: str) -> None:
        spread = (raw if _is_single_spaced(raw) else _SPACE.sub(" ", raw)).strip(" ")
        text = spread.replace(SEAM, "").strip(" ") if SEAM in spread else spread
        if "  " in text:
            text = _SPACE.sub(" ", text)
        if not text or text.isspace():
            return
        if linked:
            linked = _SPACE.sub("", linked)
        beside = han_count(text) - han_count(linked) if linked else -1
        wide = ""
        if len(text) >= MIN_WIDE_LINE and "  " in raw:
            wide = _LAYOUT_SPACE.sub(" ", raw.replace(SEAM, "")).strip(" ")
        self.page.lines.append(Line(text, spread, self.current, len(linked), beside, self.heading, wide))

    def _join_row(self, row: _Row) -> None:
        """The cells of a row of data become one line, parted by tabs."""
        lines = self.page.lines
        if len(row.cells) < 2 or not all(data for _, _, data in row.cells):
            return
        cells = [lines[start:end] for start, end, _ in row.cells]
        if any(len(cell) > 6 or sum(len(line.text) for line in cell) > 200 for cell in cells):
            return
        joined = [line for cell in cells for line in cell]
        if not joined or any(line.heading for line in joined):
            return
        texts = [_cell_text(cell) for cell in cells]
        beside = sum(line.beside if line.linked else han_count(line.text) for line in joined)
        text = "\t".join(texts).strip("\t")
        spread = "\t".join(" ".join(line.spread.strip(SEAM + " ") for line in cell) for cell in cells)
        del lines[row.cells[0][0]:]
        lines.append(Line(text, spread.strip("\t"), row.block, sum(line.linked for line in joined), beside))

    def _meta(self, attributes: Mapping[str, str]) -> None:
        name = (attributes.get("name") or attributes.get("property") or "").lower()
        content = _plain(attributes.get("content") or "")
        if name and content:
            self.page.metas.setdefault(name, content)

    def _carried(self, text: str) -> None:
        if len(text) >= MIN_CARRIED and (_HAN.search(text) or "\\u" in text):
            self.page.carried.append(text)

    def finish(self) -> Markup:
        """All that was read."""
        self._flush()
        if self.head is not None:
            self._carried("".join(self.head))
        if self.carrier is not None:
            self._carried("".join(self.carrier))
        for block in self.page.blocks:
            block.end = block.end or len(self.page.blocks)
        self._keep_wide_blanks()
        return self.page

    def _keep_wide_blanks(self) -> None:
        """Where paragraphs became several blanks each, these tell them from a blank inside a word."""
        lines = [line for line in self.page.lines if line.wide]
        if sum(len(_WIDE_BREAK.findall(line.wide)) for line in lines) >= MIN_WIDE_BREAKS:
            for line in lines:
                line.text = line.wide


def _cell_text(cell: list[Line]) -> str:
    """The lines of a cell as one: a head that is set vertically (村/名) is one word."""
    texts = [line.text for line in cell]
    return ("" if all(len(text) <= 2 for text in texts) else " ").join(texts)


def _is_hidden(attributes: Mapping[str, str]) -> bool:
    if "hidden" in attributes:
        return True
    style = attributes.get("style")
    return bool(style) and _hides(style or "")


@functools.lru_cache(maxsize=4096)
def _hides(style: str) -> bool:
    return bool(_HIDDEN.search(style.replace(" ", "").lower()))


def _is_single_spaced(text: str) -> bool:
    """Are single plain blanks all the white space of `text`?"""
    return not ("\n" in text or "  " in text or "\t" in text or "\r" in text or "\f" in text)


def _plain(text: str) -> str:
    return _SPACE.sub(" ", text).strip()
