"""The fixer for text that was read in a wrong encoding: UTF-8 or GBK as Latin-1, UTF-8 as GBK."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray

from indexer.model import Edit, Left
from indexer.text.repair.steps import Proposal, apply

# A Windows-1252 character stands for its byte; the five bytes without a character, and everything
# that was read as Latin-1, stand for themselves.
_CP1252 = {
    character: byte
    for byte in range(0x80, 0xA0)
    if (character := bytes((byte,)).decode("cp1252", "ignore"))
}
_WESTERN_RUN = re.compile(
    "[\x80-\xff" + "".join(map(re.escape, _CP1252)) + "]"
    "(?:[ -~]{0,40}[\x80-\xff" + "".join(map(re.escape, _CP1252)) + "])*"
)
_TRAIL = "\x80-\xbf" + "".join(map(re.escape, (char for char, byte in _CP1252.items() if byte < 0xC0)))
# A character of UTF-8 between whose bytes markup or a line break was put: `ä¸<span>\x80`.
_TORN = re.compile(
    rf"([\xc2-\xf4][{_TRAIL}]{{0,2}})((?:<[^<>]{{1,300}}>|[ \t\r\n]){{1,24}})([{_TRAIL}]{{1,3}})")
# A byte A0 that became a plain blank on the way: within three bytes there is no blank.
_BLANKED = re.compile(rf"(?<=[\xe1-\xef]) (?=[{_TRAIL}])|(?<=[\xe1-\xef][{_TRAIL}]) ")
# Two bytes of three at the end of a line: the third was a blank in the eyes of what trimmed it.
_TRIMMED = re.compile(rf"[\xe1-\xef][{_TRAIL}]$")
# Signs that other scripts share with Windows-1252 (dashes, quotation marks) stand in Chinese text:
# only a run with one of the letters is looked at.
_WESTERN_LETTER = re.compile("[\xc0-\xff]")
_MARKUP = re.compile("(?:<[^<>]{1,300}>)+")
_MARKUPS = re.compile("(?:<[^<>]{1,300}>){1,24}")
_HIGH_RUN = re.compile("[^\x00-\x7f]+(?:(?:<[^<>]{1,300}>){1,24}[^\x00-\x7f]+)*")
_HAN = re.compile("[\u3400-\u9fff]")
# What stands in Chinese text, with what mirrors plant there.
_CJK = re.compile("[\u2000-\u206f\u2100-\u27bf\u2e80-\u9fff\uf900-\ufaff\ufe30-\ufe6f\ufeff"
    "\uff00-\uffef\u0f00-\u0fff\xa0\xad·×°±§]")
_LOST = re.compile("(?:锟斤拷|锟斤|锟?斤拷|\ufffd)+|(?:烫烫|屯屯){2,}")
# Without one of these, nothing was lost and nothing is Western.
_SIGN = re.compile("[\xc0-\xff斤\ufffd烫屯]")

# Characters whose GBK bytes can begin Chinese in UTF-8: few, and rare in Chinese.
_MAY_BEGIN = re.compile("[" + "".join(
    re.escape(bytes((lead, trail)).decode("gb18030", "ignore"))
    for lead in (0xC2, *range(0xE2, 0xF0)) for trail in range(0x80, 0xC0)
) + "]")

# Fewer Chinese characters than this under a wrong reading prove nothing.
MIN_HAN = 4
# Characters in a row whose GBK bytes are UTF-8 throughout: chance does not make as many.
SURE_LENGTH = 5
# Of the bytes of a run so many may belong to no character, at least so many: they stay as they are.
MAX_BAD_SHARE, MAX_BAD = 0.02, 2
# In a page that is otherwise Chinese, so large a part must be broken: an article that quotes an
# example of mojibake is no broken page.
MIN_SHARE = 0.1


def mojibake(text: str) -> Proposal:
    """Read again what was read in a wrong encoding; report what is lost for good (锟斤拷).

    The signature is strict: the characters, turned back into bytes, are valid UTF-8 (or GB2312) of
    Chinese throughout.  Accented letters and real rare characters never are, over a whole run.

    >>> from indexer.text.repair.steps import apply
    >>> broken = "扶贫工作汇报".encode().decode("latin-1")
    >>> apply(broken, mojibake(broken).edits)
    '扶贫工作汇报'
    """
    if text.isascii():
        return Proposal()
    first = _SIGN.search(text)
    left = tuple(
        Left("mojibake", m.start(), m.end(), "characters that a wrong conversion destroyed")
        for m in (_LOST.finditer(text, max(0, first.start() - 1)) if first else ())
    )
    western = _western(text) if first and _WESTERN_LETTER.search(text, first.start()) else []
    edits = western or (_gbk(text) if _may_be_gbk(text) else [])
    return Proposal(tuple(edits), left=left)


def _western(text: str) -> list[Edit]:
    """UTF-8 or GB2312 that was read as Latin-1 or Windows-1252."""
    whole, moved = _untorn(text)
    edits = _read_runs(whole, _utf8)
    if _believed(whole, edits):
        return _on_original(whole, edits, moved)
    edits = _read_runs(text, _gb2312)
    return edits if _believed(text, edits) else []


def _read_runs(text: str, read: Callable[[str], str | None]) -> list[Edit]:
    edits = []
    for match in _WESTERN_RUN.finditer(text):
        value = read(match.group())
        if value is not None and value != match.group():
            edits.append(Edit(match.start(), match.end(), value))
    return edits


def _untorn(text: str) -> tuple[str, list[tuple[int, int]]]:
    """The text with the bytes of a torn character together, in front of what tore it; and where.

    Its length stays, so that an offset in one is an offset in the other.
    """
    moved: list[tuple[int, int]] = []

    def mend(match: re.Match[str]) -> str:
        head, gap, tail = match.groups()
        missing = 1 + (head[0] >= "\xe0") + (head[0] >= "\xf0") - (len(head) - 1)
        if not 0 < missing <= len(tail):
            return match.group()
        moved.append(match.span())
        return head + tail[:missing] + gap + tail[missing:]

    return _TORN.sub(mend, text), moved


def _on_original(whole: str, edits: list[Edit], moved: list[tuple[int, int]]) -> list[Edit]:
    """The edits of the mended text as edits of the text before, with what was moved."""
    spans: list[tuple[int, int]] = []
    for start, end in sorted([*((edit.start, edit.end) for edit in edits), *moved]):
        if spans and start < spans[-1][1]:
            spans[-1] = (spans[-1][0], max(end, spans[-1][1]))
        else:
            spans.append((start, end))
    out: list[Edit] = []
    following = 0
    for start, end in spans:
        inside = []
        while following < len(edits) and edits[following].end <= end:
            edit = edits[following]
            inside.append(Edit(edit.start - start, edit.end - start, edit.new))
            following += 1
        if inside:
            out.append(Edit(start, end, apply(whole[start:end], inside)))
    return out


def _western_bytes(run: str) -> bytes:
    return bytes(_CP1252.get(char, ord(char)) for char in run)


def _utf8(run: str) -> str | None:
    try:
        value = _western_bytes(run).decode("utf-8")
    except UnicodeDecodeError:
        return _utf8_with_losses(_BLANKED.sub("\xa0", run))
    return value if _all_chinese(value) else None


def _utf8_with_losses(run: str) -> str | None:
    """A run of which a few bytes are lost or foreign: these stay as they are."""
    trimmed = _TRIMMED.search(run)
    if trimmed:
        ends = [_western_bytes(trimmed.group() + byte).decode("utf-8", "ignore") for byte in "\x85\xa0"]
        likely = [byte for byte, end in zip("\x85\xa0", ends, strict=True) if end and _level_one(end)]
        run += likely[0] if len(likely) == 1 else ""
    value = _western_bytes(run).decode("utf-8", "surrogateescape")
    bad = sum(1 for char in value if "\udc80" <= char <= "\udcff")
    if bad > max(MAX_BAD, MAX_BAD_SHARE * len(run)):
        return None
    kept, at = [], 0  # at: the byte, which is the character of the run, that comes next
    for char in value:
        lost = "\udc80" <= char <= "\udcff"
        kept.append(run[at] if lost else char)
        at += 1 if lost else len(char.encode("utf-8"))
    good = "".join(char for char in value if not "\udc80" <= char <= "\udcff")
    return "".join(kept) if _all_chinese(good) else None


def _gb2312(run: str) -> str | None:
    """Two-byte text read as Latin-1 (`ÎÄÕÂ`); only runs that are too long to be accented letters."""
    try:
        value = _western_bytes(run).decode("gb18030")
    except UnicodeDecodeError:
        return None
    common = sum(1 for char in value if _level_one(char))
    han = len(_HAN.findall(value))
    return value if han >= MIN_HAN and common >= 0.9 * han and _all_chinese(value) else None


def _level_one(char: str) -> bool:
    """Is `char` among the 3,755 commonest characters of GB2312, or Chinese punctuation?"""
    try:
        data = char.encode("gb2312")
    except UnicodeEncodeError:
        return False
    return len(data) == 2 and (data[0] < 0xAA or 0xB0 <= data[0] <= 0xD7)


def _all_chinese(value: str) -> bool:
    return bool(value) and all(char.isascii() or _CJK.match(char) for char in value)


def _believed(text: str, edits: list[Edit]) -> bool:
    """Is so much of the page broken that the readings are no quotation and no chance?"""
    if not edits:
        return False
    found = sum(len(_HAN.findall(edit.new)) for edit in edits)
    broken = sum(len(_HAN.findall(text, edit.start, edit.end)) for edit in edits)
    whole = len(_HAN.findall(text)) - broken
    return found >= MIN_HAN and found >= MIN_SHARE * whole


def _may_be_gbk(text: str) -> bool:
    """Does `text` hold two characters, perhaps with markup between, that may begin a piece of `_gbk_pieces`?

    The second begins with what ends the first character of UTF-8 and ends with what begins another; or
    the first is a sign of two bytes (路 is the · of UTF-8), and the second begins a character itself.
    Few texts hold such a pair, and the others need not be read byte by byte.
    """
    codes = np.frombuffer(text.encode("utf-16-le", "surrogatepass"), "<u2")
    if len(codes) != len(text):  # characters beyond 16 bits: offsets are others
        return True
    parts = _gbk_parts()[codes]
    first = parts[:-1] & (_PART_HALF | _PART_SIGN)
    if (first & (parts[1:] >> 2)).any():
        return True
    for place in np.flatnonzero(first * (codes[1:] == ord("<"))).tolist():
        gap = _MARKUPS.match(text, place + 1)
        if gap and gap.end() < len(text) and parts[place] & (parts[gap.end()] >> 2):
            return True
    return False


# What a character may be in such a pair.
_PART_HALF, _PART_SIGN, _PART_BEHIND_HALF, _PART_BEHIND_SIGN = 1, 2, 4, 8


@functools.cache
def _gbk_parts() -> NDArray[np.uint8]:
    """For every character of 16 bits, added up, what it may be."""
    # What GB18030 writes in four bytes may be anything; so may the euro sign (80).
    parts = np.full(0x10000, _PART_BEHIND_HALF, np.uint8)
    parts[:0x80] = 0
    begins = (*range(0xE2, 0xEA), 0xEF)  # EA to EE begin nothing Chinese
    for lead in range(0x81, 0xFF):
        for trail in (*range(0x40, 0x7F), *range(0x80, 0xFF)):
            part = _PART_BEHIND_HALF * (lead < 0xC0 and trail in begins)
            if trail < 0xC0 and (lead in begins or lead in (0xC2, 0xC3)) and trail >= 0x80:
                part += _PART_BEHIND_SIGN + (_PART_HALF if lead in begins else _PART_SIGN)
            for char in bytes((lead, trail)).decode("gb18030", "ignore"):
                parts[ord(char)] = part
    parts[ord("€")] |= _PART_BEHIND_HALF
    return parts


def _gbk(text: str) -> list[Edit]:
    """UTF-8 that was read as GBK: `鏉庡搴勬潙`: rare characters that stand for common ones.

    Markup inside a run is looked through: it may stand between the halves of a character.
    """
    edits: list[Edit] = []
    for match in _HIGH_RUN.finditer(text):
        gaps = list(_MARKUP.finditer(match.group()))
        run = _MARKUP.sub("", match.group()) if gaps else match.group()
        pieces = [piece for piece in _gbk_pieces(run) if _rarer(run[piece.start:piece.end], piece.new)]
        edits += _around(run, pieces, gaps, match.start())
    return edits if sum(len(_HAN.findall(edit.new)) for edit in edits) >= MIN_HAN else []


def _around(run: str, pieces: list[Edit], gaps: list[re.Match[str]], offset: int) -> Iterator[Edit]:
    """The pieces of a run without its markup as edits of the text, with the markup put back in."""
    taken = following = 0  # characters and pieces of markup in front
    for piece in pieces:
        while following < len(gaps) and gaps[following].start() - taken <= piece.start:
            taken += len(gaps[following].group())
            following += 1
        start, at = piece.start + taken, piece.start
        parts: list[str] = []
        place = size = 0  # characters of the new text in front of the markup; bytes that they lack
        while following < len(gaps) and (here := gaps[following].start() - taken) < piece.end:
            size += sum(len(_gbk_bytes(char)) for char in run[at:here])
            first, at = place, here
            while size > 0:
                size -= len(piece.new[place].encode("utf-8"))
                place += 1
            parts += (piece.new[first:place], gaps[following].group())
            taken += len(gaps[following].group())
            following += 1
        yield Edit(offset + start, offset + piece.end + taken, "".join(parts) + piece.new[place:])


def _rarer(source: str, result: str) -> bool:
    """Are the characters rare, and those that they stand for common?"""
    rare = sum(1 for char in source if not _level_one(char))
    common = sum(map(_common, result))
    # So many characters in a row are never valid by chance: there names may be rare ones.
    least = 0.6 if len(result) >= SURE_LENGTH else 0.8
    return rare > 0.3 * len(source) and common > least * len(result) and any(map(_HAN.match, result))


def _common(char: str) -> bool:
    """Level one of GB2312 or of Big5: what Chinese of either script is made of."""
    if _level_one(char) or not _HAN.match(char):
        return True
    try:
        return 0xA4 <= char.encode("big5")[0] <= 0xC6
    except UnicodeEncodeError:
        return False


def _gbk_pieces(run: str) -> list[Edit]:
    """The parts of a run whose GBK bytes are UTF-8; an odd character at the end stays."""
    edits: list[Edit] = []
    first = _MAY_BEGIN.search(run)
    while first is not None:
        start = first.start()
        end, value = _utf8_from(run, start)
        if end:
            edits.append(Edit(start, end, value))
        first = _MAY_BEGIN.search(run, end or start + 1)
    return edits


def _utf8_from(run: str, start: int) -> tuple[int, str]:
    """The longest piece of `run` from `start` whose bytes are whole Chinese characters of UTF-8.

    A piece is abandoned at its first bad byte, at most three characters behind its last good end,
    so the search stays linear.
    """
    good, pending = 0, b""
    value: list[str] = []
    accepted = 0
    for at in range(start, len(run)):
        pending += _gbk_bytes(run[at])
        while len(pending) >= 3 or (pending and pending[0] < 0xE0):
            size = 2 if pending[0] in (0xC2, 0xC3) else 3
            char = pending[:size].decode("utf-8", "ignore") if len(pending) >= size else ""
            if len(char) != 1 or not _CJK.match(char):
                return (good, "".join(value[:accepted])) if accepted >= 2 else (0, "")
            value.append(char)
            pending = pending[size:]
        if pending and not 0xE2 <= pending[0] <= 0xEF:
            break
        # · parts two names; a 路 (the same bytes) that ends a run is itself.
        if not pending and value[-1] >= "\u0800":
            good, accepted = at + 1, len(value)
    return (good, "".join(value[:accepted])) if accepted >= 2 else (0, "")


def _gbk_bytes(char: str) -> bytes:
    """The bytes of Windows code page 936, in which 80 is the euro sign."""
    return b"\x80" if char == "€" else char.encode("gb18030", "replace")
