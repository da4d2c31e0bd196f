"""The map of the code holds: imports point downward only, and one file alone knows each engine."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
MODULES = sorted([*ROOT.glob("indexer/**/*.py"), *ROOT.glob("search_web/**/*.py")])

# From the ground up. A module may import its own layer's package and everything below.
LAYERS = (
    ("indexer.errors", "indexer.model", "indexer.wording"),
    ("indexer.lexicon",),
    ("indexer.text",),
    ("indexer.lexicon.training_texts", "indexer.lexicon.build_gazetteer"),  # tools, run by hand
    ("indexer.lexicon.build_ngrams",),
    ("indexer.archive", "indexer.metadata"),
    ("indexer.pipeline",),
    ("indexer.store.query", "indexer.store.location", "indexer.store.checksums", "indexer.store.cache",
     "indexer.store.merging", "indexer.store.exact", "indexer.store.engine", "indexer.store.patience"),
    ("indexer.store.sections", "indexer.store.letters", "indexer.store.checking"),
    ("indexer.store.lists", "indexer.store.records", "indexer.store.reprints"),
    ("indexer.store.segment",),
    ("indexer.store.build", "indexer.store.inversion", "indexer.store.facets", "indexer.store.strings"),
    ("indexer.store.merge", "indexer.store.snapshot"),
    ("indexer.store.scoring",),
    ("indexer.store.evaluate", "indexer.store.whoosh_codec"),
    ("indexer.store.whoosh_contents",),
    ("indexer.store.whoosh_writer", "indexer.store.whoosh_searcher"),
    ("indexer.store.whoosh_engine",),
    ("indexer.store",),
    ("indexer.record", "indexer.fingerprint", "indexer.workers"),
    ("indexer.intake",),
    ("indexer.indexing", "indexer.warm"),
    ("indexer.console", "indexer.inspection", "indexer.coverage"),
    ("indexer.cli",),
    # what was typed, and what is shown of a text: no index in sight
    ("search_web.query.lexer", "search_web.query.ranges", "search_web.query.examples"),
    ("search_web.query.syntax",),
    ("search_web.query.plain", "search_web.query.account", "search_web.query.conditions"),
    ("search_web.query.wishes", "search_web.query.question"),
    ("search_web.query",),
    ("search_web.suggest.sounds",),
    ("search_web.suggest.vocabulary",),
    ("search_web.suggest.guess",),
    ("search_web.suggest",),
    ("search_web.answer.snippet", "search_web.answer.occurrences"),
    ("search_web.answer",),
    ("search_web.cite.citation", "search_web.printing"),
    ("search_web.cite",),
    # questions to the index
    ("search_web.commit",),
    ("search_web.otherwise",),
    ("search_web.study",),
    ("search_web.service",),
    # pages, API, terminal
    ("search_web.current", "search_web.language.i18n", "search_web.metrics"),
    ("search_web.language",),
    ("search_web.pages.charts", "search_web.pages.raw_view", "search_web.pages.report_view",
     "search_web.pages.parameters"),
    ("search_web.pages.links", "search_web.pages.facet_view"),
    ("search_web.pages.wording",),
    ("search_web.pages",),
    ("search_web.api.openapi",),
    ("search_web.api.endpoints",),
    ("search_web.api",),
    ("search_web.access",),
    ("search_web.app",),
    ("search_web.server",),
    ("search_web.cli",),
    ("search_web.__main__",),
)
ENGINES = {"whoosh": {f"indexer.store.whoosh_{room}" for room in ("codec", "contents", "writer", "engine")}}


def name_of(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def layer_of(module: str) -> int | None:
    """The layer of the longest name that the module bears; None for the two root packages."""
    names = {name: number for number, layer in enumerate(LAYERS) for name in layer}
    parts = module.split(".")
    return next((names[name] for end in range(len(parts), 0, -1) if (name := ".".join(parts[:end])) in names), None)


def imports_of(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            assert node.level == 0, f"{path}: relative import"
            found |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return found


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_imports_point_downward(path: Path) -> None:
    module = name_of(path)
    own = layer_of(module)
    if module in {"indexer", "search_web"}:
        return
    assert own is not None, f"{module} stands in no layer: add it to the map"
    for imported in imports_of(path):
        other = layer_of(imported)
        if other is not None and not module.startswith(imported + "."):
            assert other <= own, f"{module} imports {imported}, which lies above it"


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_only_its_own_file_knows_an_engine(path: Path) -> None:
    for library, modules in ENGINES.items():
        used = any(name == library or name.startswith(library + ".") for name in imports_of(path))
        assert not used or name_of(path) in modules


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_every_module_says_what_it_is_for(path: Path) -> None:
    doc = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
    assert doc, path
    assert doc.split("\n")[0].endswith("."), path


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_no_function_is_longer_than_a_screen(path: Path) -> None:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            assert length <= 60, f"{path.name}: {node.name} has {length} lines"


def test_only_search_web_imports_flask() -> None:
    for path in MODULES:
        if name_of(path).startswith("indexer"):
            assert not any(name.split(".")[0] in {"flask", "search_web"} for name in imports_of(path)), path
