"""From reports to a page as it was served: script, gold, damage, markup, encoding."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from random import Random

from tests.pagemaker import damage
from tests.pagemaker.chrome import page_html, page_text
from tests.pagemaker.facts import anonymised, as_shown, truncated, without_symbols
from tests.pagemaker.gloss import SEPARATORS, gloss, gloss_table
from tests.pagemaker.gold import Made, Page, Report
from tests.pagemaker.sites import SITES, Setting, Site, setting
from tests.pagemaker.texts import make_report
from tests.pagemaker.traditional import traditional_report

DAMAGED_SHARE = 0.6
COMPILATION_SHARE = 0.3
GLOSS_SIZES = (40, 80, 150, 300, 600, 1000)

# For each kind of site what befalls its damaged pages, and how often.
LIKELY: dict[str, dict[str, float]] = {
    "gov": {
        "ascii_punctuation": 0.4,
        "zero_width": 0.2,
        "escaped_entities": 0.15,
        "mojibake_latin1": 0.06,
        "lost_indents": 0.2,
        "blanks_inside": 0.2,
        "control_characters": 0.1,
    },
    "news": {
        "ascii_punctuation": 0.4,
        "zero_width": 0.2,
        "escaped_entities": 0.15,
        "mojibake_cp1252": 0.06,
        "wide_digits": 0.2,
        "stray_tags": 0.2,
        "injected_lines": 0.1,
    },
    "bureau": {
        "spaced_out": 0.4,
        "wide_digits": 0.3,
        "escaped_entities": 0.15,
        "control_characters": 0.2,
        "wrong_glyphs": 0.4,
        "letter_o": 0.3,
        "ascii_punctuation": 0.3,
        "mojibake_gbk": 0.06,
    },
    "docshare": {
        "chop": 0.75,
        "page_numbers": 0.4,
        "blanks_inside": 0.5,
        "wrong_glyphs": 0.5,
        "letter_o": 0.4,
        "ascii_punctuation": 0.5,
        "radical_forms": 0.1,
        "anonymised": 0.2,
        "truncated": 0.2,
        "without_symbols": 0.15,
    },
    "mirror": {
        "gloss": 0.75,
        "lost_indents": 0.3,
        "stray_tags": 0.25,
        "ascii_punctuation": 0.7,
        "box_dashes": 0.3,
        "planted_junk": 0.1,
        "injected_lines": 0.1,
        "zero_width": 0.1,
    },
    "dump": {
        "hard_wrap": 0.3,
        "lost_indents": 0.4,
        "stray_tags": 0.3,
        "spaced_out": 0.3,
        "ascii_punctuation": 0.5,
        "mojibake_latin1": 0.08,
        "mojibake_cp1252": 0.08,
        "mojibake_gbk": 0.06,
        "zero_width": 0.15,
        "wide_digits": 0.15,
        "gloss": 0.2,
    },
    "print": {
        "hard_wrap": 0.35,
        "spaced_out": 0.3,
        "page_numbers": 0.2,
        "letter_o": 0.3,
        "wrong_glyphs": 0.3,
        "radical_forms": 0.15,
        "ascii_punctuation": 0.3,
    },
    "forum": {
        "injected_lines": 0.3,
        "zero_width": 0.3,
        "planted_junk": 0.2,
        "blanks_inside": 0.3,
        "ascii_punctuation": 0.4,
        "escaped_entities": 0.2,
        "lost_indents": 0.2,
        "box_dashes": 0.2,
    },
}
ON_REPORTS = {"anonymised", "truncated", "without_symbols"}
MOJIBAKE = {"mojibake_latin1", "mojibake_cp1252", "mojibake_gbk"}
# The order in which the models act: characters, then lines, then what happened to the file as a whole.
ORDER = (
    "wrong_glyphs",
    "letter_o",
    "radical_forms",
    "wide_digits",
    "box_dashes",
    "spaced_out",
    "blanks_inside",
    "zero_width",
    "control_characters",
    "planted_junk",
    "escaped_entities",
    "gloss",
    "injected_lines",
    "page_numbers",
    "blanks_for_breaks",
    "chop",
    "hard_wrap",
    "lost_indents",
    "stray_tags",
    "ascii_punctuation",
    "mojibake_latin1",
    "mojibake_cp1252",
    "mojibake_gbk",
)
ON_TITLES = {"gloss", "ascii_punctuation", "box_dashes", "radical_forms", *MOJIBAKE}
# After these the bytes of a note would no longer be the generator's own.
NOT_BEFORE_GLOSS = {"radical_forms", "blanks_inside", "zero_width", "planted_junk", "control_characters"}


@dataclass(frozen=True, slots=True)
class Broken:
    """A title, subtitle and text after damage, and the names of the models that changed something."""

    title: str
    subtitle: str | None
    lines: tuple[str, ...]
    names: tuple[str, ...]


def choose_damage(site: str, script: str, rng: Random) -> set[str]:
    """At least one kind of damage that befalls pages of this site, and no two that exclude each other."""
    likely = LIKELY[site]
    chosen = {name for name, p in likely.items() if rng.random() < p}
    if not chosen:
        chosen = {rng.choice(sorted(likely))}
    if script == "hans":
        chosen.discard("gloss")
    broken = sorted(chosen & MOJIBAKE)
    if broken:
        return {rng.choice(broken)}
    if "chop" in chosen:
        chosen.add("blanks_for_breaks")
    if "hard_wrap" in chosen:
        chosen -= {"lost_indents", "stray_tags", "page_numbers"}
    if "gloss" in chosen:
        chosen -= NOT_BEFORE_GLOSS
    return chosen


def break_text(title: str, subtitle: str | None, text: str, chosen: set[str], rng: Random) -> Broken:
    """Apply the chosen models in their order to the text, and to the titles what befalls titles."""
    table = gloss_table(rng, rng.choice(GLOSS_SIZES)) if "gloss" in chosen else ()
    separators = rng.choice(SEPARATORS)

    def act(name: str, clean: str) -> damage.Damaged:
        return gloss(clean, table, separators) if name == "gloss" else damage.MODELS[name](clean, rng)

    names = []
    for name in ORDER:
        if name not in chosen:
            continue
        done = act(name, text)
        text = done.text
        if done.changes:
            names.append(name)
        if name in ON_TITLES:
            title = act(name, title).text
            subtitle = act(name, subtitle).text if subtitle else None
    return Broken(title, subtitle, tuple(text.split("\n")), tuple(names))


def change_reports(
    reports: Sequence[Report], chosen: set[str], rng: Random
) -> tuple[list[Report], list[str]]:
    """The losses that nobody can mend: they change the gold too."""
    out, names = list(reports), list[str]()
    if "anonymised" in chosen:
        out, names = [anonymised(r) for r in out], [*names, "anonymised"]
    if "truncated" in chosen:
        cut = truncated(out[-1], rng.uniform(0.5, 0.9))
        if cut != out[-1]:
            out[-1], names = cut, [*names, "truncated"]
    if "without_symbols" in chosen:
        less = [without_symbols(r) for r in out]
        if less != out:
            out, names = less, [*names, "without_symbols"]
    return out, names


def with_title_lines(report: Report, heading: str | None, rng: Random) -> Report:
    """The report with its title lines in its body, under `第N篇：…` in a compilation."""
    lines = [report.title] + ([report.subtitle] if report.subtitle else [])
    if heading is not None:
        lines = [f"{heading}{report.title}", *(lines if rng.random() < 0.5 else lines[1:])]
    return replace(report, paragraphs=(*lines, *report.paragraphs))


def render(
    reports: Sequence[Report],
    site_name: str,
    seed: str,
    number: str,
    *,
    damaged: bool | None = None,
    script: str = "hans",
) -> Made:
    """One page of `reports` on a site. `damaged` None leaves that to chance.

    The reports are drafts in simplified script; several make a compilation.
    """
    rng, site = Random(seed), SITES[site_name]
    if damaged is None:
        damaged = rng.random() < DAMAGED_SHARE
    drafts = [traditional_report(r) if script == "hant" else r for r in reports]
    where = setting(site, drafts[0], rng, number)
    chosen = choose_damage(site_name, script, rng) if damaged else set()
    if damaged and len(drafts) > 1:
        chosen |= {"chop", "blanks_for_breaks"}
    drafts, names = change_reports(drafts, chosen, rng)
    gold = [as_shown(r, where.shown) for r in drafts]
    if site.title_in_text:
        heads = [None] if len(gold) == 1 else _compilation_heads(len(gold), rng)
        gold = [with_title_lines(r, h, rng) for r, h in zip(gold, heads, strict=True)]
    text = "\n".join(r.body for r in gold)
    broken = break_text(gold[0].title, gold[0].subtitle, text, chosen, rng)
    whole = _page(drafts[0], len(gold), where, broken, rng)
    content, where = encode(whole, where, broken.names)
    page = Page(
        path=f"{site_name}/{number}.{rng.choice(site.endings)}",
        site=site_name,
        media="html" if site.templates else "text",
        encoding=where.encoding,
        declared=where.declared,
        url=where.url,
        script=drafts[0].script,
        damage=(*names, *broken.names),
        seed=seed,
        reports=tuple(gold),
    )
    return Made(page, content)


def _compilation_heads(count: int, rng: Random) -> list[str | None]:
    form = rng.choice(["第{}篇：", "篇{}：", "第{}篇："])
    return [form.format("一二三四五六七八九十"[n]) for n in range(count)]


def _page(report: Report, count: int, where: Setting, broken: Broken, rng: Random) -> str:
    """The whole page as characters."""
    wrapped = "hard_wrap" in broken.names
    if not where.site.templates:
        return page_text(report, where, broken.lines, rng, wrapped=wrapped)
    lines, filetitle = broken.lines, None
    if where.site.name == "docshare":
        filetitle = _file_title(broken.title, count, rng)
        lines = (_advertising(filetitle, where.sitename, rng), *lines)
    return page_html(
        report, where, broken.title, broken.subtitle, lines, rng, filetitle=filetitle, wrapped=wrapped
    )


def _file_title(title: str, count: int, rng: Random) -> str:
    """The name of an uploaded file: the upload's year in front, a copy's number behind."""
    name = title + (f"{rng.choice(['（', '('])}精选{count}篇{rng.choice(['）', ')'])}" if count > 1 else "")
    return rng.choice(["{}", "{}", "{}(1)", str(rng.randint(2020, 2024)) + "{}"]).format(name)


def _advertising(filetitle: str, sitename: str, rng: Random) -> str:
    """The line that document-sharing sites print before the text."""
    name = f"{filetitle}.doc"
    return (
        f"《{name}》由会员分享，可在线阅读，更多相关《{name}（{rng.randint(3, 40)}页珍藏版）》"
        f"请在{sitename}上搜索。"
    )


def encode(page: str, where: Setting, names: Sequence[str]) -> tuple[bytes, Setting]:
    """The page in the site's encoding; where that cannot hold it, in UTF-8 (and declared so)."""
    if where.encoding == "utf-16":
        return b"\xff\xfe" + page.encode("utf-16-le"), where
    if where.encoding == "utf-8-sig":
        return page.encode("utf-8-sig"), replace(where, encoding="utf-8")
    if where.encoding == "big5":
        if where.site.templates and not MOJIBAKE & set(names):
            return page.encode("big5hkscs", "xmlcharrefreplace"), where
        try:
            return page.encode("big5hkscs"), where
        except UnicodeEncodeError:
            page = page.replace("charset=big5", "charset=utf-8").replace(
                'charset="big5"', 'charset="utf-8"'
            )
            declared = "utf-8" if where.declared else None
            return page.encode(), replace(where, encoding="utf-8", declared=declared)
    return page.encode(where.encoding), where


def make_page(seed: int, index: int, *, damaged: bool | None = None) -> Made:
    """Page `index` of the archive `seed`: depends on these two and on the code alone."""
    rng = Random(f"page {seed} {index}")
    site = rng.choice(list(SITES.values()))
    script = choose_script(site, rng)
    count = rng.randint(2, 4) if site.name == "docshare" and rng.random() < COMPILATION_SHARE else 1
    reports = [make_report(rng) for _ in range(count)]
    number = f"{rng.randint(100, 999)}{index:06d}"
    return render(reports, site.name, f"render {seed} {index}", number, damaged=damaged, script=script)


def choose_script(site: Site, rng: Random) -> str:
    """Mirrors are traditional, a quarter of the news, dumps and forum pages too."""
    if site.name == "mirror" or (site.name in ("news", "forum", "dump") and rng.random() < 0.25):
        return "hant"
    return "hans"


def make_pages(count: int, seed: int, *, start: int = 0, damaged: bool | None = None) -> Iterator[Made]:
    """Pages `start`..`start + count - 1` of the archive `seed`."""
    for index in range(start, start + count):
        yield make_page(seed, index, damaged=damaged)
