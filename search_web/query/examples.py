"""What the query language can do, as examples that run: the help page shows them, a test reads them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Example:
    """A query, and what it finds, in English and in Chinese."""

    query: str
    means: str
    says: str


@dataclass(frozen=True, slots=True)
class Topic:
    """Examples of one kind under a heading, in English and in Chinese."""

    name: str
    heading: str
    examples: tuple[Example, ...]


HELP: tuple[Topic, ...] = (
    Topic("Plain words", "普通字词", (
        Example("驻村 养羊", "Both words, anywhere; together or in the title first.",
                "两个词都要有，位置不限；连在一起或在标题里的排在前面。"),
        Example("哪些村通过种植苹果增加了集体经济收入",
                "A question is cut into words; of a long one, most must occur.",
                "整句提问会切成词；句子越长，越不必每个词都有。"),
        Example("貧困戶",
                "Either script finds both; 贫困户 also finds 建档立卡户, and the page says so.",
                "繁体、简体都能找到；也会找出“建档立卡户”等同义词，并在页面上说明。"),
        Example("帮扶*", "Words of the dictionary that begin with 帮扶; *合作社: that end with it.",
                "以“帮扶”开头的词；“*合作社”是以它结尾的词。"),
    )),
    Topic("Exact strings", "精确检索", (
        Example('"四个不摘"', "Exactly this, whatever the words; blanks and line breaks do not count.",
                "一字不差，不受分词影响；空格、换行不计。"),
        Example("“联村联户、为民富民”",
                'Punctuation counts once it is typed. “” 「」 『』 and " are the same.',
                "写了标点就要标点也相同；“”「」『』和英文引号都可以。"),
        Example('"增收12.5%"', "Figures with their point and sign.", "数字连同小数点、百分号。"),
        Example('"四个*摘"', "* stands for up to 10 letters: 四个不摘.",
                "* 代表至多 10 个字，例如“四个不摘”。"),
    )),
    Topic("And, or, not", "与、或、非", (
        Example("苹果 OR 核桃", "One of them, or both. OR binds loosest: a b OR c is (a b) OR c.",
                "有其中之一即可。OR 最后结合：a b OR c 等于 (a b) OR c。"),
        Example("养殖 牛|羊|蜂", "| joins its neighbours only: 养殖 and one of the three.",
                "| 只连接左右两个词：要有“养殖”，并有三者之一。"),
        Example("驻村 AND 合作社", "The same as a blank.", "与空格相同。"),
        Example("合作社 -苹果", "Without this string. NOT does the same.", "不含“苹果”；也可写 NOT。"),
        Example("危房改造 NOT (集中安置 OR 易地搬迁)", "Brackets hold together what belongs together.",
                "括号里的作为一个整体。"),
    )),
    Topic("Close together", "远近", (
        Example('"产业 合作社"~20',
                "Both, in any order, in a passage at most 20 letters longer than they are.",
                "两段文字相距不远（中间至多 20 个字），先后不限。"),
    )),
    Topic("Fields", "字段", (
        Example("标题:驻村", "In the title. title:驻村 is the same.", "在标题里；也可写 title:驻村。"),
        Example('正文:"一户一策"', "In the text.", "在正文里。"),
        Example("标题:(养羊 OR 养蜂)", "A field can hold a whole query.",
                "字段后面可以是括号里的一整个检索式。"),
        Example("地区:临洮县 产业", "Reports about a place, and all places in it.",
                "关于某地（含下级地区）的报告。"),
        Example("地区:甘肃省|四川省", "One of several places.", "几个地区之一。"),
        Example("年份:2012..2015", "About these years; 2012.. and ..2015 are open.",
                "所述年份；2012.. 或 ..2015 表示不限另一头。"),
        Example("发布:2012-03..2013", "Published then; a day, a month or a year on either side.",
                "发布日期，可写到年、月或日。"),
        Example("来源:临洮县扶贫办", "Issued by.", "发布单位。"),
        Example("主题:产业", "By theme.", "按主题。"),
        Example("体裁:总结", "By kind: summaries, plans, news and others.", "按体裁：总结、方案、新闻等。"),
        Example("文字:繁体 驻村", "Pages in Traditional characters.", "繁体页面。"),
        Example("篇幅:2000.. 驻村", "At least 2,000 letters.", "不少于 2,000 字。"),
        Example("年份:不详", "What is not known can be asked for too.", "也可以找年份不详的报告。"),
    )),
)
