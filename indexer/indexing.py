"""One run of the indexer: into the index in use, or into a new build that is checked and swapped in."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any

from indexer.archive import quick_check, require
from indexer.errors import IndexDamaged, IndexNotFound
from indexer.intake import COMMIT_PAGES, Intake, Options, Progress, Summary
from indexer.store import IndexFolder, WhooshEngine, open_searcher
from indexer.store.engine import PageState, Searcher, Writer
from indexer.store.location import cannot_write, write_atomically

__all__ = ["COMMIT_PAGES", "Options", "Progress", "Summary", "last_summary", "run"]

def run(options: Options, progress: Progress | None = None) -> Summary:
    """Index what `options` says and return what happened.

    Raises UsageError for a path that does not exist, IndexBusy, IndexDamaged, IndexWriteFailed.
    Pages that cannot be taken in are no error: they stand in the summary.
    """
    require(options.paths)
    folder = IndexFolder(options.index)
    if options.dry_run:
        committed = (folder.path / "CURRENT").exists() and not options.rebuild
        known, looks = (_known(options), _looks(folder)) if committed else ({}, {})
        return Intake(options, known, None, progress, looks).take()
    folder.create()
    with folder.locked(options.lock_timeout):
        if options.rebuild or not (folder.path / "CURRENT").exists():
            return _into_new_build(options, folder, progress)
        folder.clean()
        known = _known(options)
        return _write(options, folder, WhooshEngine(folder.current()).writer(), known, progress)


def _into_new_build(options: Options, folder: IndexFolder, progress: Progress | None) -> Summary:
    """Build beside what readers see; verify; then swap.

    The first build of an index has nothing to protect: it is visible from its first commit, so
    that a killed run is carried on by the next.
    """
    first = not (folder.path / "CURRENT").exists()
    build = folder.new_build()
    engine = WhooshEngine.create(build)
    if first:
        folder.publish(build)
        return _write(options, folder, engine.writer(), {}, progress)
    former = _former(options.index)
    try:
        summary = _write(options, folder, engine.writer(), {}, progress, former)
        with engine.searcher() as searcher:
            _compare(searcher, former, summary)
    finally:
        if former is not None:
            former.close()
    folder.publish(build)
    folder.clean()
    return summary


def _former(index: Path) -> Searcher | None:
    """The index that a rebuild will replace; None where it cannot be read any more."""
    try:
        return open_searcher(index)
    except (IndexDamaged, IndexNotFound):
        return None


def _compare(built: Searcher, former: Searcher | None, summary: Summary) -> None:
    """Does the new build hold what was put in, and what of the former index does it not hold?

    Raises IndexDamaged for a build that does not hold together, or that would empty the index.
    """
    problems = built.check()
    if not problems and built.count() != summary.reports:
        problems = [f"it holds {built.count()} reports instead of {summary.reports}"]
    if problems:
        raise IndexDamaged(f"The new build does not hold what was put in ({problems[0]}). "
                           "The old index stays in use.")
    if former is None:
        return
    if former.count() and not built.count():
        raise IndexDamaged(f"The rebuild found no report at all, the old index holds {former.count():,}: "
                           "it stays in use. Remove the index folder if it should be empty.")
    gone = {state.page_id for state in former.pages()} - {state.page_id for state in built.pages()}
    if gone:
        summary.reasons.append(f"pages of the former index that are not in the new one: {len(gone):,}; "
                               "they were not below the given paths")


def _known(options: Options) -> dict[str, PageState]:
    with open_searcher(options.index) as searcher:
        return {state.page_id: state for state in searcher.pages()}


def _write(options: Options, folder: IndexFolder, writer: Writer, known: dict[str, PageState],
           progress: Progress | None, former: Searcher | None = None) -> Summary:
    looks = _looks(folder) if known else {}
    intake = Intake(options, known, writer, progress, looks)
    try:
        summary = intake.take(former)
        if intake.looks != looks:
            _keep(folder, {folder.files: quick_check.written(intake.looks)})
        return summary
    finally:
        writer.close()
        _keep_summary(folder, intake.summary)


def _looks(folder: IndexFolder) -> quick_check.Known:
    """What files looked like when former runs read them; nothing where that was not kept whole."""
    with suppress(OSError, ValueError, TypeError, AttributeError):
        return quick_check.read(folder.files.read_text(encoding="utf-8"))
    return {}


def _keep_summary(folder: IndexFolder, summary: Summary) -> None:
    """Leave the failures and the summary of this run in the index folder."""
    lines = [json.dumps(asdict(problem), ensure_ascii=False) for problem in summary.failures]
    values = {key: value for key, value in summary.values().items() if key != "failures"}
    _keep(folder, {folder.failures: "".join(line + "\n" for line in lines),
                   folder.summary: json.dumps(values, ensure_ascii=False, indent=1) + "\n"})


def _keep(folder: IndexFolder, texts: Mapping[Path, str]) -> None:
    """Write texts beside the index."""
    try:
        for path, text in texts.items():
            write_atomically(path, text)
    except OSError as error:
        raise cannot_write(folder.path, error) from error


def last_summary(index: Path) -> dict[str, Any] | None:
    """The summary of the last run of an index, if it was kept."""
    with suppress(OSError, ValueError):
        values: dict[str, Any] = json.loads(IndexFolder(index).summary.read_text(encoding="utf-8"))
        return values
    return None


