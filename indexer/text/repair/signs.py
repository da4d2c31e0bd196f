"""The single characters by which damage shows, and which of them a text holds: most pages hold few."""

from __future__ import annotations

import functools
import re

# As the inside of a character class: what `characters` acts on …
RETURNS = "\r\u2028\u2029"
# Tab and line feed are none: one parts the cells of a table, the other the paragraphs.
CONTROLS = ("\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u00ad\u200b\u2060\u2061-\u2064\ufeff\ufff9-\ufffb")
# These shape emoji, Arabic, Mongolian or Indic letters: there they stay.
JOINERS = "\u200c-\u200f\u202a-\u202e\u2066-\u206f\ufe00-\ufe0f"
BLANKS = "\u00a0\u1680\u2000-\u200a\u202f\u205f"
IDEOGRAPHIC_BLANK = "\u3000"
# Characters that fonts of scanned documents print for others; none has a use of its own today.
GLYPHS = "臵癿幵仸迚觃秱呾抂劢"
LATIN_O = "oO"
BOX_LINE = "─"
RADICALS = "\u2e80-\u2fdf"
COMPATIBILITY = "\uf900-\ufaff\U0002f800-\U0002fa1f"
WIDE = "\uff10-\uff19\uff21-\uff3a\uff41-\uff5a"
# … what `punctuation` widens …
ASCII_MARKS = ",:;!?()"
# … and scripts that Chinese prose does not borrow letters from (Greek, Cyrillic and kana it does borrow).
FOREIGN = (
    "\u0530-\u05ff\u0600-\u06ff\u0700-\u08ff\u0900-\u0dff\u0e00-\u0eff\u0f00-\u0fff\u1000-\u109f"
    "\u10a0-\u10ff"
    "\u1200-\u139f\u13a0-\u16ff\u1780-\u18af\u1900-\u1aff\u1b00-\u1cff\u2c00-\u2c5f\ua500-\ua63f"
    "\ua800-\ua95f\ua980-\uabff"
)
_ANY = re.compile("[" + "".join((
    RETURNS, CONTROLS, JOINERS, BLANKS, IDEOGRAPHIC_BLANK, GLYPHS, LATIN_O, BOX_LINE, RADICALS, COMPATIBILITY,
    WIDE, ASCII_MARKS, FOREIGN)) + "]")


@functools.lru_cache(maxsize=4)  # the fixers ask one after the other for the same text
def signs_in(text: str) -> str:
    """The different ones of these characters that `text` holds, in no order: one search for all fixers."""
    return "".join(set(_ANY.findall(text)))


@functools.cache
def _class_of(signs: str) -> re.Pattern[str]:
    return re.compile(f"[{signs}]")


def holds(text: str, signs: str) -> bool:
    """Does `text` hold one of `signs` (one or several of the above)?

    >>> holds("⼯作", RADICALS), holds("工作", RADICALS)
    (True, False)
    """
    return _class_of(signs).search(signs_in(text)) is not None
