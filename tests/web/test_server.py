"""A real server process: many visitors, long queries, a port that is taken, an index that is not there yet."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import quote

from tests.web.visitor import address


def test_eight_visitors_at_once(server: str, record_property: Callable[[str, object], None]) -> None:
    """A bounded load from eight clients, without an error; the figures are told at the end of the run."""
    words = ("驻村", "蜂蜜", "一户一策", '"矛盾纠纷"', "养羊 蜂蜜", "駐村", "吃水难", "地区:甘肃省 驻村")
    urls = [address(server, "/search", q=word, page=str(page)) for word in words for page in (1, 2)] * 4

    def visit(url: str) -> tuple[int, float]:
        begun = time.perf_counter()
        status, _ = status_and_text(url)
        return status, time.perf_counter() - begun

    begun = time.perf_counter()
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(visit, urls))
    seconds = time.perf_counter() - begun
    times = sorted(taken for _, taken in answers)
    record_property("figure", f"{len(urls)} requests by 8 clients: {len(urls) / seconds:.0f} a second, "
                    f"median {times[len(times) // 2] * 1000:.0f} ms, 95th percentile {times[int(len(times) * 0.95)] * 1000:.0f} ms")
    assert {status for status, _ in answers} == {200}


def status_and_text(url: str) -> tuple[int, str]:
    """What the server says, errors included."""
    try:
        with urllib.request.urlopen(url, timeout=60) as response:
            return response.status, response.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode()


def test_the_server_answers_a_query_of_ten_thousand_characters(server: str) -> None:
    status, text = status_and_text(f"{server}/search?q=" + quote("村" * 10_000))
    assert status == 400
    assert "最多 1,000 个字" in text
    long_but_fine = "驻村工作队" * 10
    assert status_and_text(f"{server}/search?q=" + quote(f'"{long_but_fine * 15}"'))[0] == 200


def test_a_taken_port_is_told_in_a_sentence(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        command = [sys.executable, "-m", "search_web", "serve", "--index", str(tmp_path), "--port", str(port)]
        result = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert result.returncode == 2
    assert f"Cannot listen on http://127.0.0.1:{port}" in result.stderr
    assert "Traceback" not in result.stderr


def test_the_server_waits_for_an_index(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "search_web", "serve", "--index", str(tmp_path / "none"), "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        assert process.stdout is not None
        first, second = process.stdout.readline(), process.stdout.readline()
        try:
            server = next(word for word in first.split() if word.startswith("http://"))
            assert "There is no index" in second
            assert status_and_text(server)[0] == 503
            assert status_and_text(f"{server}/healthz")[0] == 200
        finally:
            process.terminate()
            rest = process.stdout.read()
    assert "Traceback" not in rest
