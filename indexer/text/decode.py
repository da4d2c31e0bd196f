"""Bytes of a page become characters: the bytes decide, declarations are heard and recorded.

The cascade, strongest evidence first: the shape of UTF-16; valid UTF-8; the plausibility of the
Chinese that the bytes give as GB18030, Big5 or UTF-16; what was declared; what charset-normalizer
believes. A page is never given up for undecodable bytes: they become U+FFFD and are counted.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

from indexer.errors import UnreadablePage
from indexer.model import Decoded, RawPage
from indexer.text.plausibility import EVERYDAY, plausibility

# What a reading gains in plausibility, and from where on it is believed.
_DECLARED_BONUS = 0.15
_GB_BONUS = 0.03  # by far the commoner of the two
_PLAUSIBLE = 0.2
_CERTAIN = 0.5

_SAMPLE_BYTES = 8_192
_WIDE_SAMPLE_BYTES = 1_000_000
_DECLARED_WITHIN = 8_192
_MAX_CONTROLS = 0.10

# Left to itself, charset-normalizer finds Ukrainian DOS pages in French ones.
_DETECTABLE = ["cp1252", "cp1251", "shift_jis", "euc_jp", "cp949", "gb18030", "big5hkscs"]

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"), (b"\x84\x31\x95\x33", "gb18030"),
)
_BINARY = (
    (b"\xff\xd8\xff", "a JPEG picture"), (b"\x89PNG\r\n", "a PNG picture"),
    (b"GIF87a", "a GIF picture"), (b"GIF89a", "a GIF picture"), (b"%PDF-", "a PDF document"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Microsoft Office document"),
    (b"PK\x03\x04", "a zip file (or a docx, xlsx … document)"), (b"\x1f\x8b\x08", "a gzip file"),
    (b"Rar!\x1a\x07", "a RAR file"), (b"7z\xbc\xaf\x27\x1c", "a 7z file"),
    (b"{\\rtf", "an RTF document"), (b"\x7fELF", "a program"), (b"OggS\0", "an Ogg file"),
    (b"wOFF", "a web font"), (b"wOF2", "a web font"), (b"ID3\x03", "an MP3 file"),
    (b"ID3\x04", "an MP3 file"), (b"II*\0", "a TIFF picture"), (b"\0\0\x01\0", "an icon"),
)

_FOUR_BYTES = re.compile(rb"[\x81-\xfe][0-9][\x81-\xfe][0-9]")
_THREE_OF_FOUR = re.compile(rb"[0-9][\x81-\xfe][0-9]")  # found faster, as digits are rarer
_MANY_FOURS = 8
_HIGH = re.compile(rb"[\x80-\xff]")
_HIGH_BYTES = bytes(range(0x80, 0x100))
_CONTROLS = [chr(code) for code in (*range(9), 11, *range(14, 32), 127)]
_CONTROL_BYTES = "".join(_CONTROLS).encode()
# Bytes that begin no character of two bytes, of three or more, of any number in UTF-8.
_NOT_TWO = bytes(byte for byte in range(256) if not 0xC2 <= byte < 0xE0)
_NOT_LONG = bytes(byte for byte in range(256) if byte < 0xE0)

_GB_LABEL = re.compile(r"(?:x-)?(?:gb_?2312(?:-?80)?|gbk|gb18030(?:-20\d\d)?|gb|euc-?cn|chinese|"
                       r"cp936|ms936|windows-936|936|iso-ir-58|csgb2312)")
_BIG5_LABEL = re.compile(r"(?:x-|cn-|x-x-|cs)?(?:big-?5(?:-?hkscs|-?eten|-?hk|-?tw)?|cp950|ms950|"
                         r"windows-950|950)")
_UTF8_LABEL = re.compile(r"(?:x-)?(?:unicode-1-1-)?utf-?_?8|utf8mb4")
_OTHER_LABEL = re.compile(r"(?:iso-?8859|latin|windows-?125|cp125|koi8|shift|sjis|cp932|ms932|euc-?"
                          r"(?:jp|kr)|cp949|ks_c|ascii|us-ascii|tis-?620|macintosh)[\w-]*")


@dataclass(frozen=True, slots=True)
class _Witness:
    """Somebody who names an encoding: what it says, and the codec it means (None: no codec)."""

    who: str
    label: str
    codec: str | None

    @property
    def sentence(self) -> str:
        return f"{self.who} says {self.label}"


@dataclass(frozen=True, slots=True)
class _Choice:
    """The encoding that was chosen, with the sentences about the bytes that spoke for it."""

    codec: str
    evidence: tuple[str, ...]


def decode(page: RawPage) -> Decoded:
    """The characters of a page, its encoding, the evidence, and how many places were undecodable.

    Line ends become LF and a byte order mark is taken off; nothing else is changed. Raises
    `UnreadablePage` for a page that is no text: known binary formats, or more than 10 % control
    characters (NULs at the very end aside).
    """
    content = page.content
    _refuse_binary(content)
    witnesses = _witnesses(page)
    # Off before anything else: some servers put the mark of UTF-8 before a page of GBK.
    content = content.removeprefix(codecs.BOM_UTF8)
    if page.unicode:
        choice = _Choice("utf-8", ("the record holds Unicode text",))
    else:
        choice = _choose(content, witnesses)
    text, undecodable = _read(content, choice.codec, surrogates=page.unicode)
    if choice.codec != "utf-8":
        text = text.removeprefix("\ufeff")
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    _refuse_controls(text, content)
    evidence = (*choice.evidence, *(witness.sentence for witness in witnesses))
    if undecodable:
        evidence += (f"{undecodable} byte sequences undecodable",)
    return Decoded(text, choice.codec, evidence, undecodable)


def likely_chinese(content: bytes) -> str | None:
    """`gb18030` or `big5hkscs` where the bytes read as plausible Chinese in it, else None.

    >>> likely_chinese("帮扶工作总结".encode("gbk"))
    'gb18030'
    >>> likely_chinese(b"report.html") is None
    True
    """
    if not _HIGH.search(content):
        return None
    best, score, _ = _best_chinese(content, set())
    return best if score >= _PLAUSIBLE else None


def _refuse_binary(content: bytes) -> None:
    for magic, what in _BINARY:
        if content.startswith(magic):
            raise UnreadablePage(f"The page is {what}, not text.")
    if content[4:8] == b"ftyp" or (content.startswith(b"RIFF") and content[8:12].isalnum()):
        raise UnreadablePage("The page is a picture, a sound or a film, not text.")


def _refuse_controls(text: str, content: bytes) -> None:
    # In every encoding here a control character has a byte of that number.
    if len(content.translate(None, _CONTROL_BYTES)) == len(content):
        return
    body = text.rstrip("\0")  # a file cut short by a crash often ends in NULs
    count = sum(map(body.count, _CONTROLS))
    if count > _MAX_CONTROLS * len(body):
        raise UnreadablePage(
            f"The page is not text: {count} of its {len(body)} characters are control characters.")


def _witnesses(page: RawPage) -> list[_Witness]:
    """Who names an encoding for the page, the most trustworthy first."""
    content = page.content
    found = [_Witness("byte order mark", codec, codec) for mark, codec in _MARKS
             if content.startswith(mark)]
    if page.charset:
        found.append(_Witness("record" if page.unicode else "transport",
                              page.charset, _codec(page.charset)))
    if page.media == "html":
        # Names in zip files are judged here too, without any need of a parser.
        from bs4.dammit import EncodingDetector  # noqa: PLC0415

        head = content[:_DECLARED_WITHIN].replace(b"\0", b"")
        declaration, _, rest = head.partition(b"?>")
        for who, part in (("meta", rest or head), ("XML declaration", declaration + b"?>")):
            if who != "meta" and b"<?" not in part:
                continue
            label = EncodingDetector.find_declared_encoding(part, is_html=who == "meta",
                                                            search_entire_document=True)
            if label:
                found.append(_Witness(who, label, _codec(label)))
    return found


def _codec(label: str) -> str | None:
    """The codec that a label stands for. `gb2312` and `gbk` both mean gb18030, which holds them.

    >>> _codec("GB2312"), _codec("Big5-HKSCS"), _codec("utf8"), _codec("rot13")
    ('gb18030', 'big5hkscs', 'utf-8', None)
    """
    name = label.strip().lower()
    for pattern, codec in ((_UTF8_LABEL, "utf-8"), (_GB_LABEL, "gb18030"),
                           (_BIG5_LABEL, "big5hkscs")):
        if pattern.fullmatch(name):
            return codec
    if name.replace("_", "-") in ("utf-16", "utf-16le", "utf-16-le", "unicode", "ucs-2"):
        return "utf-16-le"
    if name.replace("_", "-") in ("utf-16be", "utf-16-be"):
        return "utf-16-be"
    if not _OTHER_LABEL.fullmatch(name):
        return None
    try:
        return codecs.lookup(name).name
    except LookupError:
        return None


def _choose(content: bytes, witnesses: list[_Witness]) -> _Choice:
    """The encoding of the bytes."""
    declared = {witness.codec for witness in witnesses if witness.codec}
    sixteen = _utf16_by_shape(content)
    if sixteen is not None:
        return sixteen
    first = _HIGH.search(content)
    if first is None:
        return _Choice("utf-8", ("bytes are plain ASCII",))
    good, long, bad = _utf8_census(content)
    if long >= 1 and long >= 2 * bad:
        shape = "are valid UTF-8" if not bad else f"are UTF-8 but for {bad} places"
        return _Choice("utf-8", (f"bytes {shape} ({good} multibyte sequences)",))
    sample = _sample(content, first.start())
    fours = len(_THREE_OF_FOUR.findall(sample))
    fours = len(_FOUR_BYTES.findall(sample)) if fours >= _MANY_FOURS else 0
    if fours >= _MANY_FOURS and not _strange(sample.decode("gb18030", "replace")[:-2]):
        # Four-byte sequences are of a form that nothing else has: here Western letters kept as GB18030.
        return _Choice("gb18030", (f"bytes are valid GB18030 ({fours} four-byte sequences)",))
    best, score, sentence = _best_chinese(sample, declared, whole=content)
    if not bad:
        return _short_sequences(best, score, sentence, good, declared)
    not_utf8 = f"bytes are not UTF-8 ({bad} invalid places)"
    if score >= _PLAUSIBLE:
        return _Choice(_finer(content, best), (sentence, not_utf8))
    return _foreign(content, sample, witnesses, best, not_utf8)


def _utf16_by_shape(content: bytes) -> _Choice | None:
    """UTF-16 by its byte order mark, or by the NUL that every ASCII character has in it."""
    for mark, codec in _MARKS[1:3]:
        if content.startswith(mark):
            text = content[2:2 + _SAMPLE_BYTES].decode(codec, "replace")
            if text and _strange(text) <= 0.1 * len(text) + 1:
                return _Choice(codec, (f"bytes behind the mark read as {codec}",))
    head = content[:_SAMPLE_BYTES]
    pairs, even, odd = len(head) // 2, head[::2].count(0), head[1::2].count(0)
    # `<p>` is 3C 00 70 00 3E 00 in UTF-16-LE; a damaged page's NULs keep to no parity.
    if odd > 0.03 * pairs and even <= 0.05 * odd and odd >= 2:
        return _sixteen(head, "utf-16-le", odd)
    if even > 0.03 * pairs and odd <= 0.05 * even and even >= 2:
        return _sixteen(head, "utf-16-be", even)
    return None


def _strange(text: str) -> int:
    """How many characters no text has."""
    return sum(map(text.count, ["\ufffd", *_CONTROLS]))


def _sixteen(head: bytes, codec: str, nuls: int) -> _Choice | None:
    text = head[:len(head) // 2 * 2].decode(codec, "replace")
    # 一 is 4E00: in pure Chinese its NUL speaks for the wrong order, which nobody could read.
    understood = sum(1 for character in text if character < "\x80" or character in EVERYDAY)
    if _strange(text) > 0.1 * len(text) + 1 or understood < 0.5 * len(text):
        return None
    where = "odd" if codec == "utf-16-le" else "even"
    return _Choice(codec, (f"{nuls} NUL bytes, all but a few at {where} places, show {codec}",))


def _utf8_census(content: bytes) -> tuple[int, int, int]:
    """Of the bytes read as UTF-8: multibyte sequences, those of three or more bytes, bad places."""
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        pass
    else:
        short, long = (len(content.translate(None, others)) for others in (_NOT_TWO, _NOT_LONG))
        return short + long, long, 0
    text = content.decode("utf-8", "replace")
    bad = text.count("\ufffd") - content.count(b"\xef\xbf\xbd")
    high = len(text) - len(text.encode("ascii", "ignore"))
    short = len(re.findall("[\x80-\u07ff]", text))
    return max(high - bad, 0), max(high - short - bad, 0), max(bad, 0)


def _sample(content: bytes, first: int) -> bytes:
    """A bounded part of the bytes that has Chinese to judge by.

    It starts at the first byte above 7F: all before is ASCII, so characters begin there.
    """
    sample = content[first:first + _SAMPLE_BYTES]
    if len(sample) - len(sample.translate(None, _HIGH_BYTES)) < 200:
        sample = content[first:first + _WIDE_SAMPLE_BYTES]
    return sample


def _best_chinese(sample: bytes, declared: set[str],
                  whole: bytes | None = None) -> tuple[str, float, str]:
    """The most plausible Chinese reading: codec, score (1 is perfect), the sentence that says so.

    `whole` is the page from its start, for readings as UTF-16, whose characters lie at even places.
    """
    best, best_rank, best_score, sentence = "gb18030", float("-inf"), -1.0, ""
    for codec in ("gb18030", "big5hkscs", "utf-16-le", "utf-16-be"):
        data, bonus = sample, _GB_BONUS if codec == "gb18030" else 0.0
        if codec.startswith("utf-16"):
            if whole is None or best_score > _CERTAIN:
                continue
            data = whole[:_SAMPLE_BYTES]
        text = data.decode(codec, "replace")
        score, frequent, total = plausibility(text)
        if codec.startswith("utf-16") and any(map(text.count, _CONTROLS[:8])):
            score -= 0.5
        rank = score + bonus + _DECLARED_BONUS * (codec in declared)
        if rank > best_rank:
            best, best_rank, best_score = codec, rank, score
            sentence = f"bytes read as {codec}: {frequent} of {total} characters are frequent ones"
    return best, best_score, sentence


def _short_sequences(best: str, score: float, sentence: str, good: int,
                     declared: set[str]) -> _Choice:
    """Valid UTF-8 with sequences of two bytes only: `©` and `·`, or a few characters of GBK.

    C2 B7 is `·` in UTF-8 and 路 in GBK.
    """
    if score >= 0.5 and "utf-8" not in declared and (best in declared or good >= 4):
        return _Choice(best, (sentence, "bytes would be valid UTF-8 too, but not as Chinese"))
    return _Choice("utf-8", (f"bytes are valid UTF-8 ({good} multibyte sequences)",))


def _finer(content: bytes, codec: str) -> str:
    """cp950 instead of big5hkscs where it decodes more of the page."""
    if codec != "big5hkscs":
        return codec
    return "cp950" if _read(content, "cp950")[1] < _read(content, codec)[1] else codec


def _foreign(content: bytes, sample: bytes, witnesses: list[_Witness], best: str,
             not_utf8: str) -> _Choice:
    """An encoding for bytes that are no plausible Chinese: declared, detected, or the least bad."""
    for witness in witnesses:
        if witness.codec and not _read(content, witness.codec)[1]:
            return _Choice(witness.codec, (f"all bytes decode as {witness.codec}", not_utf8))
    declared = next((witness.codec for witness in witnesses
                     if witness.codec and witness.codec in ("gb18030", "big5hkscs")), None)
    detected = None if declared else _detected(sample[:_SAMPLE_BYTES])
    if detected is not None:
        codec = codecs.lookup(detected).name
        codec = "gb18030" if _GB_LABEL.fullmatch(codec) else codec
        return _Choice(codec, (f"charset-normalizer believes in {codec}", not_utf8))
    codec = declared or best
    return _Choice(_finer(content, codec), (f"{codec} is the least unlikely reading", not_utf8))


def _detected(sample: bytes) -> str | None:
    """What charset-normalizer believes in; loaded for the few pages that need it."""
    from charset_normalizer import from_bytes  # noqa: PLC0415

    best = from_bytes(sample, cp_isolation=_DETECTABLE).best()
    return best.encoding if best is not None else None


def _read(content: bytes, codec: str, *, surrogates: bool = False) -> tuple[str, int]:
    """The text with U+FFFD for what cannot be decoded, and how many such places there are."""
    try:
        return content.decode(codec), 0
    except UnicodeDecodeError:
        pass
    if surrogates:  # half of a pair, written as \ud83d in JSON
        text, count = re.subn("[\ud800-\udfff]", "\ufffd",
                              content.decode("utf-8", "surrogatepass"))
        return text, count
    text = content.decode(codec, "replace")
    genuine = "\ufffd".encode(codec, "ignore")
    return text, max(text.count("\ufffd") - (content.count(genuine) if genuine else 0), 1)
