"""How the names of divisions are built: official suffixes, ethnic qualifiers, and the stem between.

    >>> division_stem("恩施土家族苗族自治州"), division_stem("木垒哈萨克自治县"), division_stem("忠县")
    ('恩施', '木垒', '忠')
    >>> township_stem("南江布依族苗族乡"), township_stem("久长街道"), township_stem("某某监狱")
    ('南江', '久长', None)
"""

from __future__ import annotations

import re

PEOPLES = (
    "蒙古 回 藏 维吾尔 苗 彝 壮 布依 朝鲜 满 侗 瑶 白 土家 哈尼 哈萨克 傣 黎 傈僳 佤 畲 高山 拉祜 水 东乡 "
    "纳西 景颇 柯尔克孜 土 达斡尔 仫佬 羌 布朗 撒拉 毛南 仡佬 锡伯 阿昌 普米 塔吉克 怒 乌孜别克 俄罗斯 "
    "鄂温克 德昂 保安 裕固 京 塔塔尔 独龙 鄂伦春 赫哲 门巴 珞巴 基诺 各"
).split()
# Names of peoples that stand without 族 in official names: 木垒哈萨克自治县, 巴音郭楞蒙古自治州.
_BARE = "哈萨克|蒙古|柯尔克孜|塔吉克|锡伯|达斡尔"
_ALL = "|".join(sorted(PEOPLES, key=len, reverse=True))
_PEOPLE = rf"(?:(?:(?:{_ALL})族){{1,5}}|{_BARE})"

_AUTONOMOUS = re.compile(rf"^(.+?){_PEOPLE}自治([州县旗区])$")
_DIVISION = re.compile(r"^(.+?)(?:特别行政区|维吾尔自治区|壮族自治区|回族自治区|自治区|自治[州县旗]|"
                       r"地区|林区|特区|新区|矿区|省|市|盟|州|县|区|旗)$")
_ZONE = re.compile(r"^(.{2,4}?)市?(高新技术(?:产业)?(?:开发|园)区|高新技术产业园区|经济(?:技术)?开发区)$")
_ETHNIC_TOWNSHIP = re.compile(rf"^(.{{2,}}?)(?:(?:{_ALL})族?){{1,4}}(?:民族)?[乡镇]$")
_TOWNSHIP = re.compile(r"^(.+?)(?:民族乡|街道|[镇乡]|苏木|农场|林场|牧场|种畜场|团)$")


def division_stem(name: str) -> str:
    """The name without its suffix and peoples; the name itself where nothing would be left."""
    match = _AUTONOMOUS.match(name) or _DIVISION.match(name)
    return match[1] if match else name


def division_short(name: str) -> str | None:
    """The everyday form of an ethnic area that keeps the suffix (恩施州, 木垒县, 阿鲁…), else None."""
    match = _AUTONOMOUS.match(name)
    return match[1] + match[2] if match else None


def zone_short(name: str) -> str | None:
    """郑州高新区 for 郑州高新技术产业开发区, 徐州经开区 for 徐州经济技术开发区; else None."""
    match = _ZONE.match(name)
    return None if match is None else match[1] + ("高新区" if match[2][0] == "高" else "经开区")


def township_stem(name: str) -> str | None:
    """The stem of a township's name, None where the name is not that of a township or farm."""
    match = _TOWNSHIP.match(name)
    if match is None:
        return None
    ethnic = _ETHNIC_TOWNSHIP.match(name) if "族" in name else None
    return ethnic[1] if ethnic else match[1]
