"""What people, departments and firms in the demo are called. All of it is made up from common words."""

from random import Random

# Surname and how it is spelled in a handle; the first ones are as frequent as they are in life.
SURNAMES = {
    "王": "wang", "李": "li", "张": "zhang", "刘": "liu", "陈": "chen", "杨": "yang", "赵": "zhao", "黄": "huang",
    "周": "zhou", "吴": "wu", "徐": "xu", "孙": "sun", "胡": "hu", "朱": "zhu", "高": "gao", "林": "lin", "何": "he",
    "郭": "guo", "马": "ma", "罗": "luo", "梁": "liang", "宋": "song", "郑": "zheng", "谢": "xie", "韩": "han",
    "唐": "tang", "冯": "feng", "于": "yu", "董": "dong", "萧": "xiao", "欧阳": "ouyang", "司马": "sima",
    "诸葛": "zhuge", "上官": "shangguan",
}  # fmt: skip
SURNAME_WEIGHTS = [60 / (4 + place) for place in range(len(SURNAMES))]
GIVEN = {
    "伟": "wei", "芳": "fang", "敏": "min", "静": "jing", "磊": "lei", "强": "qiang", "洋": "yang", "勇": "yong",
    "军": "jun", "杰": "jie", "娟": "juan", "艳": "yan", "涛": "tao", "明": "ming", "超": "chao", "霞": "xia",
    "平": "ping", "刚": "gang", "丽": "li", "婷": "ting", "晓": "xiao", "文": "wen", "华": "hua", "建": "jian",
    "国": "guo", "志": "zhi", "子": "zi", "雨": "yu", "欣": "xin", "浩": "hao", "宇": "yu", "佳": "jia", "梦": "meng",
    "思": "si", "嘉": "jia", "俊": "jun",
}  # fmt: skip
FIRST_NAMES = [
    "Anna", "Ben", "Carla", "David", "Elena", "Frank", "Grace", "Henry", "Irene", "James", "Karen", "Leo",
    "Maria", "Nina", "Oscar", "Paula", "Robert", "Sara", "Tom", "Vera",
]  # fmt: skip
LAST_NAMES = [
    "Adams", "Baker", "Clark", "Dixon", "Evans", "Fisher", "Green", "Hughes", "Irving", "Jones", "King",
    "Lewis", "Mason", "Nolan", "Owen", "Parker", "Reed", "Stone", "Turner", "Walker",
]  # fmt: skip
# path: share of the company
DEPARTMENTS = {
    "Sales / East China / Shanghai": 9,
    "Sales / East China / Hangzhou": 6,
    "Sales / South China / Shenzhen": 8,
    "Sales / South China / Guangzhou": 6,
    "Sales / North China / Beijing": 8,
    "Sales / International": 5,
    "Marketing / Brand": 4,
    "Marketing / Events": 3,
    "Customer Service / Hotline": 9,
    "Customer Service / Key Accounts": 5,
    "Research / Platform": 9,
    "Research / Clients": 9,
    "Operations / Logistics": 8,
    "Operations / Purchasing": 5,
    "Finance": 4,
    "People": 3,
    "Legal": 1,
}
ENTITIES = {"Example Trading (Shanghai) Ltd.": 7, "Example Services (Shenzhen) Ltd.": 3}
CAMPAIGN_NAMES = {"en": "Bring them in", "zh-hans": "带他们来"}
COMPANY_DOMAIN = "company.example"
OUTSIDE_DOMAINS = [
    f"{word}-{trade}.example"
    for word in (
        "orchid",
        "harbour",
        "cedar",
        "lantern",
        "granite",
        "meadow",
        "silver",
        "bamboo",
        "comet",
        "pearl",
    )
    for trade in ("foods", "travel", "design", "motors", "homes")
]


def person_name(rng: Random) -> tuple[str, str]:
    """(name, its spelling in a handle): mostly Chinese, of 2 to 4 characters."""
    if rng.random() < 0.15:
        first, last = rng.choice(FIRST_NAMES), rng.choice(LAST_NAMES)
        return f"{first} {last}", f"{first}.{last}".lower()
    (surname,) = rng.choices(list(SURNAMES), SURNAME_WEIGHTS)
    given = rng.choices(list(GIVEN), k=1 if rng.random() < 0.3 else 2)
    spelled = "".join(GIVEN[character] for character in given)
    return surname + "".join(given), f"{spelled}.{SURNAMES[surname]}"


def outsider_handle(rng: Random, number: int) -> str:
    """A stranger's handle; `number` makes it unique."""
    _name, spelled = person_name(rng)
    return f"{spelled}{number}@{OUTSIDE_DOMAINS[number % len(OUTSIDE_DOMAINS)]}"
