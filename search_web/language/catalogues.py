"""Keeps the Babel catalogues: gathers every sentence that the pages say, drafts what is new, compiles.

    python -m search_web.language.catalogues

A sentence is what a template hands to `_` or `ngettext`, a Chinese string of the modules that speak
to readers, a theme or a kind.  Traditional is drafted by OpenCC, Simplified says itself; English has
to be written into its catalogue, and the command names what is missing.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from importlib.metadata import version
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from jinja2.ext import babel_extract
from opencc import OpenCC

from indexer.metadata.kind import signs
from indexer.metadata.themes import lexicon
from search_web.language import findings, messages
from search_web.language.i18n import LANGUAGES, TRANSLATIONS, locale

_WEB = Path(__file__).parents[1]
# Modules whose Chinese strings are all said to readers.
SPEAKERS = ("pages/about", "access", "app", "pages/facet_view", "language/findings", "language/messages",
            "pages/results", "pages/raw_view", "pages/similar", "pages/study", "pages/wording")
_HAN = re.compile(r"[\u3400-\u9fff]")
_JINJA = {"trimmed": "true", "silent": "false", "trim_blocks": "true", "lstrip_blocks": "true",
          "newstyle_gettext": "true"}
_CONVERSION = "s2tw"
# What a Traditional reader calls otherwise; OpenCC's own phrases would also say 釋出 for 發布.
_TRADITIONAL = {
    "發佈": "發布", "元數據": "後設資料", "數據": "資料", "程序庫": "函式庫", "程序": "程式", "文件": "檔案",
    "文檔": "文件", "界面": "介面", "導出": "匯出", "導航": "導覽", "源碼": "原始碼", "字符串": "字串",
    "字符": "字元", "字段": "欄位", "字節": "位元組", "服務器": "伺服器", "刷新": "重新整理", "運行": "執行",
    "運算符": "運算子", "純文本": "純文字", "軟件": "軟體", "兼容": "相容", "全角": "全形", "半角": "半形",
    "抓取": "擷取", "縮進": "縮排", "歎號": "驚嘆號", "計劃": "計畫", "提綱": "大綱", "編制": "編製",
    "訪問口令": "存取密碼", "訪問": "存取", "聲明": "宣告", "生僻": "罕用", "普通": "一般",
    "補全的詞": "建議的詞", "收入了": "收錄了", "能收入": "能收錄", "用時": "耗時",
    "內存": "記憶體", "壓縮包": "壓縮檔", "單個": "單一",
    'lang="zh-Hans"': 'lang="zh-Hant"',
}

Sentence = str | tuple[str, str]


def sentences() -> dict[Sentence, None]:
    """Everything that the pages say, in the order in which it was found, each once."""
    found: dict[Sentence, None] = {}
    for source in (_in_templates(), _in_modules(), _in_help(), _in_lexicons()):
        found |= dict.fromkeys(source)
    return found


def _in_templates() -> Iterator[Sentence]:
    for path in sorted((_WEB / "pages" / "templates").iterdir()):
        with path.open("rb") as file:
            for _, function, said, _ in babel_extract(file, ("_", "gettext", "ngettext"), [], _JINJA):
                parts = [part for part in (said if isinstance(said, tuple) else (said,)) if part]
                if function == "ngettext":
                    yield parts[0], parts[1]
                elif parts:
                    yield parts[0]


def _in_modules() -> Iterator[str]:
    for name in SPEAKERS:
        tree = ast.parse((_WEB / f"{name}.py").read_text(encoding="utf-8"))
        silent = {id(node.body[0].value) for node in ast.walk(tree)
                if isinstance(node, ast.Module | ast.FunctionDef | ast.ClassDef) and node.body
                and isinstance(node.body[0], ast.Expr)}
        silent |= {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr)
                   for part in node.values}
        for node in ast.walk(tree):
            if (isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in silent
                    and _HAN.search(node.value)):
                yield node.value


def _in_help() -> Iterator[str]:
    yield from _help_in_english()


def _help_in_english() -> dict[str, str]:
    """The help page stands in both languages already."""
    from search_web.query.examples import HELP  # noqa: PLC0415 - beside its only use

    found = {topic.heading: topic.name for topic in HELP}
    return found | {example.says: example.means for topic in HELP for example in topic.examples}


def _in_lexicons() -> Iterator[str]:
    yield from sorted({theme for _, uses in lexicon().values() for theme, _ in uses})
    yield from sorted({sign.kind for sign in signs()})


def updated(language: str) -> Catalog:
    """The catalogue of a language with every sentence of today and none of yesterday's."""
    path = TRANSLATIONS / locale(language) / "LC_MESSAGES" / "messages.po"
    known = read(path) if path.exists() else Catalog()
    catalogue = Catalog(locale(language), project="Bangfu", version=version("bangfu"), charset="utf-8",
                        header_comment="# Kept by python -m search_web.language.catalogues",
                        last_translator="Bangfu", language_team="Bangfu", fuzzy=False)
    catalogue.msgid_bugs_address = ""
    catalogue.creation_date = catalogue.revision_date = known.creation_date
    for sentence in sentences():
        message = known.get(sentence)
        said = message.string if message is not None and message.string else None
        if said and not isinstance(sentence, str) and isinstance(said, str):
            said = (said,) * catalogue.num_plurals  # it has learnt to tell one from many since
        known_said = said if said and any(said) else _draft(language, sentence, catalogue.num_plurals)
        catalogue.add(sentence, known_said)
    return catalogue


def read(path: Path) -> Catalog:
    """A catalogue from its file."""
    with path.open("rb") as file:
        return read_po(file, charset="utf-8")


def _draft(language: str, sentence: Sentence, plurals: int) -> str | tuple[str, ...]:
    one = sentence if isinstance(sentence, str) else sentence[1]
    if language == "zh-Hans":
        said = one
    elif language == "zh-Hant":
        said = _traditional(one)
    else:
        said = _help_in_english().get(one, "")
    return said if isinstance(sentence, str) else (said,) * plurals


def _traditional(text: str) -> str:
    """A sentence for Traditional readers, its quotation marks too.

    >>> _traditional("只检索“%(word)s”")
    '只檢索「%(word)s」'
    """
    said: str = OpenCC(_CONVERSION).convert(text)
    for word, other in _TRADITIONAL.items():
        said = said.replace(word, other)
    return said if "「" in said else said.replace("“", "「").replace("”", "」")


def compiled(catalogue: Catalog) -> bytes:
    """A catalogue as gettext reads it."""
    out = BytesIO()
    write_mo(out, catalogue)
    return out.getvalue()


def missing(catalogue: Catalog, language: str) -> list[object]:
    """The sentences that a catalogue must say and does not."""
    excused = messages.in_own_english() | findings.in_own_english() if language == "en" else frozenset()
    return [message.id for message in catalogue if message.id and message.id not in excused
            and not (all(message.string) if isinstance(message.string, tuple) else message.string)]


def main() -> int:
    """Bring all catalogues up to date; 1 where one has gaps, which are printed."""
    gaps = 0
    for language in LANGUAGES:
        folder = TRANSLATIONS / locale(language) / "LC_MESSAGES"
        folder.mkdir(parents=True, exist_ok=True)
        catalogue = updated(language)
        with (folder / "messages.po").open("wb") as file:
            write_po(file, catalogue, width=110, sort_output=False)
        (folder / "messages.mo").write_bytes(compiled(catalogue))
        for sentence in missing(catalogue, language):
            gaps += 1
            print(f"{language}: {sentence}")
    return 1 if gaps else 0


if __name__ == "__main__":
    sys.exit(main())
