"""What every worker needs, loaded once: where the process that workers are forked from imports this."""

from __future__ import annotations

import gc
import os
import sys
from contextlib import suppress
from multiprocessing import forkserver

# A page that needs most of the dictionaries.
_PAGE = """<!DOCTYPE html><html><head><title>驻村帮扶工作情况_临洮县人民政府</title></head>
<body><h1>驻村帮扶工作情况</h1><div>发布时间：2019-05-06 来源：临洮县扶贫办</div>
<p>2018年以来，甘肃省临洮县青石沟村驻村（zhù cūn）工作队为３户贫困户落实養羊项目，户均增收5.5%。</p>
</body></html>"""


def load() -> None:
    """Import the stages and open their dictionaries."""
    from indexer import intake  # noqa: F401, PLC0415 - all that is large is imported in here
    from indexer.model import RawPage, Source  # noqa: PLC0415
    from indexer.pipeline import process  # noqa: PLC0415
    from indexer.text.tokenise import segmenter  # noqa: PLC0415

    segmenter()
    process(RawPage("page.html", _PAGE.encode(), "html", Source("page.html")))
    gc.freeze()


# In any other program (tests, documentation) the import has no effect. The one that forks is
# `from multiprocessing.forkserver import main; main(...)`.
if getattr(sys.modules["__main__"], "main", None) is forkserver.main:
    # A process that forks should have no threads, and workers that share the cores want none of numpy's.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    # What fails here fails again in a worker, as a page's Problem. Of Ctrl-C the parent tells.
    try:
        with suppress(Exception):
            load()
    except KeyboardInterrupt:
        sys.exit(130)
