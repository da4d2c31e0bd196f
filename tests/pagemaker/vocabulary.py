"""Word lists of the generator: syllables of villages, names, organisations, partner cities."""

from __future__ import annotations

from random import Random

VILLAGE_HEADS = (
    "柳树 杨家 王家 李家 石板 青石 白杨 黑龙 老鹰 双桥 三岔 大湾 小湾 野猪 马鞍 牛头 羊角 龙潭 凤凰 "
    "清水 苦水 甜水 红崖 黄土 沙坡 磨盘 瓦窑 油坊 铁匠 枣树 核桃 花椒 梨园 桃花 松林 竹园 茶园 云雾 "
    "月亮 太阳 响水 滴水 落雁 金鸡 银杏 莲花 天井 高坡 平安 永兴 新民 团结 前进 同心 和平 光明 长流 "
    "寨子 官庄 田家 赵家 孙家 许家 邓家 罗家 何家 吴家 冯家 盘龙 仙女 石门 古树 烂泥 干柴 水磨 碾子"
).split()
VILLAGE_TAILS = (
    "沟 湾 坪 坡 岭 梁 塬 岔 庄 寨 坝 洼 垭 河 泉 峪 台 冲 塘 口 屯 营 堡 桥 井 滩 川 坳 头 沿 沟门 山"
).split()
SURNAMES = (
    "王 李 张 刘 陈 杨 赵 黄 周 吴 徐 孙 马 朱 胡 郭 何 高 林 罗 郑 梁 谢 宋 唐 许 韩 冯 邓 曹 彭 曾 "
    "肖 田 董 袁 潘 于 蒋 蔡 余 杜 叶 程 苏 魏 吕 丁 任 沈 姚 卢 姜 崔 钟 谭 陆 汪 范 金 石 廖 贾 夏"
).split()
GIVEN = (
    "满仓 桂香 玉兰 秀英 守业 来福 长贵 有田 春生 秋菊 根旺 富贵 改花 麦囤 拴柱 喜来 冬梅 金锁 银锁 "
    "兴旺 得水 如意 广才 世安 永清 国平 建军 志强 小芳 月娥 润生 天顺 宝山 树林 成才 明亮 文静 佩兰 "
    "巧珍 应禄 元宝 万里 大成 爱民 思源 学礼 尚义 维新 向东 红霞 翠莲 招财 乐天 全福 双喜 三元 四海"
).split()
UNITS = (
    "农业局 水务局 交通运输局 教育局 财政局 民政局 林业局 卫生局 审计局 统计局 司法局 文化馆 档案局 "
    "气象局 总工会 妇联 团委 残联 科协 工商联 供电公司 烟草局 邮政公司 农商银行 人民医院 第一中学 "
    "检察院 法院 税务局 自然资源局 市场监督管理局 机关事务服务中心 党校 老干部局 信访局 住房和城乡建设局"
).split()
PAPERS = (
    "山乡日报 泾水晚报 晨光网 秦岭瞭望 金穗周报 西部乡村网 绿野新闻网 高原晨报 陇原农网 江淮乡讯 "
    "八桂田园网 巴山夜话网 黔岭时报 湘水新闻网 太行网"
).split()
# Cities of the east with the provinces that they send help from: (province, city).
HELPERS = (
    ("江苏省", "苏州市"),
    ("江苏省", "南京市"),
    ("福建省", "厦门市"),
    ("福建省", "福州市"),
    ("浙江省", "杭州市"),
    ("浙江省", "宁波市"),
    ("山东省", "青岛市"),
    ("山东省", "济南市"),
    ("广东省", "广州市"),
    ("广东省", "佛山市"),
    ("广东省", "珠海市"),
    ("辽宁省", "大连市"),
)

# Places that the sentence stocks name in passing.
MENTIONED = {
    "山东": ("山东省",),
    "云南": ("云南省",),
    "江苏": ("江苏省",),
    "浙江": ("浙江省",),
    "广东": ("广东省",),
    "福建": ("福建省",),
    "陇西": ("甘肃省", "定西市", "陇西县"),
    "亳州": ("安徽省", "亳州市"),
    "安国": ("河北省", "保定市", "安国市"),
    "玉林": ("广西壮族自治区", "玉林市"),
    "文县": ("甘肃省", "陇南市", "文县"),
}


def village_name(rng: Random) -> str:
    """An invented village, such as 柳树沟村."""
    return rng.choice(VILLAGE_HEADS) + rng.choice(VILLAGE_TAILS) + "村"


def person_name(rng: Random) -> str:
    """An invented villager or official, such as 周满仓."""
    return rng.choice(SURNAMES) + rng.choice(GIVEN)
