"""A made-up city of full size — 1,030 units, 2,000 accounts, 8,800 responsibilities — for measuring.

Its codes begin with 99, which GB/T 2260 does not give to any place, so that it never mixes with real ones. The plans
go through the reader and the same services as real documents; only their responsibilities are drawn by lot, always
the same for the same seed.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from django.contrib.auth.hashers import make_password
from django.db import transaction

from departments.enums import JurisdictionKind, NameKind, Role
from departments.models import Conference, Department, DepartmentName, Jurisdiction, Membership, Posting, User
from measures.models import PlanVersion
from measures.reading import PlanText, load, read_plan
from measures.services import publish, store_version
from reporting.samples.demo import PASSWORD

CITY_CODE = "990000"
NOTE = "测试数据，不是真实区划"
DISTRICTS = 37
DISTRICT_UNITS = [
    "区委政法委",
    "区委宣传部",
    "区委网信办",
    "区法院",
    "区检察院",
    "区公安局",
    "区教委",
    "区民政局",
    "区司法局",
    "区财政局",
    "区人力社保局",
    "区交通运输委",
    "区农业农村委",
    "区商务委",
    "区文化旅游委",
    "区卫生健康委",
    "区市场监管局",
    "区住房城乡建委",
    "区发展改革委",
    "区民族宗教委",
    "区城市管理局",
    "区大数据发展局",
    "区总工会",
    "团区委",
    "区妇联",
    "区残联",
    "区关工委",
]
# A real district's plan of this kind has about so many.
DISTRICT_ROWS = 230
_DIGITS = "一二三四五六七八九"
_SAFEGUARDS = (
    "七、保障措施",
    "(一)加强统筹协调。区反拐联席会议每年应开展1次阶段性评估,2030年年底进行终期评估。",
    "(二)加强情况报送。每年12月15日前,区反拐联席会议成员单位应向区反拐联席会议办公室报送年度反拐工作情况。",
)


class CityExists(Exception):
    """There is a test city already. The message is for people."""


@dataclass(frozen=True, slots=True)
class City:
    """How much was made."""

    conferences: int
    units: int
    users: int
    responsibilities: int


@transaction.atomic
def make_city(fixtures: Path, *, districts: int = DISTRICTS, seed: int = 1) -> City:
    """Make the test city with so many districts, all of it or nothing. Raises CityExists for a second one.

    Every unit has a liaison and a head, every conference an office; all accounts share the demo's password.
    """
    if Jurisdiction.objects.filter(code=CITY_CODE).exists():
        raise CityExists("测试市已经存在；需要重做时请换一个空的数据库。")
    conferences = _make_places(districts)
    city, *others = conferences
    text = load(fixtures / "documents" / "000_chongqing_2021_web.txt").replace("重庆", "测试").replace("渝", "测")
    template = read_plan(text)
    city_units = json.loads((fixtures / "units" / "departments_500000_2021.json").read_text(encoding="utf-8"))
    names = [_as_test_names(row["names"]) for row in city_units["departments"]]
    units = _make_units(city, names, others)
    users = _make_people(units, conferences)
    versions = [_make_plan(city, text, template)]
    for number, district in enumerate(others, 1):
        draw = random.Random(seed * 1000 + number)  # noqa: S311 - by lot, not a secret
        district_text = district_plan(template, district.jurisdiction.name, number, draw)
        versions.append(_make_plan(district, district_text, read_plan(district_text)))
    rows = sum(version.responsibility_set.count() for version in versions)
    return City(len(conferences), len(units), users, rows)


def _make_places(districts: int) -> list[Conference]:
    """The city's conference first, then its districts'."""
    top = Jurisdiction.objects.create(
        code=CITY_CODE, name="测试市", short_name="测试", kind=JurisdictionKind.CITY, is_confirmed=False, note=NOTE
    )
    places = Jurisdiction.objects.bulk_create(
        Jurisdiction(
            code=str(990100 + number),
            name=f"测试{_chinese(number)}区",
            short_name=f"测试{_chinese(number)}",
            kind=JurisdictionKind.DISTRICT,
            parent=top,
            is_confirmed=False,
            note=NOTE,
        )
        for number in range(1, districts + 1)
    )
    city = _conference(top, None)
    city.save()
    return [city, *Conference.objects.bulk_create(_conference(place, city) for place in places)]


def _conference(place: Jurisdiction, upper: Conference | None) -> Conference:
    return Conference(
        jurisdiction=place,
        code=place.code,
        name=f"{place.name}反对拐卖人口行动工作联席会议",
        short_name=f"{place.name}反拐联席会议",
        upper=upper,
        office_name=f"{place.name}反拐联席会议办公室",
        government_name=f"{place.name}人民政府",
        note=NOTE,
    )


def _as_test_names(names: dict[str, list[str]]) -> dict[str, list[str]]:
    return {kind: [name.replace("重庆", "测试") for name in written] for kind, written in names.items()}


def _make_units(
    city: Conference, city_names: list[dict[str, list[str]]], districts: list[Conference]
) -> list[Department]:
    named: list[tuple[Department, dict[str, list[str]]]] = []
    district_names = [{NameKind.SHORT.value: [name]} for name in DISTRICT_UNITS]
    for conference in (city, *districts):
        for position, names in enumerate(city_names if conference is city else district_names, 1):
            unit = Department(
                conference=conference,
                code=f"{conference.code}-{position:02}",
                name=names[NameKind.SHORT.value][0],
                position=position,
                note=NOTE,
            )
            named.append((unit, names))
    units = Department.objects.bulk_create(unit for unit, _names in named)
    DepartmentName.objects.bulk_create(_names_of(named))
    Membership.objects.bulk_create(
        Membership(conference=unit.conference, department=unit, basis=NOTE) for unit in units
    )
    return units


def _names_of(named: Iterable[tuple[Department, dict[str, list[str]]]]) -> Iterator[DepartmentName]:
    for unit, names in named:
        for kind, written in names.items():
            for name in written:
                row = DepartmentName(department=unit, conference=unit.conference, name=name, kind=kind)
                row.fill_keys()
                yield row


def _make_people(units: list[Department], conferences: list[Conference]) -> int:
    posts: list[tuple[str, str, Role, Conference, Department | None]] = []
    for unit in units:
        posts.append((f"t-{unit.code}", f"{unit.name}联络员", Role.LIAISON, unit.conference, unit))
        posts.append((f"t-{unit.code}-head", f"{unit.name}负责人", Role.HEAD, unit.conference, unit))
    for conference in conferences:
        office = conference.office_name
        posts.append((f"t-{conference.code}-office", f"{office}工作人员", Role.OFFICE_STAFF, conference, None))
        posts.append((f"t-{conference.code}-chief", f"{office}负责人", Role.OFFICE_HEAD, conference, None))
    # One hash for all: argon2 takes its time on purpose.
    hashed = make_password(PASSWORD)
    users = User.objects.bulk_create(
        User(
            username=username,
            name=name,
            email=f"{username}@example.test",
            password=hashed,
            must_change_password=False,
        )
        for username, name, _role, _conference, _unit in posts
    )
    Posting.objects.bulk_create(
        Posting(user=user, role=role, conference=conference, department=unit)
        for user, (_username, _name, role, conference, unit) in zip(users, posts, strict=True)
    )
    return len(users)


def _make_plan(conference: Conference, text: str, parsed: PlanText) -> PlanVersion:
    version = store_version(
        parsed, conference=conference, source_text=text, source_name=f"{conference.code}.txt", note=NOTE
    )
    return publish(version)


def district_plan(template: PlanText, district: str, number: int, draw: random.Random) -> str:
    """A district's own plan: the city's clauses, with responsibilities of the district's units drawn by lot."""
    measures = template.measures
    sizes = [max(1, round((len(measure.lead) + len(measure.cooperating)) * 0.8)) for measure in measures]
    # Bring the number of rows to what a district has, a row here and a row there.
    while (missing := DISTRICT_ROWS - sum(sizes)) != 0:
        index = draw.randrange(len(sizes))
        if 1 <= sizes[index] + (1 if missing > 0 else -1) <= len(DISTRICT_UNITS):
            sizes[index] += 1 if missing > 0 else -1
    size_of = dict(zip((measure.path for measure in measures), sizes, strict=True))
    lines = [
        f"{district}人民政府办公室",
        f"关于印发{district}贯彻中国反对拐卖人口行动计划(2021—2030年)实施细则的通知",
        f"测区府办发〔2022〕{number}号",
        f"{district}贯彻中国反对拐卖人口行动计划(2021—2030年)实施细则",
        f"为认真贯彻落实市政府要求,有效预防、依法打击拐卖人口犯罪,积极救助、妥善安置被拐卖受害人,结合{district}实际,制定本实施细则。",
    ]
    for clause in template.clauses:
        if clause.kind in {"front", "preamble", "back"} or clause.path.partition("/")[0] == "七":
            continue
        words = f"{clause.label}{clause.heading}{clause.text}"
        if clause.path in size_of:
            words = words.rpartition("。")[0] + "。" + _bracket(size_of[clause.path], draw)
        lines.append(words.replace("全市", "全区").replace("我市", "我区"))
    lines += [*_SAFEGUARDS, f"{district}人民政府办公室", "2022年3月1日"]
    return "\n".join(lines) + "\n"


def _bracket(size: int, draw: random.Random) -> str:
    units = draw.sample(DISTRICT_UNITS, size)
    leading = min(size, draw.choice((1, 2, 2, 3)))
    lead, cooperating = "、".join(units[:leading]), "、".join(units[leading:])
    return f"({lead}负责,{cooperating}配合)" if cooperating else f"({lead}负责)"


def _chinese(number: int) -> str:
    """1–99 as Chinese numerals."""
    tens, ones = divmod(number, 10)
    left = "" if not tens else "十" if tens == 1 else f"{_DIGITS[tens - 1]}十"
    return left + (_DIGITS[ones - 1] if ones else "")
