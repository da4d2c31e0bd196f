"""SIGKILL while adding, committing, merging: the state before or after a commit, never between."""

from __future__ import annotations

import multiprocessing
import os
import random
import signal
import time
from multiprocessing.connection import Connection
from pathlib import Path

from indexer.store import WhooshEngine
from indexer.store.engine import Document, Made, PageState, pack

WORDS = "驻村 工作队 帮扶 贫困户 合作社 养羊 硬化 道路 3人 一户一策 双联 的 苹果 土豆".split()

KILLS = 200
ADDED = 4


def page(number: int) -> str:
    return f"{number:016x}"


def make_document(number: int) -> Document:
    """A report of ready-made words: a process that is to be killed soon loads no dictionary."""
    words = random.Random(number).choices(WORDS, k=60)
    text = f"{words[0]}\0{''.join(words[1:])}"
    record = {"id": f"{page(number)}-1"}
    return Document(id=record["id"], state=PageState(page(number), "file||", "path", Made("a", "b", "c"), 1),
                    title_words=words[0], body_words=" ".join(words[1:]), text=text, display=text,
                    facets={"region": ("甘肃省",)}, published=20130101, stored=pack(record, text))


def ids_after(step: int) -> set[str]:
    """What the index holds after the commit of a step: each adds some reports and deletes one."""
    added = {f"{page(number)}-1" for number in range(ADDED * (step + 1))}
    return added - {f"{page(ADDED * done)}-1" for done in range(1, step)}


def work(folder: Path, step: int, said: Connection) -> None:
    """Commit step after step, telling each one that is done, until killed."""
    writer = WhooshEngine(folder).writer()
    while True:
        for number in range(ADDED * step, ADDED * (step + 1)):
            writer.add(make_document(number))
        if step > 1:
            writer.delete_page(page(ADDED * (step - 1)))
        writer.commit(merge=step % 9 == 0)
        said.send(step)
        step += 1


def test_every_kill_leaves_a_whole_index(tmp_path: Path) -> None:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([__name__])
    WhooshEngine.create(tmp_path)
    dice = random.Random(23)
    step, between, unfinished = -1, 0, 0
    for _ in range(KILLS):
        told, said = context.Pipe(duplex=False)
        process = context.Process(target=work, args=(tmp_path, step + 1, said))
        process.start()
        said.close()
        told.poll(10)  # the first commit of this process is made, or about to be
        time.sleep(dice.uniform(0, 0.03))
        assert process.pid
        os.kill(process.pid, signal.SIGKILL)
        process.join()
        last = step
        try:
            while told.poll():
                last = told.recv()
        except EOFError:
            pass
        with WhooshEngine(tmp_path).searcher() as searcher:
            held = {report["id"] for report in searcher.reports()}
            # What was told is there; one more commit may have been made and not told.
            assert held in ([ids_after(last), ids_after(last + 1)] if last >= 0 else [set(), ids_after(0)])
            between += held != (ids_after(last) if last >= 0 else set())
            assert searcher.check() == []
        unfinished += any(path.name.endswith(".arrays") and path.name.split(".")[0] not in
                          {segment.segment_id() for segment in searcher._segments}
                          for path in tmp_path.iterdir())
        step = last + (held != (ids_after(last) if last >= 0 else set()))
    assert unfinished > KILLS // 20, "hardly any kill hit a commit half-way"
    writer = WhooshEngine(tmp_path).writer()
    writer.commit(merge=True)
    writer.close()
    with WhooshEngine(tmp_path).searcher() as searcher:
        assert {report["id"] for report in searcher.reports()} == ids_after(step)
        assert searcher.check() == []
    # What killed commits left behind was swept by the next one.
    assert len(list(tmp_path.glob("*.arrays"))) == 1
