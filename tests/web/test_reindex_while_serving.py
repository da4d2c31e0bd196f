"""Readers go on while another process adds pages and merges: no request fails."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path

from flask import Flask

from indexer.indexing import Options, run
from search_web.app import create_app
from tests.conftest import write_archive

READERS = 3
# Commits of the run of the other process; each makes a segment before the merge.
COMMIT_PAGES = 8


def test_no_request_fails_while_the_index_grows(tmp_path: Path) -> None:
    archive, index = write_archive(tmp_path / "archive", 8), tmp_path / "index"
    assert run(Options((archive,), index, jobs=1)).new == 8
    app = create_app(index)
    failures: list[str] = []
    totals: list[int] = []
    done = threading.Event()
    readers = [threading.Thread(target=_read, args=(app, done, failures, totals)) for _ in range(READERS)]
    for reader in readers:
        reader.start()
    try:
        write_archive(archive, 24)
        said = subprocess.run(
            [sys.executable, "-m", "search_web", "index", str(archive), "--index", str(index), "--jobs", "1",
             "--commit-pages", str(COMMIT_PAGES), "--merge"], capture_output=True, text=True, timeout=60, check=False)
    finally:
        done.set()
        for reader in readers:
            reader.join()
    assert said.returncode == 0, said.stderr
    assert not failures, failures[:3]
    assert len(totals) > READERS, "the readers hardly ran"
    assert app.test_client().get("/api/v1/search?q=驻村").get_json()["reports"] == 24
    assert set(totals) <= {8, 16, 24}, "a reader saw what was no commit"


def _read(app: Flask, done: threading.Event, failures: list[str], totals: list[int]) -> None:
    """Search, and open what was found, until told to stop; what fails is noted."""
    client = app.test_client()
    while not done.is_set():
        found = client.get("/api/v1/search?q=驻村&limit=5")
        if found.status_code != 200:
            failures.append(found.text)
            continue
        totals.append(found.get_json()["reports"])
        for hit in found.get_json()["hits"][:2]:
            for path in (f"/report/{hit['id']}?q=驻村", f"/report/{hit['id']}/source"):
                page = client.get(path)
                if page.status_code != 200:
                    failures.append(f"{path}: {page.status_code}")
