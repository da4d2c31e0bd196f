"""The way of a page, on one screen: raw page in, cleaned and described reports out."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from indexer.errors import UnreadablePage
from indexer.metadata import Evident, describe
from indexer.model import Decoded, Extracted, Page, Problem, Processed, RawPage, Repaired, Report
from indexer.text.compilation import sections, split_reports
from indexer.text.decode import decode
from indexer.text.extract import extract
from indexer.text.provenance import changes, left_in_report, of_report
from indexer.text.repair import history, repair, repair_line, summarise
from indexer.text.repair.mojibake import mojibake
from indexer.text.repair.steps import apply
from indexer.text.script import fold, script_of


def process(raw: RawPage, today: date | None = None) -> Processed | Problem:
    """Decode, extract, repair, split and describe one page.

    A page that holds no text comes back as a Problem that says why.  `today` is the last day that
    is believed as a publication date.
    """
    try:
        decoded = decode(raw)
    except UnreadablePage as error:
        return Problem(raw.path, str(error), raw.source.file)
    if raw.media == "html":
        decoded = _read_again(decoded)
    extracted = extract(raw, decoded)
    repaired = repair(extracted.text)
    if not repaired.text.strip():
        reason = "; ".join(extracted.warnings) or "nothing but site chrome was found"
        return Problem(raw.path, reason, raw.source.file)
    reports, doubts = _describe(raw, extracted, repaired, today or date.today())
    warnings = (*_warnings(decoded, extracted, repaired), *doubts)
    return Processed(_page(raw, decoded), reports, warnings, extracted.text, repaired)


def _read_again(decoded: Decoded) -> Decoded:
    """Text that was stored in a wrong encoding before it came here, read in the right one.

    Before the main text is sought: it is known by its Chinese.  The evidence says so.
    """
    edits = mojibake(decoded.text).edits
    if not edits:
        return decoded
    said = f"{len(edits)} stretches had been read in a wrong encoding and were stored so"
    return replace(decoded, text=apply(decoded.text, edits), evidence=(*decoded.evidence, said))


def _describe(
    raw: RawPage, extracted: Extracted, repaired: Repaired, today: date
) -> tuple[tuple[Report, ...], tuple[str, ...]]:
    spans = split_reports(repaired.text)
    titles = tuple(repair_line(title, extracted.text) for title in extracted.titles)
    labels = tuple(replace(label, value=repair_line(label.value, extracted.text))
                   for label in (*extracted.labels, *repaired.labels))
    told = history(extracted.text, repaired.steps)
    edits = changes(told)
    reports: list[Report] = []
    doubts: list[str] = []
    for part, (start, end) in enumerate(spans, 1):
        printed = repaired.text[start:end]
        body = printed.strip("\n")
        shift = start + len(printed) - len(printed.lstrip("\n"))
        evident = Evident(
            body=body, folded=fold(body), titles=titles, labels=labels, url=raw.url, part=part,
            parts=len(spans), today=int(today.strftime("%Y%m%d")),
        )
        known = describe(evident, fold)
        doubts += known.warnings
        reports.append(Report(
            id=f"{raw.id}-{part}", part=part, body=body, script=script_of(body), title=known.title,
            published=known.published, period=known.period, source=known.source, author=known.author,
            url=raw.url, places=known.places, sections=sections(body),
            fixes=summarise(told, start, end), themes=known.themes,
            kind=known.kind, edits=of_report(edits, start, end, shift, len(body)),
            left=left_in_report(repaired.left, start, end, shift, len(body)),
        ))
    return tuple(reports), tuple(dict.fromkeys(doubts))


def _page(raw: RawPage, decoded: Decoded) -> Page:
    return Page(
        id=raw.id, path=raw.path, url=raw.url, encoding=decoded.encoding,
        encoding_evidence=decoded.evidence, kind=raw.media, sha256=raw.sha256,
        fetched_at=raw.fetched_at, source=raw.source,
    )


def _warnings(decoded: Decoded, extracted: Extracted, repaired: Repaired) -> tuple[str, ...]:
    lost = f"{decoded.undecodable} bytes could not be decoded as {decoded.encoding}"
    left = (item.warning for item in repaired.left)
    return (*((lost,) if decoded.undecodable else ()), *extracted.warnings, *left)
