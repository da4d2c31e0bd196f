"""Measures one engine in a fresh process: `python -m tests.bench.worker JOB`, a figure sheet in JSON out."""

from __future__ import annotations

import gc
import json
import statistics
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from functools import partial
from hashlib import sha256
from pathlib import Path
from random import Random
from typing import Any

from tests.bench import adapters
from tests.bench.adapters import VALUES, Adapter, Answer
from tests.bench.pace import steady
from tests.bench.questions import KINDS, WORDS, Question, read
from tests.bench.timing import Clock, best, first_times, folder_bytes, repeated, resident, spread

OURS = "bangfu"
# What is wanted of an answer: ten hits and the number of all, facets as well, passages as well.
WAYS = ("plain", "facets", "passages")
# Seconds for asking the questions of a kind for the first time, as a multiple of those for asking again.
COLD = 10
# Seconds to wait for a machine that has slowed down, as a multiple of the same.
PATIENCE = 20
REOPENED = 10


@dataclass(frozen=True, slots=True)
class Job:
    """What a worker is to do, with which engine, and where things lie."""

    task: str
    engine: str
    work: str
    count: int
    seed: int
    limit: int
    index: str
    questions: str
    seconds: float

    def json(self) -> str:
        """As the worker's argument."""
        return json.dumps(asdict(self))


def build(job: Job, engine: Adapter) -> dict[str, Any]:
    """Index given tokens; loading them from disk is off the clock."""
    from tests.bench.texts import clean_bytes  # noqa: PLC0415 - a serving process never loads these

    texts = _texts(job)
    reports, size, records, clock = 0, 0, 0, Clock()
    loaded = []
    engine.start(Path(job.index))
    some: list[Any] = []
    for documents in texts.documents(job.limit):
        some = some or documents
        reports += len(documents)
        size += sum(map(clean_bytes, documents))
        records += sum(len(document.stored) for document in documents)
        loaded.append(engine.prepare(documents))
        del documents
        if not engine.background:
            clock.time(partial(engine.add, loaded.pop()))
    gc.collect()
    # An engine that goes on working in the background would do so while more is loaded.
    for prepared in loaded:
        clock.time(partial(engine.add, prepared))
    clock.time(engine.commit)
    seconds_to_stop = _timed(engine.stop)
    sizes = folder_bytes(Path(job.index))
    return {"version": engine.version(), "reports": reports, "seconds": round(clock.wall, 3), "text_bytes": size,
            "packed_record_bytes": records, "processor_seconds": round(clock.processor, 3),
            "reports_per_second": round(reports / clock.wall, 1),
            "reports_per_processor_second": round(reports / max(clock.processor, 1e-9), 1),
            "seconds_to_stop": round(seconds_to_stop, 3),
            "bytes": sizes, "bytes_per_byte": round(sizes["total"] / size, 4),
            **_inside(job, engine, some, size)}


def _inside(job: Job, engine: Adapter, documents: list[Any], size: int) -> dict[str, Any]:
    """Of this engine: what building takes by stage, and what takes how many bytes a byte of text."""
    if job.engine != OURS:
        return {}
    from tests.bench.profiles import stages  # noqa: PLC0415 - as above

    engine.open(Path(job.index))
    space = engine.space()  # type: ignore[attr-defined]
    engine.close()
    return {"stages": stages(documents), "space": {name: round(count / size, 4) for name, count in space.items()}}


def _texts(job: Job) -> Any:
    from tests.bench.texts import Texts  # noqa: PLC0415 - as above

    return Texts(Path(job.work), job.count, job.seed)


def _timed(step: Callable[[], object]) -> float:
    started = time.perf_counter()
    step()
    return time.perf_counter() - started


def ask(job: Job, engine: Adapter) -> dict[str, Any]:
    """Every kind of question, without and with facets: the first time in a fresh searcher (`cold`), evaluated
    again with what was read in memory (`warm`), and answered from kept answers where there are any (`hot`)."""
    warm, questions = read(Path(job.questions))
    found: dict[str, Any] = {"open_ms": _reopened(job, engine)}
    for kind in KINDS:
        if kind in engine.kinds and questions[kind]:
            found[kind] = {way: _asked(job, engine, warm, questions[kind], way) for way in WAYS}
    return found


def _reopened(job: Job, engine: Adapter) -> float:
    """Median milliseconds of opening a searcher in a process that has opened one before."""
    times = []
    for _ in range(REOPENED):
        times.append(_timed(lambda: engine.open(Path(job.index))))
        engine.close()
    return round(statistics.median(times) * 1000, 3)


def _asked(job: Job, engine: Adapter, warm: Question, questions: list[Question], way: str) -> dict[str, Any]:
    from tests.bench.profiles import profiled  # noqa: PLC0415 - not in the process whose memory is measured
    from tests.bench.snippets import passages  # noqa: PLC0415 - as above

    def ask(question: Question) -> Answer:
        answer = engine.ask(question, way != "plain")
        if way == "passages":
            passages(question, answer)
        return answer

    engine.open(Path(job.index))
    ask(warm)
    gc.collect()
    slowness = steady(Path(job.index).parent / "pace", PATIENCE * job.seconds)
    cold, answers = first_times(ask, questions, job.seconds * COLD)
    again = questions[:len(cold)]
    hot = repeated(ask, again, job.seconds)
    # What keeps no answers evaluates every question that is asked again.
    warm_times = repeated(ask, again, job.seconds, engine.forget) if engine.forget() else hot
    sheet = {"slowness": round(slowness, 2), "cold": spread(cold),
             **{state: spread(times) | {"best": best(times, len(cold))}
                for state, times in (("warm", warm_times), ("hot", hot))},
             **_account(engine, answers, way != "plain")}
    if job.engine == OURS:
        sheet["profile"] = profiled(lambda: [(engine.forget(), ask(question))
                                             for question in questions for _ in range(3)])
    engine.close()
    return sheet


def _account(engine: Adapter, answers: list[Any], facets: bool) -> dict[str, Any]:
    """What was answered, so that engines can be compared."""
    totals = [answer.total for answer in answers]
    return {"totals": totals} | ({"counts": [_digest(engine, answer) for answer in answers]} if facets else {})


def _digest(engine: Adapter, answer: Answer) -> str:
    """A few letters that are the same for the same facet counts."""
    rows = [[name, _shown(counts)] for name, counts in sorted(engine.counts(answer).items())]
    return sha256(json.dumps(rows).encode()).hexdigest()[:8]


def _shown(counts: Mapping[str, int]) -> list[tuple[str, int]]:
    """The most frequent values; of those that share the last place, which ones are shown is open."""
    numbers = sorted(counts.values(), reverse=True)[:VALUES]
    return sorted((value, count) for value, count in counts.items()
                  if len(numbers) < VALUES or count > numbers[-1])


def memory(job: Job, engine: Adapter) -> dict[str, Any]:
    """Opening in a fresh process, its first answer, and what it holds once every question was asked."""
    warm, questions = read(Path(job.questions))
    before = resident()
    opened = _timed(lambda: engine.open(Path(job.index)))
    first = _timed(lambda: engine.ask(warm, True))
    for kind in KINDS:
        if kind in engine.kinds:
            first_times(lambda q: engine.ask(q, True), questions[kind], job.seconds * COLD / 2)
    after = resident()
    engine.close()
    return {"before": before, "serving": after, "open_ms": round(opened * 1000, 3),
            "first_answer_ms": round(first * 1000, 3)}


def throughput(job: Job, engine: Adapter) -> dict[str, Any]:
    """Mixed questions with facets, one after the other, for some seconds after a line on standard input."""
    warm, questions = read(Path(job.questions))
    mixed = [question for kind in WORDS for question in questions[kind][:10]]
    Random(job.seed).shuffle(mixed)
    engine.open(Path(job.index))
    engine.ask(warm, True)
    first_times(lambda q: engine.ask(q, True), mixed, job.seconds * COLD)
    print("ready", flush=True)
    sys.stdin.readline()
    asked, started = 0, time.perf_counter()
    while (used := time.perf_counter() - started) < 3 * job.seconds:
        engine.ask(mixed[asked % len(mixed)], True)
        asked += 1
    engine.close()
    return {"asked": asked, "seconds": round(used, 3)}


def write(job: Job, engine: Adapter) -> dict[str, Any]:
    """Commits of ten reports and of a thousand on top of the full index, then a full merge."""
    from tests.bench.texts import commit_sizes  # noqa: PLC0415

    more = engine.prepare(_texts(job).more())
    engine.open(Path(job.index))
    expected = engine.reports()
    engine.close()
    times: dict[int, list[float]] = {}
    engine.start(Path(job.index))
    for size in commit_sizes(job.count):
        batch, more = more[:size], more[size:]
        times.setdefault(size, []).append(_timed(partial(_put, engine, batch)))
        expected += size
    merged: list[bool] = []
    merging = _timed(lambda: merged.append(engine.merge()))
    engine.stop()
    engine.open(Path(job.index))
    seen = engine.reports()
    engine.close()
    return {"commit_ms": {str(size): round(statistics.median(found) * 1000, 2) for size, found in times.items()},
            "merge_seconds": round(merging, 3) if merged[0] else None, "expected": expected, "seen": seen,
            "bytes": folder_bytes(Path(job.index))["total"]}


def _put(engine: Adapter, batch: list[Any]) -> None:
    engine.add(batch)
    engine.commit()


TASKS: Mapping[str, Callable[[Job, Adapter], dict[str, Any]]] = {
    "build": build, "ask": ask, "memory": memory, "throughput": throughput, "write": write,
}


def main() -> None:
    """Do the job that the argument describes and print its figures as one line of JSON."""
    job = Job(**json.loads(sys.argv[1]))
    print(json.dumps(TASKS[job.task](job, adapters.load(job.engine))))


if __name__ == "__main__":
    main()
