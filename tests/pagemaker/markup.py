"""Lines of text as the markup that editors and content systems of the years 2008-2025 left."""

from __future__ import annotations

import html
from collections.abc import Callable, Sequence
from random import Random

Style = Callable[[Sequence[str], Random], str]
FONTS = ("宋体", "仿宋", "仿宋_GB2312", "楷体", "微软雅黑")


def _piece(line: str, rng: Random) -> str:
    """The line escaped, now and then with inline markup in it."""
    if len(line) < 26 and rng.random() < 0.3:
        return rng.choice(["<strong>{}</strong>", "<b>{}</b>", "<STRONG>{}</STRONG>"]).format(
            html.escape(line, quote=False)
        )
    if len(line) > 20 and rng.random() < 0.15:
        cut, end = sorted(rng.sample(range(1, len(line)), 2))
        wrap = rng.choice(
            [
                "<span>{}</span>",
                '<font face="宋体">{}</font>',
                '<a href="#">{}</a>',
                '<span lang="EN-US">{}</span>',
            ]
        )
        parts = [html.escape(p, quote=False) for p in (line[:cut], line[cut:end], line[end:])]
        return parts[0] + wrap.format(parts[1]) + parts[2]
    return html.escape(line, quote=False)


def paragraphs(lines: Sequence[str], rng: Random) -> str:
    """`<p>` with an indent of ideographic blanks."""
    indent = rng.choice(["　　", "　　", "", "&emsp;&emsp;"])
    return "\n".join(f"<p>{indent}{_piece(x, rng)}</p>" for x in lines)


def styled(lines: Sequence[str], rng: Random) -> str:
    """`<p style=…>` of a rich-text editor."""
    style = rng.choice(
        [
            "text-indent:2em",
            "text-indent: 32px; line-height: 1.75em;",
            "text-align: justify; text-indent: 2em",
        ]
    )
    return "".join(f'<p style="{style}">{_piece(x, rng)}</p>' for x in lines)


def spans(lines: Sequence[str], rng: Random) -> str:
    """A span with font and size inside every paragraph."""
    font, size = rng.choice(FONTS), rng.choice(["16pt", "14px", "三号", "18px"])
    out = []
    for line in lines:
        inner = f'<span style="font-family:{font};font-size:{size}">{_piece(line, rng)}</span>'
        out.append(f'<p style="line-height:2"><span>&nbsp;&nbsp;&nbsp; </span>{inner}</p>')
    return rng.choice(["\n", "", "<p>&nbsp;</p>\n"]).join(out)


def breaks(lines: Sequence[str], rng: Random) -> str:
    """Lines ended by `<br>`, with blanks as indents."""
    indent = rng.choice(["&nbsp;&nbsp;&nbsp;&nbsp;", "　　", "&nbsp; &nbsp; ", ""])
    end = rng.choice(["<br>", "<br />", "<br><br>", "<BR>\n", "<br/>\r\n"])
    return end.join(indent + _piece(x, rng) for x in lines)


def unclosed(lines: Sequence[str], rng: Random) -> str:
    """Upper-case paragraphs that are never closed."""
    return "\n".join(f"<P align=left>&nbsp;&nbsp;&nbsp;&nbsp;{_piece(x, rng)}" for x in lines)


def divisions(lines: Sequence[str], rng: Random) -> str:
    """One `<div>` a line."""
    return "".join(f"<div>{rng.choice(['　　', '&nbsp; &nbsp;'])}{_piece(x, rng)}</div>\n" for x in lines)


def word_soup(lines: Sequence[str], rng: Random) -> str:
    """What pasting out of Word leaves."""
    font = rng.choice(FONTS)
    out = ['<?xml:namespace prefix = o ns = "urn:schemas-microsoft-com:office:office" />']
    for line in lines:
        out.append(
            '<p class="MsoNormal" style="margin:0cm 0cm 0pt; text-indent:32pt">'
            f'<span style="font-family:{font};mso-hansi-font-family:Calibri">{_piece(line, rng)}'
            '<span lang="EN-US"><o:p></o:p></span></span></p>'
        )
    return "\n".join(out)


def table_cell(lines: Sequence[str], rng: Random) -> str:
    """The text in one cell of a layout table."""
    return f'<table width="95%"><tbody><tr><td>{breaks(lines, rng)}</td></tr></tbody></table>'


def sections(lines: Sequence[str], rng: Random) -> str:
    """The `<section>` nests of articles made in a phone editor."""
    out = [
        f'<section><section style="box-sizing:border-box"><p>{_piece(x, rng)}</p></section></section>'
        for x in lines
    ]
    return "<section>" + "".join(out) + "</section>"


def preformatted(lines: Sequence[str], rng: Random) -> str:
    """A `<pre>` block."""
    del rng
    return "<pre>" + "\n".join(html.escape(x, quote=False) for x in lines) + "</pre>"


def physical(lines: Sequence[str], rng: Random) -> str:
    """Lines that were wrapped before they came here: nothing is added to them."""
    end = rng.choice(["<br>", "<br />\n", "<BR>\n"])
    return end.join(html.escape(x, quote=False).replace("　", "&nbsp;&nbsp;") for x in lines)


MODERN: tuple[Style, ...] = (paragraphs, paragraphs, styled, spans, breaks, divisions, word_soup, sections)
OLD: tuple[Style, ...] = (breaks, breaks, unclosed, unclosed, word_soup, table_cell, paragraphs, spans)
LINES: tuple[Style, ...] = (breaks, breaks, breaks, divisions)
