"""The benchmark measures what it says: the engines find what the texts hold, a run is complete, floors refuse."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from indexer.archive import read_archive
from indexer.model import RawPage
from indexer.pipeline import process
from indexer.record import documents
from indexer.store.engine import Document, Made
from indexer.store.exact import bare, tight
from tests.bench import questions
from tests.bench.adapters import ENGINES, FACETS, load
from tests.bench.comparison import disagreements
from tests.bench.floors import judge
from tests.bench.pace import steady
from tests.bench.questions import KINDS, Question, Sampled
from tests.bench.run import OPTIONAL, ROOT
from tests.bench.tables import markdown
from tests.bench.worker import WAYS
from tests.conftest import write_archive

REPORTS = 24


def available(name: str) -> bool:
    return name not in OPTIONAL or importlib.util.find_spec(OPTIONAL[name]) is not None


@pytest.fixture(scope="module")
def reports(tmp_path_factory: pytest.TempPathFactory) -> list[Document]:
    pages = read_archive([write_archive(tmp_path_factory.mktemp("archive"), REPORTS)])
    cleaned = [process(page) for page in pages if isinstance(page, RawPage)]
    return [document for one in cleaned for document in documents(one, Made("a", "b", "c"))]  # type: ignore[arg-type]


def words(document: Document) -> tuple[str, ...]:
    return (*document.title_words.split(), *document.body_words.split())


def found(asked: Question, document: Document) -> bool:
    """The oracle: by the words or the letters of one report."""
    if asked.kind.startswith("exact") or asked.kind == "phrase_2":
        return "".join(asked.parts) in bare(tight(document.text))
    join = any if asked.kind == "or_3" else all
    return join(part in words(document) for part in asked.parts)


ASKED = (
    Question("term_rare", ("青石沟",)), Question("term_mid", ("临洮县",)), Question("term_common", ("合作社",)),
    Question("and_2", ("临洮县", "合作社")), Question("or_3", ("临洮县", "陇西县", "没有的词")),
    Question("phrase_2", ("帮助", "群众")), Question("exact_2", ("增收",)), Question("exact_4", ("完善村规",)),
)


@pytest.mark.parametrize("name", ENGINES)
def test_an_engine_finds_and_counts_what_the_reports_hold(name: str, reports: list[Document], tmp_path: Path) -> None:
    if not available(name):
        pytest.skip(f"{OPTIONAL[name]} is not installed (it is in the [bench] extra)")
    engine = load(name)
    engine.start(tmp_path / "index")
    engine.add(engine.prepare(reports[:20]))
    engine.commit()
    engine.add(engine.prepare(reports[20:]))
    engine.commit()
    engine.merge()
    engine.stop()
    engine.open(tmp_path / "index")
    assert engine.reports() == len(reports) == REPORTS
    for asked in ASKED:
        if asked.kind not in engine.kinds or (name == "fts5" and asked.kind.startswith("term")):
            continue
        matching = [report for report in reports if found(asked, report)]
        answer = engine.ask(asked, True)
        assert answer.total == len(matching), asked
        assert len(answer.hits) == min(10, len(matching))
        assert {hit["id"] for hit in answer.hits} <= {report.id for report in matching}
        counts = {facet: Counter(value for report in matching for value in report.facets[facet])
                  for facet in FACETS}
        assert engine.counts(answer) == counts, asked
    engine.close()


def test_questions_are_what_their_kinds_say(reports: list[Document]) -> None:
    frequencies = Counter(word for report in reports for word in set(words(report)))
    sample = [Sampled(tuple(report.body_words.split()), bare(tight(report.text)).partition("\0")[2]) for report in reports]
    drawn = questions.draw(frequencies, len(reports), sample, seed=1)
    assert drawn == questions.draw(frequencies, len(reports), sample, seed=1)
    assert drawn != questions.draw(frequencies, len(reports), sample, seed=2)
    for asked in drawn:
        matching = sum(found(asked, report) for report in reports)
        if asked.kind == "term_common":
            assert matching > 0.2 * len(reports)
        if asked.kind == "term_rare":
            assert 2 <= matching <= 10
        if asked.kind.startswith("exact"):
            assert matching
            assert len(asked.parts[0]) == int(asked.kind[6:])


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """A real run on a few pages."""
    folder = tmp_path_factory.mktemp("bench")
    command = [sys.executable, "-m", "tests.bench", "--reports", "24", "--raw-pages", "24", "--seconds", "0.01",
               "--jobs", "1", "--engines", "bangfu,fts5,tantivy", "--work", str(folder / "work"),
               "--out", str(folder / "bench.json")]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    result: dict[str, Any] = json.loads((folder / "bench.json").read_text(encoding="utf-8"))
    return result


def test_a_run_is_complete(run: dict[str, Any]) -> None:
    assert set(run["engines"]) | set(run["skipped"]) == {"bangfu", "fts5", "tantivy"}
    assert ("tantivy" in run["skipped"]) is not available("tantivy")
    assert run["disagreements"] == []
    for sheet in run["engines"].values():
        assert sheet["build"]["reports"] >= 24
        assert sheet["build"]["bytes_per_byte"] > 0
        assert sheet["memory"]["serving"]["resident"] > 0
        assert sheet["throughput"]["1"] > 0
        assert set(sheet["write"]["commit_ms"]) == {"10", "12"}
    for kind in KINDS:
        asked = run["engines"]["bangfu"]["ask"][kind]
        assert all(asked[way][state]["p50"] > 0 for way in WAYS for state in ("cold", "warm", "hot"))
    assert run["engines"]["bangfu"]["rerun"]["unchanged"] == 24
    assert run["raw"]["naive"]["pages_per_second"] > 0
    assert "| rare word" in markdown(run)


def test_engines_that_differ_are_an_error(run: dict[str, Any]) -> None:
    changed = json.loads(json.dumps(run))
    changed["engines"]["fts5"]["ask"]["exact_4"]["plain"]["totals"][0] += 1
    changed["engines"]["fts5"]["write"]["seen"] -= 1
    assert [sentence.split()[0] for sentence in disagreements(changed)] == ["fts5:", "exact_4"]


def test_floors_are_judged_by_ratio_and_refuse(run: dict[str, Any]) -> None:
    changed = json.loads(json.dumps(run))
    changed["engines"]["tantivy"] = json.loads(json.dumps(run["engines"]["bangfu"]))
    changed["engines"].pop("whoosh", None)
    judged = {one.name: one for one in judge(changed)}
    assert judged["term_mid with facets, p50"].met is True
    assert judged["build from tokens, reports/s"].met is None
    changed["engines"]["tantivy"]["ask"]["term_mid"]["facets"]["warm"]["p50"] /= 2
    refused = next(one for one in judge(changed) if one.name == "term_mid with facets, p50")
    assert refused.met is False
    assert "%" in refused.profile, "a refused floor says where the time goes"
    assert refused.measured.startswith("2 ")
    assert refused.remark == "meant for 100,000 reports"


def test_a_machine_that_slowed_down_is_waited_for_and_told(tmp_path: Path) -> None:
    file = tmp_path / "pace"
    assert steady(file, patience=0) == 1
    fastest = float(file.read_text())
    assert 0 < fastest < 1
    file.write_text("1000")
    assert steady(file, patience=60) == 1
    assert float(file.read_text()) < 1
    file.write_text("1e-9")
    assert steady(file, patience=0.1) > 1000
    assert float(file.read_text()) == 1e-9


def test_the_tables_of_the_readme_are_those_of_the_kept_runs() -> None:
    printed: set[str] = set()
    for name in ("measured.json", "evaluated.json"):
        kept = json.loads((ROOT / "tests" / "bench" / name).read_text(encoding="utf-8"))
        printed |= set(markdown(kept).split("\n"))
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    rows = [line for line in readme.split("## Speed and size")[1].split("\n") if line.startswith("|")]
    assert len(rows) > 30
    assert not [row for row in rows if row not in printed]
