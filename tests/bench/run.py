"""One run: prepares the texts, measures engine after engine in fresh processes, gathers the figures."""

from __future__ import annotations

import importlib.util
import json
import os
import platform
import pstats
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

from indexer import fingerprint
from indexer.store.exact import bare, tight
from tests.bench import making, questions
from tests.bench.adapters import LIMITS
from tests.bench.profiles import told
from tests.bench.questions import SAMPLE, Sampled
from tests.bench.texts import CHUNK, Texts
from tests.bench.worker import Job

ROOT = Path(__file__).resolve().parents[2]
# Engines with a library that may be absent.
OPTIONAL = {"tantivy": "tantivy"}
LIBRARIES = ("whoosh3", "jieba", "numpy", "beautifulsoup4", "lxml")


@dataclass(frozen=True, slots=True)
class Plan:
    """What was asked for on the command line."""

    reports: int
    seed: int
    work: Path
    engines: tuple[str, ...]
    seconds: float
    raw_pages: int
    jobs: int

    def texts(self) -> Texts:
        """The set of texts that is measured on."""
        return Texts(self.work.absolute(), self.reports, self.seed)


def measure(plan: Plan) -> dict[str, Any]:
    """All figures of a run as JSON values; says on standard error what it is doing."""
    texts, found_here = plan.texts(), machine()
    _say(f"texts: {plan.reports:,} pages below {texts.folder}")
    making.prepare(texts, plan.jobs)
    shutil.rmtree(texts.folder / "run", ignore_errors=True)
    skipped = {name: f"{OPTIONAL[name]} is not installed (it is in the [bench] extra)" for name in plan.engines
               if name in OPTIONAL and importlib.util.find_spec(OPTIONAL[name]) is None}
    result: dict[str, Any] = {
        "date": time.strftime("%Y-%m-%d %H:%M:%S"), "machine": found_here, "versions": versions(),
        "options": {"reports": plan.reports, "seed": plan.seed, "seconds": plan.seconds, "jobs": plan.jobs},
        "cleaned_by": texts.cleaned_by, "cleaning_now": fingerprint.cleaning(),
        "engines": {name: _engine(plan, texts, name) for name in plan.engines if name not in skipped},
        "skipped": skipped,
    }
    if "bangfu" in plan.engines and plan.raw_pages:
        result["raw"] = _raw(plan, texts)
    shutil.rmtree(texts.folder / "run", ignore_errors=True)
    return result


def _say(sentence: str) -> None:
    print(sentence, file=sys.stderr, flush=True)


def _engine(plan: Plan, texts: Texts, name: str) -> dict[str, Any]:
    """Everything about one engine. The index lies on disk from one worker to the next."""
    limit = min(plan.reports, LIMITS.get(name, plan.reports))
    job = Job("build", name, str(texts.work), plan.reports, plan.seed, limit,
              str(texts.folder / "run" / name), str(_questions(texts, limit)), plan.seconds)
    sheet: dict[str, Any] = {}
    for task in ("build", "memory", "ask"):
        _say(f"{name}: {task}")
        sheet[task] = _work(_with(job, task))
    _say(f"{name}: throughput")
    sheet["throughput"] = {str(processes): _throughput(job, processes) for processes in (1, 2)}
    if name == "bangfu":
        _say("bangfu: unchanged rerun")
        sheet["rerun"] = _rerun(texts, Path(job.index))
    _say(f"{name}: commits")
    sheet["write"] = _work(_with(job, "write"))
    shutil.rmtree(job.index)
    return sheet


def _with(job: Job, task: str) -> Job:
    values = json.loads(job.json())
    return Job(**values | {"task": task})


def _command(job: Job) -> list[str]:
    return [sys.executable, "-m", "tests.bench.worker", job.json()]


def _work(job: Job) -> dict[str, Any]:
    """The figures of one worker. Raises CalledProcessError with the worker's own words on the terminal."""
    done = subprocess.run(_command(job), cwd=ROOT, stdout=subprocess.PIPE, check=True, text=True)
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def _throughput(job: Job, processes: int) -> float:
    """Queries a second of so many processes that start together."""
    asking = [subprocess.Popen(_command(_with(job, "throughput")), cwd=ROOT, text=True,
                               stdin=subprocess.PIPE, stdout=subprocess.PIPE) for _ in range(processes)]
    for process in asking:
        assert process.stdout is not None
        process.stdout.readline()
    for process in asking:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    sheets = [json.loads(process.communicate()[0].splitlines()[-1]) for process in asking]
    return round(sum(float(sheet["asked"] / sheet["seconds"]) for sheet in sheets), 1)


def _questions(texts: Texts, limit: int) -> Path:
    """The file of questions for the first `limit` pages, drawn once."""
    file = texts.folder / f"questions-{limit}.json"
    if file.exists():
        return file
    _say("drawing questions")
    frequencies: Counter[str] = Counter()
    sample: list[Sampled] = []
    total = 0
    every = max(1, limit // SAMPLE)
    for documents in texts.documents(limit):
        for document in documents:
            frequencies.update({*document.title_words.split(), *document.body_words.split()})
            if total % every == 0:
                body = document.text.partition("\0")[2]
                sample.append(Sampled(tuple(document.body_words.split()), bare(tight(body))))
            total += 1
    drawn = questions.draw(frequencies, total, sample, texts.seed)
    questions.write(file, questions.warming(frequencies, total), drawn)
    return file


def _rerun(texts: Texts, index: Path) -> dict[str, Any]:
    """`bangfu index` over all pages of an index that knows them all: reading every file, then as it goes on."""
    # The index was made of given reports, so that no run has seen the files yet.
    reading, _ = _bangfu([str(texts.pages)], index)
    seconds, summary = _bangfu([str(texts.pages)], index)
    known = summary["unchanged"] + summary["failed"]
    return {"profile": _profile([str(texts.pages)], index, 2), "seconds": seconds, "reading_seconds": reading,
            "pages": summary["pages"], "unchanged": summary["unchanged"], "failed": summary["failed"],
            "whole": known == summary["pages"] >= texts.count}


def _profile(paths: Sequence[str], index: Path, jobs: int) -> list[str]:
    """The functions that take most time in the main process of `bangfu index`, run once more."""
    with tempfile.NamedTemporaryFile() as kept:
        _bangfu(paths, index, jobs, ("-m", "cProfile", "-o", kept.name))
        return told(pstats.Stats(kept.name))


def _bangfu(paths: Sequence[str], index: Path, jobs: int = 2, options: Sequence[str] = (),
            ) -> tuple[float, dict[str, Any]]:
    command = [sys.executable, *options, "-m", "search_web", "index", *paths, "--index", str(index),
               "--jobs", str(jobs), "--json"]
    started = time.perf_counter()
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False,
                          text=True)
    seconds = round(time.perf_counter() - started, 3)
    # Exit code 1 only says that some pages could not be read; the summary counts them.
    if done.returncode > 1 or not done.stdout:
        raise RuntimeError(f"`bangfu index` failed with exit code {done.returncode}")
    return seconds, json.loads(done.stdout.splitlines()[-1])


def _raw(plan: Plan, texts: Texts) -> dict[str, Any]:
    """Raw pages → searchable: this program and the naive build, each from its start to its end."""
    folders = [str(texts.pages / name) for name in texts.chunks[:-(-plan.raw_pages // CHUNK)]]
    pages = sum(path.is_file() for folder in folders for path in Path(folder).rglob("*"))
    target = texts.folder / "run" / "raw"
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    _say(f"raw pages: {pages:,}, bangfu index")
    before = _processor_seconds()
    seconds, summary = _bangfu(folders, target / "bangfu", plan.jobs)
    between = _processor_seconds()
    _say("raw pages: the naive build")
    naive = [sys.executable, "-m", "tests.bench.naive", ":".join(folders), str(target / "naive"), str(plan.jobs)]
    started = time.perf_counter()
    subprocess.run(naive, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    naive_seconds = round(time.perf_counter() - started, 3)
    after = _processor_seconds()
    profile = _profile(folders[:1], target / "profiled", 1)
    shutil.rmtree(target)
    return {"pages": pages, "jobs": plan.jobs, "reports": summary["reports"], "profile": profile,
            "bangfu": {"seconds": seconds, "processor_seconds": round(between - before, 2),
                       "pages_per_second": round(pages / seconds, 1)},
            "naive": {"seconds": naive_seconds, "processor_seconds": round(after - between, 2),
                      "pages_per_second": round(pages / naive_seconds, 1)}}


def _processor_seconds() -> float:
    """Of all processes that were started and have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def machine() -> dict[str, Any]:
    """Processor, cores, memory and system."""
    rows = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    model = next((row.split(":", 1)[1].strip() for row in rows if row.startswith("model name")), "unknown")
    pages, size = os.sysconf("SC_PHYS_PAGES"), os.sysconf("SC_PAGE_SIZE")
    return {"processor": model, "cores": len(os.sched_getaffinity(0)), "memory_gb": round(pages * size / 2**30, 1),
            "system": platform.platform(), "load": os.getloadavg()[0]}


def versions() -> dict[str, str]:
    """Python, the libraries, and the commit of this program where git can say it."""
    git = subprocess.run(["git", "describe", "--always", "--dirty"], cwd=ROOT, capture_output=True, text=True,
                         check=False) if shutil.which("git") else None
    return {"python": platform.python_version(), "bangfu": version("bangfu"),
            "commit": git.stdout.strip() if git else "", **{name: version(name) for name in LIBRARIES}}
