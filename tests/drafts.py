"""Small plans as people write them, and a town in which they are imported, published and worked on.

town = Town()
row = town.receive(document())
town.publish(document(measure("加强边境管理。", "市公安局"))).version
town.progress("市公安局")
"""

from __future__ import annotations

from typing import Any

from measures.importing.answers import answer_questions
from measures.importing.staging import receive
from measures.models import PlanImport, PlanVersion, Question
from reporting.models import Duty, Progress, Year
from reporting.services.publication import Publication, publish_plan
from reporting.services.years import open_year
from tests.factories import ConferenceFactory, DepartmentFactory, PostingFactory, UserFactory

UNITS = ("市公安局", "市民政局", "市教育局", "市妇联")
YEAR = 2026


def measure(words: str, lead: str = "", cooperating: str = "") -> str:
    """A clause's text with who answers for it, as documents print it."""
    if not lead:
        return words
    return f"{words}（{lead}负责{f'，{cooperating}配合' if cooperating else ''}）"


GUARD = measure("完善重点行业、重点场所和重点人群的预防犯罪机制，加强部门联动。", "市公安局", "市民政局")
TEACH = measure("开展反拐宣传教育进学校活动，把反拐教育纳入中小学课程。", "市教育局", "市妇联")
SETTLE = measure("做好被解救儿童的安置和康复工作，建立回归社会的帮扶制度。", "市民政局", "市教育局")
# The same clause in other words.
TEACH_MORE = measure("开展反拐宣传教育进学校、进社区活动，把反拐教育纳入中小学课程。", "市教育局", "市妇联")
FERRY = measure("严查水路客运和渡口，实行船票实名登记。", "市公安局", "市妇联")


def document(
    *measures: str, title: str = "东湖市反对拐卖人口行动实施方案（2021—2030年）", report: str = "12月15日"
) -> str:
    """A plan that the reader has no question about: chapter 二 holds the measures, the last asks for the report.

    The clause of the n-th measure is 「二/(一)/n」. ``title`` and ``report`` empty: without a title, without a report.
    """
    lines = [title] if title else []
    lines += ["东府发〔2021〕5号", "东湖市人民政府", "2021年12月20日"]
    lines += ["为有效预防、依法打击拐卖人口犯罪，切实保障公民基本权利，制定本方案。"]
    lines += ["一、总体要求", "坚持和完善集预防、打击、救助、安置、康复于一体的反拐工作长效机制。"]
    lines += ["二、行动措施", "（一）健全机制"]
    lines += [f"{number}.{words}" for number, words in enumerate(measures or (GUARD, TEACH, SETTLE), 1)]
    lines += ["三、组织保障", "（一）市反拐联席会议加强统筹协调，解决工作推进中遇到的重大问题。"]
    if report:
        lines += [f"（二）各成员单位每年{report}前将年度工作情况报市反拐联席会议办公室。"]
    return "\n".join(lines) + "\n"


class Town:
    """A conference with its units, somebody who administers it, and the plan's year."""

    def __init__(self, units: tuple[str, ...] = UNITS) -> None:
        self.conference = ConferenceFactory()
        self.units = {name: DepartmentFactory(conference=self.conference, name=name, member=True) for name in units}
        self.administrator = PostingFactory(administrator=True, conference=self.conference).user
        self.office = PostingFactory(office_head=True, conference=self.conference).user

    def receive(self, text: str | bytes, *, name: str = "方案.txt", by: Any = None) -> PlanImport:
        data = text.encode() if isinstance(text, str) else text
        row, _is_new = receive(data, name=name, conference=self.conference, by=by or self.administrator)
        return row

    def publish(self, text: str | PlanImport) -> Publication:
        """Publish; what the text leaves out of the version before, it is meant to leave out."""
        row = text if isinstance(text, PlanImport) else self.receive(text)
        if row.is_open:
            self.answer(row, obligations_missing={"do": "drop"}, plan_overlaps={"do": "ok"})
            row.refresh_from_db()
        return publish_plan(row, by=self.administrator)

    def answer(self, row: PlanImport, **decisions: dict[str, Any]) -> PlanImport:
        """Answer by the question's code: ``answer(row, unit_unknown={"do": "new"})``."""
        asked = Question.objects.filter(plan_import=row, code__in=decisions)
        return answer_questions(row, {one.pk: decisions[one.code] for one in asked}, by=self.administrator)

    def open(self, text: str | None = None, year: int = YEAR) -> PlanVersion:
        """Publish a first text and open a year on it."""
        version = self.publish(text or document()).version
        open_year(self.conference, year, by=self.office)
        return version

    def liaison(self, unit: str) -> Any:
        return PostingFactory(department=self.units[unit], user=UserFactory(email=f"{unit}@example.test")).user

    def progress(self, unit: str, path: str = "", year: int = YEAR) -> Progress:
        """The unit's row on the clause, or its only one in force."""
        rows = Progress.objects.filter(conference=self.conference, department=self.units[unit], year=year)
        return (rows.filter(clause__path=path) if path else rows.in_force()).get()

    def duty(self, unit: str, year: int = YEAR) -> Duty:
        return Duty.objects.in_force().get(department=self.units[unit], year=year)

    @property
    def year(self) -> Year:
        return Year.objects.get(conference=self.conference, year=YEAR)
