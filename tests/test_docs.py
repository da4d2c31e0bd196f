"""The documents are true: every command has help with an example that runs, links resolve."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner

from search_web.cli import main
from tests.conftest import ROOT

DOCUMENTS = [ROOT / name for name in ("README.md", "ARCHITECTURE.md", "CHANGELOG.md", "corpus/README.md")]


@pytest.mark.parametrize("name", sorted(main.commands))
def test_every_command_has_help_and_an_example(name: str) -> None:
    result = CliRunner().invoke(main, [name, "--help"])
    assert result.exit_code == 0
    assert "Example:" in result.output
    assert f"bangfu {name}" in result.output


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The index of the sample archive."""
    index = str(tmp_path_factory.mktemp("docs") / "index")
    made = CliRunner().invoke(main, ["index", str(ROOT / "corpus"), "--index", index, "--jobs", "1"])
    assert made.exit_code == 0
    return index


# `serve` goes on for ever; that it starts and answers is told in tests/web.
@pytest.mark.parametrize("name", sorted(set(main.commands) - {"serve"}))
def test_the_example_runs(name: str, sample: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    index = str(tmp_path / "index") if name == "index" else sample
    runner = CliRunner()
    line = re.search(rf"^\s*bangfu ({name}\b.*)$", runner.invoke(main, [name, "--help"]).output, re.MULTILINE)
    assert line, "the example stands on a line of its own"
    arguments = [index if word == "index" and number else word
                 for number, word in enumerate(shlex.split(line.group(1)))]
    result = runner.invoke(main, arguments, env={"BANGFU_INDEX": index})
    assert result.exit_code == 0, result.output
    assert result.output.strip()


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_links_resolve(document: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)[^)]*\)", document.read_text(encoding="utf-8")):
        if "://" not in target:
            assert (document.parent / target).exists(), target


def test_every_file_that_the_map_names_exists() -> None:
    text = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    block = text.split("    corpus/")[1].split("## Invariants")[0]
    names = set(re.findall(r"[a-z0-9_]+\.py", block))
    have = {path.name for package in ("indexer", "search_web") for path in (ROOT / package).rglob("*.py")}
    assert names <= have, names - have
