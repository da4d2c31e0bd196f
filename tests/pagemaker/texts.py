"""Clean reports out of the grammar, one way of writing for each kind of document, with gold."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from tests.pagemaker.gold import Report
from tests.pagemaker.vocabulary import person_name
from tests.pagemaker.writer import NUMERALS, Writer


def write_summary(w: Writer) -> Report:
    """工作总结: dated in December or in January of the next year."""
    w.date((12, 12), w.year) if w.rng.random() < 0.5 else w.date((1, 1), w.year + 1)
    title = w.title("title_summary")
    source = w.office()
    out = [
        w.say(
            "{year}年，{unit}{帮扶|结对帮扶|联系}{place}，{opening}，{扎实推进|着力抓好}{campaign}各项工作，"
            "{取得了一定成效|较好地完成了年度任务}。现将{year}年工作{开展情况|}{总结如下|报告如下}："
        )
    ]
    if w.rng.random() < 0.6:
        out.append("".join(w.rule("general") + w.rule("history", 0, 1)))
    out += w.sections(w.rng.randint(2, 4))
    out.append("存在的问题：" + "".join(w.rule("problem", 1, 3)))
    out.append("下一步打算：" + "".join(w.rule("plan", 2, 3)))
    if w.rng.random() < 0.5:
        out += w.signature(source)
    return w.finish(title, out, source=source)


def write_report(w: Writer) -> Report:
    """情况汇报: one in ten covers two years, said so in its first sentence."""
    w.date((3, 11), w.year)
    title, source, two = w.title("title_report"), w.office(), w.rng.random() < 0.1
    span = f"{w.year - 1}年1月至{w.year}年{w.published[1]}月" if two else "{year}年以来"
    out = ["各位领导："] if w.rng.random() < 0.3 else []
    out.append(
        w.say(
            span
            + "，{place}{opening}，{坚持|立足}实际抓{campaign}，{现将有关情况汇报如下|主要做了以下工作}："
        )
    )
    out.append("".join(w.rule("general")))
    out += w.sections(w.rng.randint(2, 4))
    out += ["".join(w.rule("reflect", 1, 3)), "".join(w.rule("plan", 1, 2))]
    if w.rng.random() < 0.5:
        out += w.signature(source)
    return w.finish(title, out, source=source, period=(w.year - 1, w.year) if two else ())


def write_news(w: Writer) -> Report:
    """新闻: scenes and quotations; half of them say 今年 and need the page's date."""
    w.date((3, 12), w.year)
    title, author = w.title("title_news"), person_name(w.rng)
    byline = w.rng.choice(["本报讯（记者 {}）", "（通讯员 {}）", "{0:.0}", "{0:.0}", "{0:.0}"]).format(
        author
    )
    when = w.rng.choice(["今年以来，", f"{w.published[1]}月{w.published[2]}日，", "{year}年以来，"])
    out = [
        byline
        + w.say(
            when
            + "{记者来到|走进}{place}，{"
            + "|".join(["只见一派忙碌景象", "听群众讲{campaign}的故事", "所见所闻令人振奋"])
            + "}"
        )
    ]
    out.append("".join(w.rule("scene") + w.rule("quote_villager")))
    for theme in w.themes[: w.rng.randint(1, 3)]:
        out.append(w.about(theme))
        out.append("".join(w.rule(w.rng.choice(["quote_leader", "quote_villager"]))))
        if w.rng.random() < 0.6:
            out.append("".join(w.some(theme.stories, 1, 1)))
    out.append("".join(w.rule("plan", 0, 1) + w.rule("quote_leader")))
    sub = w.line("——{placeshort}{theme_short}{见闻|侧记|采访札记}") if w.rng.random() < 0.2 else None
    if "——" in title:
        sub = None
    return w.finish(title, out, source=w.medium(), author=author, subtitle=sub)


def write_brief(w: Writer) -> Report:
    """工作简报: short, numbered in one paragraph or several."""
    w.date((2, 12), w.year)
    title, source = w.title("title_brief"), w.office()
    lead = w.say(
        "{近日|{year}年以来|{year}年{month}月}，{place}{opening}，{紧盯|聚焦}{theme_short}，{推动|促进}{campaign}{落地见效|走深走实}"
    )
    parts = w.sections(w.rng.randint(2, 3))
    out = [lead, *parts]
    if w.rng.random() < 0.3:
        out.append("".join(w.rule("duty", 2, 3)))
    return w.finish(title, out, source=source, author=person_name(w.rng))


def write_case(w: Writer) -> Report:
    """典型案例: background, steps, outcome, lessons."""
    w.date((5, 12), w.year)
    title, theme = w.title("title_case"), w.themes[0]
    heads = w.rng.choice(
        [
            ("一、背景", "二、做法", "三、成效", "四、启示"),
            ("【基本情况】", "【主要做法】", "【取得成效】", "【经验启示】"),
            ("一、基本情况", "二、具体措施", "三、工作成效", "四、几点体会"),
        ]
    )
    out = [
        heads[0],
        w.say("{place}{是|属于}{山区村|民族村|省定贫困村|深山村|库区村}。")
        + "".join(w.rule("general") + w.some(theme.needs, 1, 2)),
    ]
    if w.county_wide:
        out[1] = w.line("{place}地处{山区|丘陵区}。") + "".join(w.some(theme.needs, 1, 2))
    out += [
        heads[1],
        w.line("{year}年{month}月，") + "".join(w.some(theme.measures, 3, 5)),
        "".join(w.some(theme.stories, 1, 1) + w.rule("duty", 1, 2)),
    ]
    out += [heads[2], "".join(w.some(theme.results, 2, 3)) + w.about(w.themes[1], need=False)]
    out += [heads[3], "".join(w.rule("reflect", 2, 4))]
    return w.finish(title, out, source=w.office())


def write_plan(w: Writer) -> Report:
    """实施方案: aims, tasks with a list of villages and sums, guarantees, signature."""
    w.date((2, 5), w.year)
    title, source = w.title("title_plan"), w.office()
    out = [
        w.say(
            "为{opening}，{做好|推进}{place}{year}年{theme_short}工作，{结合实际|经研究}，{制定|特制定}本方案。"
        ),
        "一、目标任务",
        w.say("{year}年，")[:-1] + "".join(w.rule("plan", 2, 3)),
        "二、重点工作",
    ]
    for n, theme in enumerate(w.themes[: w.rng.randint(2, 4)]):
        text = "".join(w.some(theme.measures, 2, 3))
        out.append(f"（{NUMERALS[n]}）{w.line(w.rng.choice(theme.headings))}。{text}")
    if w.rng.random() < 0.4:
        out += ["项目和资金安排如下：", *w.table()]
    out += ["三、保障措施", *(f"{n}.{t}" for n, t in enumerate(w.rule("duty", 2, 4), 1))]
    return w.finish(title, out + w.signature(source), source=source)


def write_notice(w: Writer) -> Report:
    """通知: document number, addressees, numbered duties, signature."""
    w.date((1, 11), w.year)
    title, source = w.title("title_notice"), w.office()
    number = w.rng.choice(("镇政发", "县扶办发", "政办发", "帮办字"))
    out = [f"{number}〔{w.year}〕{w.rng.randint(1, 160)}号"] if w.rng.random() < 0.6 else []
    out.append(w.line("{各乡镇人民政府，县直有关单位|各村（社区）、各帮扶单位|各行政村、各驻村工作队}："))
    out.append(
        w.say("为{opening}，{切实|进一步}做好{place}{theme_short}工作，现将{year}年有关事项通知如下：")
    )
    points = w.rule("duty", 2, 3) + [w.about(t, need=False) for t in w.themes[:2]]
    w.rng.shuffle(points)
    style = w.rng.choice(["{}、", "（{}）"])
    out += [style.format(NUMERALS[n]) + p for n, p in enumerate(points)]
    if w.rng.random() < 0.3:
        out += ["附：各村任务安排", *w.table()]
    return w.finish(title, out + w.signature(source), source=source)


def write_speech(w: Writer) -> Report:
    """讲话: 同志们, three points, an appeal."""
    w.date((1, 12), w.year)
    title = w.title("title_speech")
    if w.rng.random() < 0.4:
        title = w.line("在{placeshort}{theme_short}{座谈会|推进会|调度会}上的讲话")
    out = [
        "同志们：",
        w.say(
            "{今天|这次会议}{我们|}在{place}{召开|开}{year}年{campaign}{推进会|现场会}，{主要是|目的是}"
            "{总结前段工作、安排下步任务|学经验、找差距、鼓干劲}。{下面，我讲几点意见|刚才大家看了现场，我都赞成}"
        ),
    ]
    heads = w.rng.choice(
        [
            ("一、肯定成绩，坚定信心", "二、正视问题，找准差距", "三、强化措施，狠抓落实"),
            ("第一，认识要再提高", "第二，办法要再具体", "第三，作风要再过硬"),
        ]
    )
    bodies = [
        w.about(w.themes[0], story=True) + w.about(w.themes[1], need=False),
        "".join(w.rule("problem", 2, 4) + w.rule("reflect", 1, 2)),
        "".join(w.rule("duty", 2, 3) + w.rule("plan", 1, 2) + w.some(w.themes[2].measures, 1, 2)),
    ]
    for head, body in zip(heads, bodies, strict=True):
        out += [head, body] if w.rng.random() < 0.6 else [f"{head}。{body}"]
    out.append(
        w.say(
            "同志们，{让我们|}{拧成一股绳|咬定目标}，{为群众办成几件看得见的事|不负乡亲们的期盼}，{把{campaign}抓出成效|交上一份合格答卷}"
        )
    )
    return w.finish(title, out, source=w.office())


def write_diary(w: Writer) -> Report:
    """驻村日记: one to three dated entries of the same year."""
    w.date((1, 12), w.year)
    month, day = w.published[1:]
    w.values["month"], w.values["day"] = str(month), str(day)
    title = w.title("title_diary")
    weather = w.rng.choice(["晴", "阴", "小雨", "多云", "大雾", "雪"])
    out = [
        f"{w.year}年{month}月{day}日 {weather}" if w.rng.random() < 0.7 else f"{w.year}年{month}月{day}日"
    ]
    out.append(
        w.say(
            "{今天是|算起来|一转眼，}{到|在}{place}驻村{的第{20-420}天|已经{2-20}个月}，"
            "{夜里听着雨声睡不着|天不亮就醒了|炉子灭了两回|早上被鸡叫醒}，"
            "{把这几天的事记下来|翻开本子写几句}"
        )
    )
    for theme in w.themes[: w.rng.randint(2, 3)]:
        out.append(
            "".join(w.some(theme.needs, 0, 1) + w.some(theme.stories, 1, 1) + w.some(theme.measures, 1, 2))
        )
    out += ["".join(w.rule("quote_villager")), "".join(w.rule("reflect", 1, 2))]
    return w.finish(title, out, source=w.medium(), author=person_name(w.rng))


def write_exchange(w: Writer) -> Report:
    """经验交流: what we did and what we learnt."""
    w.date((4, 12), w.year)
    out = [
        w.say(
            "{place}{近年来|{year}年以来}{opening}，{探索出一些做法|走出了一条路子}。{下面，把{year}年的做法向大家汇报|现将{year}年的体会交流如下}："
        )
    ]
    title = w.title("title_exchange")
    out += w.sections(3)
    out += ["几点体会：" + "".join(w.rule("reflect", 2, 3)), "".join(w.rule("plan", 1, 1))]
    return w.finish(title, out, source=w.office())


KINDS: dict[str, Callable[[Writer], Report]] = {
    "总结": write_summary,
    "汇报": write_report,
    "新闻": write_news,
    "简报": write_brief,
    "典型案例": write_case,
    "方案": write_plan,
    "通知": write_notice,
    "讲话": write_speech,
    "日记": write_diary,
    "经验交流": write_exchange,
}


def make_report(rng: Random) -> Report:
    """A new clean report in simplified script, with everything that is true of it."""
    writer = Writer(rng)
    writer.kind = rng.choice(list(KINDS))
    return KINDS[writer.kind](writer)
