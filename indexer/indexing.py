"""One run of the indexer: decide what is new, clean it in all cores, write it, commit, report."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from hashlib import sha256
from pathlib import Path
from typing import Any, Literal, Protocol

from indexer import fingerprint
from indexer.archive import read_archive
from indexer.errors import IndexDamaged
from indexer.model import Problem, RawPage
from indexer.pipeline import process
from indexer.record import document, documents
from indexer.store import IndexFolder, WhooshEngine, open_searcher
from indexer.store.engine import Document, Made, PageState, Searcher, Writer
from indexer.store.location import cannot_write, write_atomically
from indexer.text.tokenise import segmenter
from indexer.workers import Died, Workers

Verdict = Literal["new", "changed", "retokenised", "unchanged", "failed"]

# A commit now and then, so that a killed run has lost little; seldom, as each makes a segment.
COMMIT_PAGES = 2000
COMMIT_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Options:
    """What a run is asked to do."""

    paths: tuple[Path, ...]
    index: Path
    jobs: int = 0
    rebuild: bool = False
    dry_run: bool = False
    prune: bool = False
    lock_timeout: float = 10.0
    max_bytes: int = 20_000_000
    commit_pages: int = COMMIT_PAGES


@dataclass(slots=True)
class Summary:
    """What a run did. Counts are pages unless they say otherwise."""

    new: int = 0
    changed: int = 0
    retokenised: int = 0
    unchanged: int = 0
    repeated: int = 0
    removed: int = 0
    failed: int = 0
    reports: int = 0
    seconds: float = 0.0
    finished_at: str = ""
    reasons: list[str] = field(default_factory=list)
    failures: list[Problem] = field(default_factory=list)

    @property
    def pages(self) -> int:
        """Pages that were looked at."""
        return self.new + self.changed + self.retokenised + self.unchanged + self.repeated + self.failed

    @property
    def pages_per_second(self) -> float:
        """Pages looked at a second, over the whole run."""
        return self.pages / self.seconds if self.seconds else 0.0

    def values(self) -> dict[str, Any]:
        """As JSON values."""
        return asdict(self) | {"pages": self.pages,
                               "pages_per_second": round(self.pages_per_second, 1)}


class Progress(Protocol):
    """Is told after every page what became of it."""

    def __call__(self, summary: Summary) -> None: ...


@dataclass(frozen=True, slots=True)
class _Task:
    """A page for a worker: to be cleaned, or (`stored`) only to be tokenised again."""

    page: RawPage
    verdict: Verdict
    stored: tuple[Mapping[str, Any], ...] = ()


def run(options: Options, progress: Progress | None = None) -> Summary:
    """Index what `options` says and return what happened.

    Raises UsageError for a path that does not exist, IndexBusy, IndexDamaged, IndexWriteFailed.
    Pages that cannot be taken in are no error: they stand in the summary.
    """
    pages = read_archive(options.paths, max_bytes=options.max_bytes)
    folder = IndexFolder(options.index)
    if options.dry_run:
        known = _known(options) if folder.exists() and not options.rebuild else {}
        return _Run(options, known, None, progress).go(pages)
    folder.create()
    with folder.locked(options.lock_timeout):
        if options.rebuild or not (folder.path / "CURRENT").exists():
            return _into_new_build(options, folder, pages, progress)
        folder.clean()
        known = _known(options)
        return _write(options, folder, WhooshEngine(folder.current()).writer(), known, pages, progress)


def _into_new_build(options: Options, folder: IndexFolder, pages: Iterator[RawPage | Problem],
                    progress: Progress | None) -> Summary:
    """Build beside what readers see; verify; then swap.

    The first build of an index has nothing to protect: it is visible from its first commit, so
    that a killed run is carried on by the next.
    """
    first = not (folder.path / "CURRENT").exists()
    build = folder.new_build()
    engine = WhooshEngine.create(build)
    if first:
        folder.publish(build)
    summary = _write(options, folder, engine.writer(), {}, pages, progress)
    with engine.searcher() as searcher:
        problems = searcher.check()
    if problems:
        raise IndexDamaged(f"The new build does not hold what was put in ({problems[0]}). "
                           "The old index stays in use.")
    if not first:
        folder.publish(build)
    folder.clean()
    return summary


def _known(options: Options) -> dict[str, PageState]:
    with open_searcher(options.index) as searcher:
        return {state.page_id: state for state in searcher.pages()}


def _write(options: Options, folder: IndexFolder, writer: Writer, known: dict[str, PageState],
           pages: Iterator[RawPage | Problem], progress: Progress | None) -> Summary:
    try:
        summary = _Run(options, known, writer, progress).go(pages)
    finally:
        writer.close()
    _keep(folder, summary)
    return summary


def _keep(folder: IndexFolder, summary: Summary) -> None:
    """Leave the failures and the summary of this run in the index folder."""
    lines = [json.dumps(asdict(problem), ensure_ascii=False) for problem in summary.failures]
    values = {key: value for key, value in summary.values().items() if key != "failures"}
    try:
        write_atomically(folder.failures, "".join(line + "\n" for line in lines))
        write_atomically(folder.summary, json.dumps(values, ensure_ascii=False, indent=1) + "\n")
    except OSError as error:
        raise cannot_write(folder.path, error) from error


def prepare(task: _Task) -> list[Document] | Problem:
    """What a worker does with a page. Whatever goes wrong is the page's Problem, not the run's."""
    try:
        if task.stored:
            made = Made(task.page.digest, fingerprint.cleaning(), fingerprint.tokens())
            state = PageState(task.page.id, task.page.source.file, task.page.path, made,
                              len(task.stored))
            return [document(stored, state) for stored in task.stored]
        result = process(task.page)
        if isinstance(result, Problem):
            return result
        return documents(result, fingerprint.cleaning(), fingerprint.tokens())
    except MemoryError:
        return Problem(task.page.path, "there was not enough memory for it", task.page.source.file)
    except Exception as error:  # a page that no stage foresaw must not stop the run
        reason = f"the program failed on it ({type(error).__name__}: {error}); please report this page"
        return Problem(task.page.path, reason, task.page.source.file)


class _Run:
    """The state of one run."""

    def __init__(self, options: Options, known: dict[str, PageState], writer: Writer | None,
                 progress: Progress | None) -> None:
        self._options = options
        self._known = known
        self._writer = writer
        self._progress = progress
        self._summary = Summary()
        self._seen: dict[str, bytes] = {}
        self._uncommitted = 0
        self._committed_at = time.monotonic()
        self._reader: Searcher | None = None

    def go(self, pages: Iterator[RawPage | Problem]) -> Summary:
        started = time.monotonic()
        workers = Workers(prepare, self._jobs(), warm_up=segmenter)
        try:
            for task, result in workers.map(self._tasks(pages)):
                self._take(task, result)
            if self._options.prune:
                self._remove_missing()
            if self._writer is not None:
                self._writer.commit()
        finally:
            if self._reader is not None:
                self._reader.close()
        self._summary.seconds = round(time.monotonic() - started, 3)
        self._summary.finished_at = time.strftime("%Y-%m-%d %H:%M:%S")
        return self._summary

    def _jobs(self) -> int:
        return self._options.jobs or len(os.sched_getaffinity(0))

    def _tasks(self, pages: Iterable[RawPage | Problem]) -> Iterator[_Task]:
        """The pages that need work; the others are counted on the way."""
        for page in pages:
            if isinstance(page, Problem):
                self._fail(page)
                continue
            named = self._name(page)
            if named is None:
                self._count("repeated")
                continue
            verdict = self._verdict(named)
            if verdict == "unchanged":
                self._summary.reports += self._known[named.id].reports
                self._count("unchanged")
            elif verdict == "retokenised":
                self._say_once("the words changed (dictionary, segmenter or index form): "
                               "stored text is tokenised again, pages are not cleaned again")
                yield _Task(named, verdict, self._stored(named.id))
            else:
                yield _Task(named, verdict)

    def _name(self, page: RawPage) -> RawPage | None:
        """The page under a name of its own; None when it is the same page once more.

        Two captures of one URL, or files of one name below two roots, are two pages: the second is
        known by where it lies.
        """
        content = sha256(page.content).digest()
        for alias in (None, f"{page.url or ''}#{page.path}", f"{page.source.file}#{page.path}"):
            named = replace(page, alias=alias)
            claimed = self._seen.get(named.id)
            if claimed == content and page.url:
                return None
            if claimed is None and not self._taken(named):
                self._seen[named.id] = content
                return named
        return None

    def _taken(self, page: RawPage) -> bool:
        """Is the name held by another file, still there, that an earlier run indexed?"""
        state = self._known.get(page.id)
        if state is None or page.url or state.file == page.source.file:
            return False
        return state.made.digest != page.digest and Path(state.file).exists()

    def _verdict(self, page: RawPage) -> Verdict:
        state = self._known.get(page.id)
        if state is None:
            return "new"
        if state.made.digest != page.digest:
            return "changed"
        if state.made.cleaning != fingerprint.cleaning():
            self._say_once("the cleaning changed (program, lexicon or library): "
                           "pages are cleaned and described again")
            return "changed"
        return "unchanged" if state.made.tokens == fingerprint.tokens() else "retokenised"

    def _say_once(self, reason: str) -> None:
        if reason not in self._summary.reasons:
            self._summary.reasons.append(reason)

    def _stored(self, page_id: str) -> tuple[Mapping[str, Any], ...]:
        if self._reader is None:
            self._reader = open_searcher(self._options.index)
        ids = (f"{page_id}-{part}" for part in range(1, self._known[page_id].reports + 1))
        return tuple(hit.stored for hit in map(self._reader.get, ids) if hit is not None)

    def _take(self, task: _Task, result: list[Document] | Problem | Died) -> None:
        if isinstance(result, Died):
            self._fail(Problem(task.page.path, "the process that cleaned it died (out of memory?)",
                               task.page.source.file))
        elif isinstance(result, Problem):
            self._fail(result)
        else:
            if self._writer is not None:
                self._put(task, result)
            self._summary.reports += len(result)
            self._count(task.verdict)

    def _put(self, task: _Task, found: Sequence[Document]) -> None:
        assert self._writer is not None
        if task.page.id in self._known:
            self._writer.delete_page(task.page.id)
        for one in found:
            self._writer.add(one)
        self._uncommitted += 1
        late = time.monotonic() - self._committed_at > COMMIT_SECONDS
        if self._uncommitted >= self._options.commit_pages or late:
            self._writer.commit()
            self._uncommitted = 0
            self._committed_at = time.monotonic()

    def _remove_missing(self) -> None:
        """Take out pages below the given paths that were not met in this run.

        What lies in a file that could not be read (wholly) this time is not known to be gone.
        """
        roots = [path.resolve() for path in self._options.paths]
        unread = {problem.file for problem in self._summary.failures}
        for page_id, state in self._known.items():
            file = Path(state.file)
            if page_id in self._seen or state.file in unread:
                continue
            if any(file.is_relative_to(root) for root in roots):
                if self._writer is not None:
                    self._writer.delete_page(page_id)
                self._summary.removed += 1

    def _fail(self, problem: Problem) -> None:
        self._summary.failures.append(problem)
        self._count("failed")

    def _count(self, verdict: Verdict | Literal["repeated"]) -> None:
        setattr(self._summary, verdict, getattr(self._summary, verdict) + 1)
        if self._progress is not None:
            self._progress(self._summary)


def last_summary(index: Path) -> dict[str, Any] | None:
    """The summary of the last run of an index, if it was kept."""
    with suppress(OSError, ValueError):
        values: dict[str, Any] = json.loads(IndexFolder(index).summary.read_text(encoding="utf-8"))
        return values
    return None


