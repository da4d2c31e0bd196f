"""A decoded page becomes its main text, its title and its metadata lines: the chrome stays behind."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator
from dataclasses import dataclass

from bs4 import BeautifulSoup, MarkupResemblesLocatorWarning, XMLParsedAsHTMLWarning
from bs4.element import Comment, Doctype, NavigableString, ProcessingInstruction, Tag

from indexer.model import Decoded, Extracted, Label, RawPage
from indexer.text.repair.chrome import labels_of

_SKIPPED = frozenset(
    "script style noscript iframe object embed template svg canvas select option button input "
    "textarea nav footer aside audio video map head form".split()
)
# A form often wraps a whole ASP page, so only its controls are skipped.
_SKIPPED -= {"form"}
_BLOCKS = frozenset(
    "address article blockquote body br caption center dd div dl dt fieldset figcaption figure form "
    "h1 h2 h3 h4 h5 h6 header hr html li main ol p pre section table tbody td tfoot th thead tr ul "
    "title".split()
)
_CELLS = frozenset(("td", "th"))
_CHROME_NAME = re.compile(
    r"(?:^|[\s_-])(?:nav|menu|footer|foot|copyright|breadcrumb|crumb|sidebar|share|bdshare|related|"
    r"recommend|pagination|pager|toolbar|search|login|banner|friendlink|links?|hot|rank|comment|ad|ads|"
    r"location|position|weizhi|dqwz|topbar|bottom)(?:$|[\s_-]|\d)",
    re.IGNORECASE,
)
_CONTENT_NAME = re.compile(
    r"trs_editor|ucapcontent|ucap-content|vsb_content|zoom|content|article|artical|custom_unionstyle|"
    r"con_?text|news_?text|maintext|main_?body|t_msgfont|t_f\b|postmessage|detail|wenzhang|neirong|print",
    re.IGNORECASE,
)
_META_TITLES = ("articletitle", "og:title", "title", "dc.title", "twitter:title")
_META_LABELS = frozenset(
    "pubdate contentsource author source publishdate article:published_time article:author "
    "og:release_date dc.date dc.creator dc.publisher pubtime publisher createdate".split()
)
_HAN_OR_DIGIT = re.compile(r"[\u3400-\u9fff0-9]")
_HAN = re.compile(r"[\u3400-\u9fff]")
_SPACE = re.compile(r"[ \t\r\n\f\v]+")

# Above this share of linked characters a line is navigation, not prose.
LINKED_LINE = 0.6
# Han characters that may stand beside the link of a navigation line ([县区] …).
MAX_BESIDE_LINK = 4
# The main text is the smallest element that holds this share of the page's prose.
MAIN_SHARE = 0.75
# An element named like a text area is believed when it holds at least this share.
NAMED_SHARE = 0.45
# Lines in front of the main text where metadata lines are looked for.
HEAD_LINES = 14


@dataclass(slots=True)
class _Line:
    """A line of the page as it would be read on screen."""

    text: str
    linked: int
    parents: tuple[int, ...]  # ids of the enclosing elements, outermost first
    heading: bool
    unlinked_han: int

    @property
    def navigation(self) -> bool:
        """Linked almost wholly: what is left beside the link is a bullet, a date, a bracket.

        A sentence with a link inside keeps words of its own outside of the link.
        """
        if self.linked <= LINKED_LINE * len(self.text):
            return False
        return self.unlinked_han <= MAX_BESIDE_LINK or self.linked > 0.95 * len(self.text)

    @property
    def prose(self) -> int:
        """Han and digits outside of links: what a line counts for when the text area is sought.

        Headlines and metadata lines often stand outside of the text area: they do not count.
        """
        total = len(_HAN_OR_DIGIT.findall(self.text))
        if total == 0 or self.heading or self.navigation:
            return 0
        return 0 if labels_of(self.text) else max(total - self.linked, 0)


def extract(page: RawPage, decoded: Decoded) -> Extracted:
    """The main text of `page`, one block a line, with title candidates and metadata.

    Text pages and JSON records of text come back as they are.  An HTML page that holds no text at
    all gives an empty text and a warning; nothing raises.
    """
    if page.media == "text":
        return Extracted(decoded.text, tuple(filter(None, (page.title,))))
    soup = _parse(decoded.text)
    lines = _read_lines(soup)
    start, end = _main_span(lines, soup)
    text = "\n".join(line.text for line in lines[start:end] if not line.navigation)
    head = lines[max(0, start - HEAD_LINES):start]
    labels = [label for line in head if not line.heading for label in labels_of(line.text)]
    titles = _titles(soup, page.title)
    warning = () if text.strip() else ("no text was found in the markup",)
    return Extracted(text, titles, (*labels, *_meta_labels(soup)), warning)


def _parse(markup: str) -> BeautifulSoup:
    """lxml's tree; where its depth limit cut a page short, Python's own slower parser.

    A bare NUL ends a document for libxml2, so NULs are blanked first.
    """
    markup = markup.replace("\0", " ")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", MarkupResemblesLocatorWarning)
        warnings.simplefilter("ignore", XMLParsedAsHTMLWarning)
        soup = BeautifulSoup(markup, "lxml")
        kept = len(_HAN_OR_DIGIT.findall(soup.get_text()))
        if kept * 2 < len(_HAN_OR_DIGIT.findall(_bare(markup))):
            soup = BeautifulSoup(markup, "html.parser")
    return soup


_NOT_TEXT = re.compile(r"<(script|style)\b.*?</\1\s*>|<!--.*?-->|<[^<>]*>", re.DOTALL | re.IGNORECASE)


def _bare(markup: str) -> str:
    return _NOT_TEXT.sub("", markup)


def _read_lines(soup: BeautifulSoup) -> list[_Line]:
    """All visible lines of the page in document order; cells of a table row are parted by tabs."""
    lines: list[_Line] = []
    pieces: list[str] = []
    linked = unlinked_han = 0
    place: tuple[int, ...] = ()
    heading = started = False

    def flush() -> None:
        nonlocal linked, unlinked_han, heading, started
        text = "\t".join(_SPACE.sub(" ", cell).strip() for cell in "".join(pieces).split("\t"))
        if text.strip():
            lines.append(_Line(text.strip("\t"), linked, place, heading, unlinked_han))
        pieces.clear()
        linked, unlinked_han, heading, started = 0, 0, False, False

    for event, node, parents, in_link in _walk(soup):
        if event == "text":
            text = str(node)
            if text.strip():
                place = _common(place, parents) if started else parents
                started = True
            pieces.append(_SPACE.sub(" ", text))
            if in_link:
                linked += len(text.strip())
            else:
                unlinked_han += len(_HAN.findall(text))
        elif isinstance(node, Tag):
            if node.name in _CELLS and event == "close" and _plain_cell(node):
                pieces.append("\t")
            elif node.name in _BLOCKS and not (node.name in _CELLS and _plain_cell(node)):
                flush()
            heading = heading or (event == "open" and node.name in ("h1", "h2"))
    flush()
    return lines


def _plain_cell(cell: Tag) -> bool:
    """A cell of a data table: short and without blocks of its own, in a row of several."""
    row = cell.parent
    if row is None or row.name != "tr":
        return False
    count = sum(1 for child in row.children if isinstance(child, Tag) and child.name in _CELLS)
    return count > 1 and len(cell.get_text()) <= 200 and cell.find(["table", "div"]) is None


def _walk(soup: BeautifulSoup) -> Iterator[tuple[str, Tag | NavigableString, tuple[int, ...], bool]]:
    """Open, close and text events of the visible tree, without recursion."""
    stack: list[tuple[Tag | NavigableString, tuple[int, ...], bool, bool]] = [(soup, (), False, False)]
    while stack:
        node, parents, in_link, closing = stack.pop()
        if closing:
            yield "close", node, parents, in_link
        elif isinstance(node, Tag):
            if node.name in _SKIPPED or _is_hidden(node):
                continue
            inside = (*parents, id(node)) if node.name in _BLOCKS else parents
            linking = in_link or node.name == "a"
            yield "open", node, parents, in_link
            stack.append((node, parents, in_link, True))
            stack += [(child, inside, linking, False)
                      for child in reversed(node.contents) if isinstance(child, Tag | NavigableString)]
        elif not isinstance(node, Comment | Doctype | ProcessingInstruction):
            yield "text", node, parents, in_link


def _is_hidden(tag: Tag) -> bool:
    style = str(tag.get("style") or "").replace(" ", "").lower()
    return "display:none" in style or tag.has_attr("hidden")


def _common(a: tuple[int, ...], b: tuple[int, ...]) -> tuple[int, ...]:
    length = 0
    for x, y in zip(a, b, strict=False):
        if x != y:
            break
        length += 1
    return a[:length]


def _main_span(lines: list[_Line], soup: BeautifulSoup) -> tuple[int, int]:
    """First and one past the last line of the text area."""
    chrome = {id(tag) for tag in soup.find_all(True) if _is_chrome_name(tag)}
    total: dict[int, int] = {}
    order: dict[int, int] = {}
    prose = 0
    for line in lines:
        if chrome.intersection(line.parents):
            continue
        prose += line.prose
        for depth, parent in enumerate(line.parents):
            total[parent] = total.get(parent, 0) + line.prose
            order[parent] = depth
    if prose == 0:
        return 0, len(lines)
    named = [
        id(tag) for tag in soup.find_all(True)
        if total.get(id(tag), 0) >= NAMED_SHARE * prose and _CONTENT_NAME.search(_name(tag))
    ]
    wide = [key for key, value in total.items() if value >= MAIN_SHARE * prose]
    main = max(named or wide, key=lambda key: (order.get(key, 0), total[key]), default=None)
    inside = [
        number for number, line in enumerate(lines)
        if (main is None or main in line.parents) and not chrome.intersection(line.parents)
    ]
    return (inside[0], inside[-1] + 1) if inside else (0, len(lines))


def _name(tag: Tag) -> str:
    classes = tag.get("class")
    names = classes if isinstance(classes, list) else [str(classes or "")]
    return " ".join((str(tag.get("id") or ""), *names))


def _is_chrome_name(tag: Tag) -> bool:
    name = _name(tag)
    return bool(name.strip()) and bool(_CHROME_NAME.search(name)) and not _CONTENT_NAME.search(name)


def _titles(soup: BeautifulSoup, given: str | None) -> tuple[str, ...]:
    """Title candidates in falling order of trust, without repetition."""
    found = [tag.get_text(" ") for tag in soup.find_all("h1")[:3]]
    metas = _metas(soup)
    found += [metas[name] for name in _META_TITLES if name in metas]
    found += [given or ""]
    if soup.title is not None:
        found.append(soup.title.get_text(" "))
    cleaned = (_SPACE.sub(" ", title).strip() for title in found)
    return tuple(dict.fromkeys(title for title in cleaned if title))


def _metas(soup: BeautifulSoup) -> dict[str, str]:
    metas: dict[str, str] = {}
    for tag in soup.find_all("meta"):
        name = str(tag.get("name") or tag.get("property") or "").lower()
        content = str(tag.get("content") or "").strip()
        if name and content:
            metas.setdefault(name, content)
    return metas


def _meta_labels(soup: BeautifulSoup) -> tuple[Label, ...]:
    return tuple(
        Label(name, content, f'<meta name="{name}" content="{content}">')
        for name, content in _metas(soup).items() if name in _META_LABELS
    )
