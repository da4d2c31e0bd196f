"""Segments and space: told for people and for programs, one segment after `--merge`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from indexer.cli import index_command, stats_command
from indexer.store import IndexFolder
from tests.conftest import write_archive


def call(command: Any, *arguments: object) -> str:
    result = CliRunner().invoke(command, [str(argument) for argument in arguments])
    assert result.exit_code == 0, result.output
    return result.stdout


def stats(index: Path) -> dict[str, Any]:
    values: dict[str, Any] = json.loads(call(stats_command, "--index", index, "--json"))
    return values


def in_commits_of_three(archive: Path, index: Path, *options: object) -> None:
    call(index_command, archive, "--index", index, "--jobs", 1, "--commit-pages", 3, *options)


def test_merge_makes_one_segment_of_what_commits_left(archive: Path, tmp_path: Path) -> None:
    in_commits_of_three(archive, tmp_path / "index", "--merge")
    assert stats(tmp_path / "index")["segments"] == 1


def test_merge_after_a_run_that_found_nothing_new(tmp_path: Path) -> None:
    """The archivist who tidies up an index need not touch the archive for it."""
    index = tmp_path / "index"
    for number in range(3):
        write_archive(tmp_path / "archive" / str(number), 4)
        in_commits_of_three(tmp_path / "archive", index)
    before = stats(index)
    assert before["segments"] > 1
    in_commits_of_three(tmp_path / "archive", index, "--merge")
    after = stats(index)
    assert (after["segments"], after["reports"], after["pages"]) == (1, before["reports"], before["pages"])
    assert after["bytes"] < before["bytes"]
    commit = after["commit"]
    in_commits_of_three(tmp_path / "archive", index, "--merge")
    assert stats(index)["commit"] == commit, "one whole segment is not written again"


def test_merge_drops_what_was_deleted(archive: Path, tmp_path: Path) -> None:
    index = tmp_path / "index"
    in_commits_of_three(archive, index, "--merge")
    for path in sorted(archive.iterdir())[:6]:
        path.unlink()
    before = stats(index)
    in_commits_of_three(archive, index, "--prune", "--merge")
    after = stats(index)
    assert (after["segments"], after["reports"]) == (1, 6)
    assert after["bytes"] < before["bytes"]


def test_a_dry_run_merges_nothing(archive: Path, tmp_path: Path) -> None:
    index = tmp_path / "index"
    in_commits_of_three(archive, index)
    before = stats(index)
    in_commits_of_three(archive, index, "--dry-run", "--merge")
    assert stats(index) == before


def test_space_by_kind_of_data(archive: Path, tmp_path: Path) -> None:
    index = tmp_path / "index"
    in_commits_of_three(archive, index)
    values = stats(index)
    files = [path for path in IndexFolder(index).current().rglob("*") if path.is_file()]
    assert values["bytes"] == sum(path.stat().st_size for path in files)
    sizes = list(values["space"].values())
    assert sizes == sorted(sizes, reverse=True), "the largest first"
    assert 0 < sum(sizes) <= values["bytes"]


@pytest.mark.parametrize("words", ["segments: ", "space: ", " kB"])
def test_a_person_reads_space_in_units(archive: Path, tmp_path: Path, words: str) -> None:
    in_commits_of_three(archive, tmp_path / "index")
    told = call(stats_command, "--index", tmp_path / "index")
    assert words in told
    assert f"{stats(tmp_path / 'index')['bytes']}" not in told
