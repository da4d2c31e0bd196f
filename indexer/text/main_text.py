"""Lines become the text of the report: the area that holds the page's prose, without what is around it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from indexer.text.labels import bare_moment, form_line, labels_of
from indexer.text.markup import Block, Line
from indexer.text.repair.chrome import is_chrome, is_list_head

# Above this share of linked characters a line is navigation, not prose.
LINKED_LINE = 0.6
# Han characters that may stand beside the link of a navigation line ([县区] …).
MAX_BESIDE_LINK = 4
# Without a name, the text area is the smallest element that holds this share of the page's prose.
MAIN_SHARE = 0.75
# An element named like a text area is believed when it holds at least this share.
NAMED_SHARE = 0.4
# A block named like navigation holds less than this share of the page's prose.
CHROME_SHARE = 0.8
# What is hidden is taken where it is so many times what is shown.
HIDDEN_TIMES = 4
# A page has sentences when they have so many Han and digits.
MIN_SENTENCES = 50
# Lines at the head of the area among which metadata lines may stand.
HEAD_LINES = 10
# A line of more Han is no headline, whatever stands below it.
MAX_HEADLINE = 80

_WORTHLESS = re.compile(r"[^\u3400-\u9fff0-9]+")
_SENTENCE = re.compile(r"[。；！？;!?”：]\s*$|[。；，].*[。，；、]")
_MARK = re.compile(r"[，。；：！？、,;\t”]")
# A date as a machine prints it; 2013年5月6日 alone on a line may head an entry of a diary.
_STAMP = re.compile(r"^\d{4}[-/.]\d|\d:\d\d")
# Every way begins with a character of its own: then the search is for these characters alone.
_FOOT = re.compile(r"ICP|版[权權]所有|Copyright|copyright|©|技[术術]支持|网站[标標][识識]|"
                   r"網站[标標][识識]|Powered by")
_ATTACHED = re.compile(r"^[\s【\[（(]*附[件表图圖录錄][\d一二三四五六七八九十]{0,2}\s*[：:.、）)】\s]|"
                       r"^\d{0,2}[.、]?.{2,60}\.(?:docx?|xlsx?|pdf|wps|et)$")
# Elements that hold paragraphs, not those that are one.
_CONTAINERS = frozenset("div td th article section main table tbody center body form pre dd blockquote html "
                        "span font fieldset".split())
_ROW_PARTS = frozenset(("tr", "li", "p", "dl", "dt", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol"))


@dataclass(frozen=True, slots=True)
class MainText:
    """Numbers of the lines of the text, of those above it (nearest last), and of those below it."""

    text: tuple[int, ...]
    above: tuple[int, ...]
    below: tuple[int, ...]


def navigation(line: Line) -> bool:
    """Linked almost wholly: what is left beside the link is a bullet, a date, a bracket.

    A sentence with a link inside keeps words of its own outside of the link; one that is a link as a
    whole ends as sentences end.
    """
    if not line.linked or line.linked <= LINKED_LINE * len(line.text):
        return False
    if "。" in line.text or line.text[-1] in "！；":
        return False
    return line.beside <= MAX_BESIDE_LINK or line.linked > 0.95 * len(line.text)


def find_main_text(lines: list[Line], blocks: list[Block]) -> MainText:
    """Which lines are the text of the report."""
    _weigh(lines, blocks)
    chrome = _chrome(blocks)
    main = _area(lines, blocks, chrome)
    end = blocks[main].end
    inside = [number for number, line in enumerate(lines)
              if main <= line.block < end and not chrome[line.block] and not blocks[line.block].hidden]
    if not inside:
        return MainText((), (), ())
    begin = _behind_labels(lines, inside)
    while begin < len(inside) - 1 and blocks[main].area < 2 and lines[inside[begin]].heading == 1:
        begin += 1
    text = _without_chrome(lines, inside[begin:])
    if not text:  # nothing but labels and buttons: better too much than nothing
        begin, text = 0, _without_chrome(lines, inside) or inside
    head = [*range(max(0, inside[0] - 2 * HEAD_LINES), inside[0]), *inside[:begin]]
    below = tuple(range(inside[-1] + 1, min(len(lines), inside[-1] + 7)))
    return MainText(tuple(text), tuple(head), below)


def _weigh(lines: list[Line], blocks: list[Block]) -> None:
    """Give each block its prose: Han and digits outside of links, headings and footers.

    Where the page has sentences, titles one below the other count for nothing; where it has none
    (a list of names), they are its text.  What scripts show later counts where nothing else is shown.
    """
    worth = [_worth(line) for line in lines]
    seen = sum(value for value, line in zip(worth, lines, strict=True) if not blocks[line.block].hidden)
    if sum(worth) > HIDDEN_TIMES * max(seen, 1):
        for block in blocks:
            block.hidden = False
    plain = [_MARK.search(line.text) is not None for line in lines]
    sentences = sum(value for value, marked in zip(worth, plain, strict=True) if marked)
    for number, line in enumerate(lines):
        listed = sentences >= MIN_SENTENCES and not any(plain[max(0, number - 1):number + 2])
        blocks[line.block].prose += 0 if listed else worth[number]
    for number in range(len(blocks) - 1, 0, -1):
        if not blocks[number].hidden:
            blocks[blocks[number].parent].prose += blocks[number].prose


def _worth(line: Line) -> int:
    if line.heading or navigation(line) or (len(line.text) < 200 and _FOOT.search(line.text)):
        return 0
    if len(line.text) < 160 and (":" in line.text or "：" in line.text) and labels_of(line.spread):
        return 0
    linked = line.linked if line.linked and line.beside < 20 else 0
    return max(len(_WORTHLESS.sub("", line.text)) - linked, 0)


def _chrome(blocks: list[Block]) -> list[bool]:
    """For each block: does it stand in a site's navigation, footer, sharing buttons, by its name?

    A name is not believed where the block holds nearly all of the page's prose, or the text area itself.
    """
    holds = [block.area == 2 and block.prose > 0 for block in blocks]
    for number in range(len(blocks) - 1, 0, -1):
        holds[blocks[number].parent] |= holds[number]
    chrome = [False] * len(blocks)
    for number, block in enumerate(blocks[1:], 1):
        small = block.prose < CHROME_SHARE * max(blocks[0].prose, 1)
        chrome[number] = chrome[block.parent] or (block.chrome and small and not holds[number])
    return chrome


def _area(lines: list[Line], blocks: list[Block], chrome: list[bool]) -> int:
    """The block of the text."""
    total = blocks[0].prose - sum(block.prose for number, block in enumerate(blocks)
                                  if chrome[number] and not chrome[block.parent] and not block.hidden)
    open_to = [number for number, block in enumerate(blocks) if not block.hidden and not chrome[number]]
    for sure in (2, 1):
        named = [number for number in open_to
                 if blocks[number].area >= sure and blocks[number].prose >= NAMED_SHARE * max(total, 1)]
        if named:
            area = max(named, key=lambda number: (blocks[number].depth, blocks[number].prose))
            inner = _narrow(blocks, area, named=sure == 2)
            return inner if sure == 2 else _climb(lines, blocks, chrome, inner)
    wide = [number for number in open_to if blocks[number].prose >= MAIN_SHARE * max(total, 1)]
    if not wide or not total:
        return 0
    area = max(wide, key=lambda number: (blocks[number].depth, blocks[number].prose))
    return _climb(lines, blocks, chrome, area)


def _narrow(blocks: list[Block], area: int, named: bool) -> int:
    """Down into the one block that holds nearly everything of the area; only into a `named` one
    where the name of the area is sure."""
    inner = [number for number in range(area, blocks[area].end)
             if blocks[number].prose >= 0.9 * blocks[area].prose and not blocks[number].hidden
             and (blocks[number].area or not named)]
    return max(inner, key=lambda number: blocks[number].depth, default=area)


def _climb(lines: list[Line], blocks: list[Block], chrome: list[bool], area: int) -> int:
    """Up from what is only a paragraph or a row of the text, to the block that holds its sisters."""
    while area > 0:
        block = blocks[area]
        if block.area == 2:
            return area
        if block.tag in _CONTAINERS or "-" in block.tag:
            sisters = [line for line in lines if block.parent <= line.block < blocks[block.parent].end
                       and not area <= line.block < block.end and not chrome[line.block]]
            if not any(_sentence(line) for line in sisters):
                return area
        elif block.tag not in _ROW_PARTS and not block.parent:
            return area
        area = block.parent
    return area


def _sentence(line: Line) -> bool:
    """A line of prose: it ends as sentences end, and no site prints it around its texts."""
    if line.heading or len(line.text) < 12 or navigation(line) or not _SENTENCE.search(line.text):
        return False
    return not is_chrome(line.text, True) and not labels_of(line.spread) and not _FOOT.search(line.text)


_YEAR = re.compile(r"\d{4}|[〇零一二三四五六七八九]{4}年")


def _behind_labels(lines: list[Line], inside: list[int]) -> int:
    """How many lines at the head of the area stand above its text: headline, labels, buttons."""
    begin = 0
    for place, number in enumerate(inside[:HEAD_LINES]):
        line = lines[number]
        above = lines[inside[place - 1]] if place else None
        if _labelled(line, above, begin == place > 0):
            near = inside[max(0, place - 2):place + 3]
            if not any(form_line(lines[other].text) for other in near):
                begin = place + 1
        elif len(line.text) > MAX_HEADLINE or "。" in line.text:
            break
    return begin


def _labelled(line: Line, above: Line | None, below_labels: bool) -> bool:
    """Is it a metadata line? A bare date is one only right below a headline or other metadata: a list
    of dates is text."""
    if labels_of(line.spread, weak=below_labels):
        return True
    if not (_STAMP.search(line.text) and bare_moment(line.text)):
        return False
    return below_labels or (above is not None and (above.heading in (1, 2) or not _YEAR.search(above.text)))


def _without_chrome(lines: list[Line], numbers: list[int]) -> list[int]:
    """Without navigation, heads of lists of links, and what has a site's shape at either end."""
    kept: list[int] = []
    linked = [navigation(lines[number]) and not _ATTACHED.match(lines[number].text) for number in numbers]
    for place, number in enumerate(numbers):
        text = lines[number].text
        if linked[place]:
            continue
        heads_list = linked[place + 1:place + 3] in ([True], [True, True])
        ends_open = text[-1] in ":：" and not text.startswith("附")
        if heads_list and len(text) <= 16 and (is_list_head(text) or ends_open):
            continue
        kept.append(number)
    while kept and is_chrome(lines[kept[0]].text, False):
        kept.pop(0)
    while kept and (is_chrome(lines[kept[-1]].text, True) or is_list_head(lines[kept[-1]].text)):
        kept.pop()
    return kept
