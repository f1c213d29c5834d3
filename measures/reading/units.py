"""Names of units: groups, plates, and the prefixes that a list leaves out after its first name."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from .numerals import fold

_LEVELS = r"(?:区县|县区|市县|县市区|县市|区市|县\0|市州|州市|乡镇|镇街|街镇|镇乡|乡镇街道|师市|团场|街道乡镇)"
_GROUP = re.compile(
    r"(?:有关|相关|全体|所有|其他|其它|其余|全市各|全县各|全区各|全省各|全州各|全师各)|各(?!自)|"
    rf"{_LEVELS}(?:(?:两级)?(?:党委|人民)?(?:和|、)?(?:政府|街道|乡镇|管委会|办事处|公安机关|反拐办|联席会议)?(?:办公室)?|"
    r"(?:各)?(?:有关|相关)?(?:部门|单位))\0*\Z|"
    r".*(?:各|有关|相关|全体)(?:成员)?(?:单位|部门|区县|乡镇|街道|县区)|.*成员单位\Z|"
    r"(?:市|县|区|省|州|兵团|师|师市)?(?:级|直|属)(?:机关)?(?:各|有关|相关)?(?:部门|单位|机关|部门单位)\Z"
)
_SUFFIX = re.compile(
    r"(?:局|委|厅|办|部|院|会|联|室|署|行|社|处|队|站|所|中心|公司|集团|政府|学校|街道|镇|乡|区|县|市|州|旗|兵团|"
    r"关|段|港|台|馆|单位|部门|机关|组|工委|企业|协|校|司|科|机构|盟|团|网|法工委|大学|银行|中央)\Z"
)
_STRICT = re.compile(
    r"(?:局|委|厅|办|部|法院|检察院|总工会|工会|妇联|残联|侨联|工商联|文联|科协|团委|政府|办公室|委员会|集团|公司|"
    r"支队|总队|大队|管委会|办事处|银行|关工委|联合会|红十字会|公安机关|部门)\Z"
)
_PARTY_ORGAN = re.compile(
    r"(?:办公厅|办公室|办|宣传部|组织部|统战部|政法委|政法委员会|网信办|网络安全和信息化委员会办公室|编办|机构编制委员会办公室|"
    r"社会工作部|直属机关工委|机关工委|政研室|党校|巡察办|国安办|保密办|老干部局|依法治\w办|军民融合办|财经办|改革办|金融办|教育工委|社工部)\Z"
)
_BASE = r"自治区|自治州|兵团|师市|师(?!范|资|生|德|傅|徒|团)|省|市|县|区|州|盟|旗|地区"
_NOT_A_BASE = re.compile(
    r"市场|市政(?!府|协|法|务)|市容|市民(?!政|族|宗)|市域|区域|区划|区块|省际|县域|旗舰|师范|州际|地区间"
)
_SELF_CONTAINED = re.compile(
    r"(?:团[省市县区州旗师]委|共青团|民航|中央|国家|国务院|全国|中国|国网|南方电网|人民银行|人行|最高|武警|解放军|驻|各|联席会议|海关|边检|铁路|"
    r"机场|自治[区州县])|"
    r".*(?:管委会|管理委员会|人民政府|区政府|县政府|市政府|镇政府|街道|街道办|办事处|镇|乡|公司|集团|银行|大学|学院|学校|"
    r"机场|车站|火车站|车务段|海关|园区|新区|开发区|军分区|人武部|广电集团|[市县区省]\w{2,}分局)\Z"
)
# 「东城区公安局」 has a place of its own; 城市管理局, 住房城乡建设局 and 社区矫正局 have none.
_OWN_PLACE = re.compile(
    r"[\u4e00-\u9fff]{1,6}?(?:(?<![社地园校景山灾牧林辖郊库街])区|(?<!城)市|[县州旗盟])(?![场政容民域划]).{2,}"
)
_BRACKET = re.compile(r"\([^()]*\)")
_PLACE = re.compile(r"[\u4e00-\u9fff]{1,8}?(?:自治区|自治州|自治县|地区|兵团|省|市|县|区|州|盟|旗)")


def is_group(name: str) -> bool:
    """Whether a name stands for several units: 各成员单位, 有关部门, 各区县…"""
    return bool(_GROUP.match(without_plates(fold(name))))


def looks_like_unit(name: str) -> bool:
    return bool(_SUFFIX.search(without_plates(fold(name).replace("\0", ""))))


def is_unit_heading(name: str) -> bool:
    """Whether a heading can only be the name of a unit."""
    name = without_plates(fold(name))
    return (
        2 < len(name) <= 16 and bool(_STRICT.search(name)) and not re.match(r"加强|建立|完善|健全|成立|设立|规范", name)
    )


def without_plates(name: str) -> str:
    """The name less what stands in brackets: 「市委统战部（市民宗局）」 is 市委统战部."""
    folded = fold(name)
    if "(" not in folded:
        return "".join(name.split()).replace("\0", "")
    kept, depth = [], 0
    for character, written in zip(folded, name, strict=True):
        depth += character == "("
        if depth == 0 and not written.isspace():
            kept.append(written)
        depth -= character == ")" and depth > 0
    return "".join(kept).replace("\0", "")


def find_places(*texts: str | None) -> tuple[str, ...]:
    """Place names that the issuing organ and the title begin with: 云阳县, 重庆市."""
    places = []
    for text in texts:
        if text and (found := _PLACE.match(text)) and len(found[0]) > 2:
            places.append(found[0])
    return tuple(dict.fromkeys(places))


@dataclass(frozen=True, slots=True)
class Prefix:
    """``base`` is the level or place; ``party`` is set where the name belongs to a party committee."""

    base: str
    party: str | None
    length: int


@dataclass(slots=True)
class PrefixRule:
    """How this document leaves out prefixes, learnt from all of its lists.

    ``inherits``: a name without a prefix takes the one before it. Where a document gives nearly every name its
    own, a bare name is complete as it stands, unless the document itself writes it elsewhere with the prefix.
    """

    places: tuple[str, ...] = ()
    inherits: bool = False
    completes: bool = False
    unusual: frozenset[str] = frozenset()
    known: set[str] = field(default_factory=set)
    stands_first: Counter[str] = field(default_factory=Counter)

    @classmethod
    def learn(cls, lists: Iterable[list[str]], places: tuple[str, ...]) -> PrefixRule:
        rule = cls(places)
        bare_first = prefixed_first = bare = prefixed = 0
        bases: Counter[str] = Counter()
        for names in lists:
            for index, name in enumerate(names):
                if is_group(name):
                    continue
                plain = without_plates(name)
                if prefix := rule.prefix_of(plain):
                    bases[prefix.base] += 1
                    rule.known.add(plain)
                    prefixed, prefixed_first = prefixed + (index > 0), prefixed_first + (index == 0)
                elif not rule._is_complete(plain):
                    bare, bare_first = bare + (index > 0), bare_first + (index == 0)
                    if index == 0:
                        rule.stands_first[plain] += 1
        # Bare names that begin lists show a document that uses no prefixes; then there is nothing to inherit.
        rule.inherits = bare > prefixed and prefixed_first > bare_first
        rule.completes = prefixed_first > bare_first
        # 「市公安局、省高速公路管理局、交警支队」: whose the last one is, is not certain.
        rule.unusual = frozenset(base for base, count in bases.items() if count * 5 < max(bases.values()))
        return rule

    def prefix_of(self, name: str) -> Prefix | None:
        for place in self.places:
            if name.startswith(place) and len(name) > len(place) + 1:
                return self._with_party(name, place)
        if _NOT_A_BASE.match(name):
            return None
        if found := re.match(_BASE, name):
            return self._with_party(name, found[0]) if len(name) > len(found[0]) else None
        return None

    @staticmethod
    def _with_party(name: str, base: str) -> Prefix:
        for word in ("党委", "委"):
            rest = name[len(base) :]
            if rest.startswith(word) and not rest.startswith("委员会"):
                return Prefix(base, base + word, len(base) + len(word))
        return Prefix(base, None, len(base))

    def _is_complete(self, name: str) -> bool:
        short = [re.sub(rf"(?:{_BASE})$", "", place) for place in self.places]
        return (
            bool(_SELF_CONTAINED.match(name))
            or any(len(place) > 1 and place in name for place in short)
            or bool(_OWN_PLACE.match(name))
        )

    def restore(self, names: list[tuple[str, bool]]) -> list[tuple[str, bool]]:
        """Full names for one bracket's (name, begins a comma group) in order, each with whether it is in doubt."""
        current: Prefix | None = None
        just_party = False
        restored: list[tuple[str, bool]] = []
        for written, starts_group in names:
            plain = without_plates(written)
            if starts_group:
                just_party = False
            if is_group(written):
                # 「各县（市、区）政府」 needs its bracket; an abbreviation is not part of the name.
                restored.append((plain if "简称" in written else "".join(written.split()), False))
                continue
            if own := self.prefix_of(plain):
                current, just_party = own, own.party is not None
                restored.append((plain, False))
                continue
            full = self._inherit(plain, current, just_party)
            just_party = just_party and bool(_PARTY_ORGAN.match(plain))
            doubt = False
            if current is not None and not self._is_complete(plain) and looks_like_unit(plain):
                if full == plain:
                    doubt = plain not in self.stands_first
                else:
                    doubt = not (self.inherits or full in self.known) or current.base in self.unusual
            restored.append((full, doubt))
        return restored

    def _inherit(self, plain: str, current: Prefix | None, just_party: bool) -> str:
        if current is None or self._is_complete(plain):
            return plain
        with_base = current.base + plain
        party = current.party or next(
            (current.base + word for word in ("党委", "委") if current.base + word + plain in self.known), None
        )
        with_party = party + plain if party else None
        is_party = bool(_PARTY_ORGAN.match(plain))
        if with_party and (with_party in self.known or (is_party and just_party)) and with_base not in self.known:
            return with_party
        if with_party and is_party and just_party:
            return with_party
        if self.inherits or (with_base in self.known and plain not in self.stands_first):
            return with_base
        # Few names are bare here. Where none of them stands by itself, what comes before it completes it.
        return with_base if self.completes and plain not in self.stands_first and looks_like_unit(plain) else plain
