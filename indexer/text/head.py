"""What a page says of its report around the text: title candidates and labels."""

from __future__ import annotations

import re

from indexer.model import Label
from indexer.text.labels import KIND_OF, bare_moment, half_label, labels_of, part_moment
from indexer.text.main_text import MainText, navigation
from indexer.text.markup import SEAM, Line, Markup
from indexer.text.script import fold

_META_TITLES = ("articletitle", "og:title", "title", "dc.title", "twitter:title")
_META_LABELS = frozenset(
    "pubdate contentsource author source publishdate article:published_time article:author "
    "sitename og:release_date dc.date dc.creator dc.publisher pubtime publisher createdate".split()
)
# Below the text only these: the dates there belong to other texts.
_BELOW = frozenset("责任编辑 责编 编辑 网络编辑 来源 信息来源 文章来源 稿件来源 稿源 作者 撰稿 供稿 "
                   "供稿单位 通讯员 记者 审核".split())
_MARK = re.compile(r"^(?:(?:文章)?[标標][题題]|[题題]目)\s*[:：]\s*|^[\[［][\u4e00-\u9fff]{2,4}[\]］]\s*")
_SPACES = re.compile(r"\s+")
_SUBTITLE = re.compile(r"^[—─－-]{1,4}")
# A line this far above the text is no headline.
MAX_DISTANCE = 12
MIN_TITLE = 4


def join_labels(lines: list[Line]) -> list[Line]:
    """Labels that the markup split over two lines (发布时间： / 2020-11-10) as one line each."""
    joined: list[Line] = []
    for line in lines:
        last = joined[-1] if joined else None
        if last is not None and len(last.text) <= 12 and half_label(last.text, line.text):
            colon = "" if last.text[-1] in ":：" else "："
            spread = f"{last.spread.strip(SEAM)}{colon}{line.spread.strip(SEAM)}"
            joined[-1] = Line(f"{last.text}{colon}{line.text}", spread, line.block, 0, -1, 0)
        else:
            joined.append(line)
    return joined


def find_titles(page: Markup, main: MainText, given: str | None) -> tuple[str, ...]:
    """Title candidates in falling order of trust, without repetition.

    First the lines near the text that stand in `<title>` too, whatever the site puts around it there;
    then what the markup calls a heading or a title; last the line above the metadata.
    """
    found = [*_confirmed(page, main, given), *page.headings[:3]]
    found += [page.metas[name] for name in _META_TITLES if name in page.metas]
    found += [given or "", page.title, *_above_labels(page.lines, main)]
    cleaned = (_SPACES.sub(" ", title).strip() for title in found)
    return tuple(dict.fromkeys(title for title in cleaned if title))


def _confirmed(page: Markup, main: MainText, given: str | None) -> list[str]:
    """Lines near the text that are part of `<title>`, the best first."""
    wholes = [_tight(title) for title in (page.title, given or "") if title]
    near = [page.lines[number] for number in main.above[-MAX_DISTANCE:]]
    first = [page.lines[number] for number in main.text[:3]]
    ranked: list[tuple[int, int, str]] = []
    for place, line in enumerate(reversed([*near, *first])):
        text = _MARK.sub("", line.text.strip())
        tight = _tight(text)
        if len(tight) < MIN_TITLE or not any(tight in whole for whole in wholes):
            continue
        if navigation(line) and not line.heading:
            continue
        rank = 0 if line.heading == 1 else 1
        ranked.append((rank, -len(tight) if len(tight) > 8 else place, text))
    for heading in page.headings:
        text = _MARK.sub("", heading.strip())
        if len(_tight(text)) >= 8 and any(_tight(text) in whole for whole in wholes):
            ranked.append((0, -len(text), text))
    return [text for _, _, text in sorted(ranked)]


def _tight(text: str) -> str:
    return _SPACES.sub("", fold(text))


def _above_labels(lines: list[Line], main: MainText) -> list[str]:
    """The line above the metadata, or above the text, that has the shape of a headline."""
    for number in reversed(main.above[-MAX_DISTANCE:]):
        line = lines[number]
        if labels_of(line.spread) or bare_moment(line.text) or navigation(line) or _SUBTITLE.match(line.text):
            continue
        if 6 <= len(line.text) <= 60 and line.text[-1] not in "。：:；;，" and "：" not in line.text[:5]:
            return [line.text]
        return []
    return []


def find_labels(page: Markup, main: MainText) -> tuple[Label, ...]:
    """Metadata lines around the text, the nearest above it first, then the meta tags."""
    labels: list[Label] = []
    for number in main.above:
        line = page.lines[number]
        if line.heading in (1, 2):
            continue
        found = labels_of(line.spread, weak=bool(labels))
        if not found and (moment := bare_moment(line.text) or part_moment(line.spread)):
            found = [Label("时间", moment, line.text)]
        labels += found
    for number in main.below:
        labels += [label for label in labels_of(page.lines[number].spread)
                   if fold(label.name) in _BELOW and KIND_OF.get(fold(label.name))]
    metas = tuple(Label(name, content, f'<meta name="{name}" content="{content}">')
                  for name, content in page.metas.items() if name in _META_LABELS)
    return (*(label for label in labels if label.value), *metas)
