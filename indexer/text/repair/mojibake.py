"""The fixer for text that was read in a wrong encoding: UTF-8 or GBK as Latin-1, UTF-8 as GBK."""

from __future__ import annotations

import re
from collections.abc import Callable

from indexer.model import Edit, Left
from indexer.text.repair.steps import Proposal

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
# Signs that other scripts share with Windows-1252 (dashes, quotation marks) stand in Chinese text:
# only a run with one of the letters is looked at.
_WESTERN_LETTER = re.compile("[\xc0-\xff]")
_HIGH_RUN = re.compile("[^\x00-\x7f]{2,}")
_HAN = re.compile("[\u3400-\u9fff]")
# What stands in Chinese text, with what mirrors plant there.
_CJK = re.compile("[\u2000-\u206f\u2100-\u27bf\u2e80-\u9fff\uf900-\ufaff\ufe30-\ufe6f\ufeff"
    "\uff00-\uffef\u0f00-\u0fff\xa0\xad·×°±§]")
_LOST = re.compile("(?:锟斤拷|锟斤|锟?斤拷|\ufffd)+|(?:烫烫|屯屯){2,}")

# Characters whose GBK bytes can begin Chinese in UTF-8: few, and rare in Chinese.
_MAY_BEGIN = re.compile("[" + "".join(
    re.escape(bytes((lead, trail)).decode("gb18030", "ignore"))
    for lead in (0xC2, *range(0xE2, 0xF0)) for trail in range(0x80, 0xC0)
) + "]")

# Fewer Chinese characters than this under a wrong reading prove nothing.
MIN_HAN = 4
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
    left = tuple(
        Left("mojibake", m.start(), m.end(), "characters that a wrong conversion destroyed")
        for m in _LOST.finditer(text)
    )
    western = _western(text) if _WESTERN_LETTER.search(text) else []
    edits = western or _gbk(text)
    return Proposal(tuple(edits), left=left)


def _western(text: str) -> list[Edit]:
    """UTF-8 or GB2312 that was read as Latin-1 or Windows-1252."""
    for read in (_utf8, _gb2312):
        edits = []
        for match in _WESTERN_RUN.finditer(text):
            value = read(match.group())
            if value is not None and value != match.group():
                edits.append(Edit(match.start(), match.end(), value))
        if _believed(text, edits):
            return edits
    return []


def _western_bytes(run: str) -> bytes:
    return bytes(_CP1252.get(char, ord(char)) for char in run)


def _utf8(run: str) -> str | None:
    try:
        value = _western_bytes(run).decode("utf-8")
    except UnicodeDecodeError:
        value = _western_bytes(run).decode("utf-8", "ignore")
        # A blank byte (A0, 85) at the end of a line may have been trimmed away with its character.
        if len(value.encode("utf-8")) < len(run) - 2:
            return None
    return value if _all_chinese(value) else None


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
    found = sum(len(_HAN.findall(edit.new)) for edit in edits)
    broken = sum(len(_HAN.findall(text, edit.start, edit.end)) for edit in edits)
    whole = len(_HAN.findall(text)) - broken
    return found >= MIN_HAN and found >= MIN_SHARE * whole


def _gbk(text: str) -> list[Edit]:
    """UTF-8 that was read as GBK: `鏉庡搴勬潙`: rare characters that stand for common ones."""
    edits: list[Edit] = []
    for match in _HIGH_RUN.finditer(text):
        edits += _gbk_pieces(match.group(), match.start())
    edits = [edit for edit in edits if _rarer(text[edit.start:edit.end], edit.new)]
    return edits if sum(len(_HAN.findall(edit.new)) for edit in edits) >= MIN_HAN else []


def _rarer(source: str, result: str) -> bool:
    """Are the characters rare, and those that they stand for common?"""
    rare = sum(1 for char in source if not _level_one(char))
    return rare > 0.3 * len(source) and _mostly(result, _common) and any(map(_HAN.match, result))


def _mostly(value: str, test: Callable[[str], bool]) -> bool:
    return sum(map(test, value)) > 0.85 * len(value)


def _common(char: str) -> bool:
    """Level one of GB2312 or of Big5: what Chinese of either script is made of."""
    if _level_one(char) or not _HAN.match(char):
        return True
    try:
        return 0xA4 <= char.encode("big5")[0] <= 0xC6
    except UnicodeEncodeError:
        return False


def _gbk_pieces(run: str, offset: int) -> list[Edit]:
    """The parts of a run whose GBK bytes are UTF-8; an odd character at the end stays."""
    edits: list[Edit] = []
    first = _MAY_BEGIN.search(run)
    while first is not None:
        start = first.start()
        end, value = _utf8_from(run, start)
        if end:
            edits.append(Edit(offset + start, offset + end, value))
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
        if not pending:
            good, accepted = at + 1, len(value)
    return (good, "".join(value[:accepted])) if accepted >= 2 else (0, "")


def _gbk_bytes(char: str) -> bytes:
    """The bytes of Windows code page 936, in which 80 is the euro sign."""
    return b"\x80" if char == "€" else char.encode("gb18030", "replace")
