"""What comes in during a run: named, judged new or changed, cleaned by the workers, written."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, Literal, Protocol

from indexer import fingerprint
from indexer.archive import printable, read_changed
from indexer.archive.quick_check import Known
from indexer.model import Problem, RawPage, Stamp, Unopened, stable_id
from indexer.record import document, documents
from indexer.store import open_searcher
from indexer.store.engine import Document, Made, PageState, Searcher, Writer
from indexer.workers import Died, Workers, time_limit

Verdict = Literal["new", "changed", "retokenised", "unchanged", "failed"]

# A commit now and then, so that a killed run has lost little; seldom, as each makes a segment.
COMMIT_PAGES = 2000
COMMIT_SECONDS = 60.0
# A page that takes longer is no page: the slowest of the archive take a second or two.
PAGE_SECONDS = 120.0
# Unchanged pages fly by: telling of each would take as long as passing over it.
TOLD_UNCHANGED = 50


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
    merge: bool = False
    checksum: bool = False


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
    """Is told what has become of the pages so far: after every one that was work, and now and then
    on the way through those that were none."""

    def __call__(self, summary: Summary) -> None: ...


@dataclass(frozen=True, slots=True)
class _Task:
    """A page for a worker: to be cleaned, or (`stored`) only to be tokenised again."""

    page: RawPage
    verdict: Verdict
    stored: tuple[Mapping[str, Any], ...] = ()


def prepare(task: _Task) -> list[Document] | Problem:
    """What a worker does with a page. Whatever goes wrong is the page's Problem, not the run's."""
    # A run that finds nothing new cleans nothing: it does not wait for parsers and dictionaries.
    from indexer.pipeline import process  # noqa: PLC0415

    try:
        made = Made(task.page.digest, fingerprint.cleaning(), fingerprint.tokens())
        if task.stored:
            state = PageState(task.page.id, task.page.source.origin, task.page.path, made,
                              len(task.stored))
            return [document(stored, state) for stored in task.stored]
        with time_limit(PAGE_SECONDS):
            result = process(task.page)
        return result if isinstance(result, Problem) else documents(result, made)
    except TimeoutError:
        return Problem(task.page.path, f"cleaning it took longer than {PAGE_SECONDS:.0f} seconds",
                       task.page.source.file)
    except MemoryError:
        return Problem(task.page.path, "there was not enough memory for it", task.page.source.file)
    except Exception as error:  # a page that no stage foresaw must not stop the run
        reason = f"the program failed on it ({type(error).__name__}: {error}); please report this page"
        return Problem(task.page.path, reason, task.page.source.file)


class Intake:
    """The pages of one run on their way in.

    `looks` is what files looked like when they were read, in former runs and in this one.
    """

    def __init__(self, options: Options, known: dict[str, PageState], writer: Writer | None,
                 progress: Progress | None, looks: Known | None = None) -> None:
        self._options = options
        self._known = known
        self._writer = writer
        self._progress = progress
        self.summary = Summary()
        self.looks = dict(looks or {})
        self._seen: dict[str, str] = {}
        self._origins: set[str] = set()
        self._known_origins = {state.origin: page_id for page_id, state in known.items()}
        self._put_pages: set[str] = set()
        self._uncommitted = 0
        self._committed_at = time.monotonic()
        self._reader: Searcher | None = None

    def take(self, former: Searcher | None = None) -> Summary:
        """Take in all pages; `former` is the index that a rebuild will replace."""
        started = time.monotonic()
        workers = Workers(prepare, self._jobs(), preload="indexer.warm")
        try:
            for task, result in workers.map(self._tasks(self._pages())):
                self._take(task, result)
            if self._options.prune:
                self._remove_missing()
            if former is not None:
                self._carry_over(former)
            if self._writer is not None:
                self._writer.commit(merge=self._options.merge)
        finally:
            if self._reader is not None:
                self._reader.close()
        self.summary.seconds = round(time.monotonic() - started, 3)
        self.summary.finished_at = time.strftime("%Y-%m-%d %H:%M:%S")
        return self.summary

    def _pages(self) -> Iterator[RawPage | Unopened | Problem]:
        """The pages below the paths, without opening files that are known and look as they did."""
        options = self._options
        known = {} if options.checksum else self._up_to_date()
        return read_changed(options.paths, known, max_bytes=options.max_bytes)

    def _up_to_date(self) -> dict[str, tuple[Stamp, str]]:
        """What files looked like and what was read, by origin, of pages whose records are of what was read
        and need no new maker."""
        makers = fingerprint.cleaning(), fingerprint.tokens()
        known = {origin: self._known[page_id].made for origin, page_id in self._known_origins.items()}
        return {origin: (stamp, known[origin].digest) for origin, (stamp, digest) in self.looks.items()
                if origin in known and known[origin].digest.startswith(digest)
                and (known[origin].cleaning, known[origin].tokens) == makers}

    def _jobs(self) -> int:
        return self._options.jobs or len(os.sched_getaffinity(0))

    def _tasks(self, pages: Iterable[RawPage | Unopened | Problem]) -> Iterator[_Task]:
        """The pages that need work; the others are counted on the way."""
        for page in pages:
            if isinstance(page, Problem):
                self._fail(page)
                continue
            digest = page.digest
            if isinstance(page, RawPage):
                self._look(page)
            page_id = self._name(page, digest[:64])
            if page_id is None:
                self._count("repeated")
                continue
            verdict = self._verdict(page_id, digest, page.source.file)
            if verdict == "unchanged":
                self.summary.reports += self._known[page_id].reports
                self._count("unchanged")
                continue
            assert isinstance(page, RawPage), f"{page.path} is not what the index knows"
            named = replace(page, assigned=page_id)
            if verdict == "retokenised":
                self._say_once("the words changed (dictionary, segmenter or index form): "
                               "stored text is tokenised again, pages are not cleaned again")
                yield _Task(named, verdict, self._stored(page_id))
            else:
                yield _Task(named, verdict)

    def _look(self, page: RawPage) -> None:
        """Remember what the file of a page looked like when it was read, if that tells anything."""
        if page.stamp is not None:
            self.looks[page.source.origin] = page.stamp, page.digest
        else:
            self.looks.pop(page.source.origin, None)

    def _name(self, page: RawPage | Unopened, content: str) -> str | None:
        """An id of its own for the page of SHA-256 `content`; None when it is the same page once more.

        Two captures of one URL, or files of one name below two roots, are two pages: the second is
        known by where it lies.  One file reached from two roots is one page.
        """
        origin = page.source.origin
        if origin in self._origins:
            return None
        self._origins.add(origin)
        if page.url is None and origin in self._known_origins:
            page_id = self._known_origins[origin]
            self._seen[page_id] = content
            return page_id
        for name in (page.url or page.path, f"{page.url or ''}#{page.path}", f"{origin}#{page.path}"):
            page_id = stable_id(name)
            holder = self._holder(page_id, page.source.file)
            if page.url and content == (self._seen.get(page_id) or (holder and holder.made.digest[:64])):
                return None
            if page_id not in self._seen and holder is None:
                self._seen[page_id] = content
                return page_id
        return None

    def _holder(self, page_id: str, file: str) -> PageState | None:
        """What an earlier run indexed under this id from another file than `file` that is still there."""
        state = self._known.get(page_id)
        if state is None or state.file == file or not Path(state.file).exists():
            return None
        return state

    def _verdict(self, page_id: str, digest: str, file: str) -> Verdict:
        state = self._known.get(page_id)
        if state is None:
            return "new"
        if state.made.digest != digest or state.file != file:
            return "changed"
        if state.made.cleaning != fingerprint.cleaning():
            self._say_once("the cleaning changed (program, lexicon or library): "
                           "pages are cleaned and described again")
            return "changed"
        return "unchanged" if state.made.tokens == fingerprint.tokens() else "retokenised"

    def _say_once(self, reason: str) -> None:
        if reason not in self.summary.reasons:
            self.summary.reasons.append(reason)

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
            self.summary.reports += len(result)
            self._count(task.verdict)

    def _put(self, task: _Task, found: Sequence[Document]) -> None:
        assert self._writer is not None
        if task.page.id in self._known:
            self._writer.delete_page(task.page.id)
        self._put_pages.add(task.page.id)
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
        roots = {printable(os.path.abspath(path)) for path in self._options.paths}
        unread = self._unread()
        for page_id, state in self._known.items():
            if page_id not in self._seen and _below(state.file, roots) and not _below(state.file, unread):
                if self._writer is not None:
                    self._writer.delete_page(page_id)
                self.looks.pop(state.origin, None)
                self.summary.removed += 1

    def _unread(self) -> set[str]:
        """Files and folders of which something could not be taken in."""
        return {problem.file for problem in self.summary.failures if problem.file}

    def _carry_over(self, former: Searcher) -> None:
        """In a rebuild: pages that could not be read this time keep their last good version."""
        assert self._writer is not None
        unread = self._unread()
        for state in former.pages():
            if state.page_id in self._put_pages or not _below(state.file, unread):
                continue
            for part in range(1, state.reports + 1):
                hit = former.get(f"{state.page_id}-{part}")
                if hit is not None:
                    self._writer.add(document(hit.stored, state))
                    self.summary.reports += 1

    def _fail(self, problem: Problem) -> None:
        self.summary.failures.append(problem)
        self._count("failed")

    def _count(self, verdict: Verdict | Literal["repeated"]) -> None:
        setattr(self.summary, verdict, getattr(self.summary, verdict) + 1)
        if self._progress is not None and (verdict != "unchanged" or
                                           self.summary.unchanged % TOLD_UNCHANGED == 0):
            self._progress(self.summary)


def _below(file: str, places: set[str]) -> bool:
    """Is `file` one of the places, or does it lie below one?"""
    return file in places or any(str(parent) in places for parent in Path(file).parents)
