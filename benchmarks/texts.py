"""Made-up plans and responsibility tables of any size, always the same for the same seed."""

from __future__ import annotations

import io
import random
from dataclasses import dataclass, replace


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


_DIGITS = "一二三四五六七八九"
TITLE = "测试市反对拐卖人口行动计划（2021—2030年）"
_TOPICS = _words(
    "公安 民政 教育 司法 财政 人社 交通 农业 商务 文旅 卫健 市监 住建 发改 民宗 城管 数据 妇儿 残联 水利 林业 体育 统计 审计 "
    "信访 应急 外事 邮政 通信 海关 税务 气象 医保 广电 网信 科技 工信 国资 金融 边防 铁路 民航"
)
_SUFFIXES = ("局", "委员会", "管理局", "服务中心", "办公室")
_PREFIXES = ("市", "东区", "西区", "南区", "北区")
_WHO = _words("流动人口 在校学生 农村妇女 留守儿童 困境儿童 残疾人员 外来务工人员 被解救妇女 受害人家属 网络用户")
_WHERE = _words("车站码头 城乡结合部 劳务市场 宾馆旅店 娱乐场所 边境口岸 医疗机构 学校周边 偏远村寨 网络平台")
_DO = _words("开展宣传教育 排查安全隐患 建立信息台账 落实救助措施 完善巡查制度 加强证件核验 组织技能培训 提供法律援助")
_HOW = _words("健全部门协作机制 实行实名登记 定期通报情况 畅通举报渠道 配备专职人员 纳入年度考核 推广典型经验")
_WHY = ("及时发现和处置线索", "防止再次受到侵害", "提升群众防范意识", "压实属地管理责任", "形成齐抓共管格局")


@dataclass(frozen=True, slots=True)
class Task:
    """A measure: its words and who answers for it."""

    words: str
    lead: tuple[str, ...]
    cooperating: tuple[str, ...]
    due: str = ""


def unit_names(count: int) -> list[str]:
    """So many different names of units."""
    names = [f"{prefix}{topic}{suffix}" for suffix in _SUFFIXES for prefix in _PREFIXES for topic in _TOPICS]
    assert count <= len(names)
    return names[:count]


def make_tasks(count: int, units: list[str], responsibilities: int, seed: int = 1) -> list[Task]:
    """``count`` different measures with so many responsibilities together, spread evenly."""
    draw = random.Random(seed)
    seen: set[str] = set()
    tasks: list[Task] = []
    while len(tasks) < count:
        words = (
            f"针对{draw.choice(_WHO)}和{draw.choice(_WHO)}，在{draw.choice(_WHERE)}、{draw.choice(_WHERE)}"
            f"{draw.choice(_DO)}，{draw.choice(_HOW)}，{draw.choice(_HOW)}，{draw.choice(_WHY)}。"
        )
        if words in seen:
            continue
        seen.add(words)
        size = responsibilities * (len(tasks) + 1) // count - responsibilities * len(tasks) // count
        named = draw.sample(units, size)
        leading = min(size, draw.choice((1, 1, 2)))
        due = draw.choice(("长期坚持", "每年12月15日前", "2026年12月底前", "持续推进"))
        tasks.append(Task(words, tuple(named[:leading]), tuple(named[leading:]), due))
    return tasks


def edited(tasks: list[Task], units: list[str], seed: int = 2) -> list[Task]:
    """The next version: of a hundred measures six reworded, three with other units, two moved, two gone and two new."""
    draw = random.Random(seed)
    numbers = draw.sample(range(len(tasks)), max(5, len(tasks) * 13 // 100))
    share = max(1, len(numbers) // 13)
    moved, dropped, other = numbers[: 2 * share], numbers[2 * share : 4 * share], numbers[4 * share : 7 * share]
    changed = list(tasks)
    for number in numbers[7 * share :]:
        words = tasks[number].words.replace("，", "，进一步", 1).replace("落实", "全面落实")
        changed[number] = replace(tasks[number], words=words)
    for number in other:
        leaving = changed[number].cooperating
        joining = next(unit for unit in units if unit not in (*changed[number].lead, *leaving))
        changed[number] = replace(changed[number], cooperating=(*leaving[1:], joining))
    gone = {*moved, *dropped}
    kept = [task for number, task in enumerate(changed) if number not in gone]
    for number in moved:
        kept.insert(draw.randrange(len(kept)), changed[number])
    sizes = len(tasks[0].lead) + len(tasks[0].cooperating)
    for task in make_tasks(len(dropped), units, sizes * len(dropped), seed=seed * 1000):
        kept.insert(draw.randrange(len(kept)), replace(task, words=f"新建专门工作站点，{task.words}"))
    return kept


def document(tasks: list[Task]) -> str:
    """The measures as a plan's text: chapters of five sections, sections of six items."""
    lines = [TITLE, "测府发〔2021〕5号", "测试市人民政府", "2021年12月20日"]
    lines += ["为有效预防、依法打击拐卖人口犯罪，切实保障公民基本权利，制定本计划。"]
    chapter = 0
    for number, task in enumerate(tasks):
        if number % 30 == 0:
            chapter += 1
            lines.append(f"{chinese(chapter)}、第{chinese(chapter)}类行动措施")
        if number % 6 == 0:
            lines.append(f"（{chinese(number % 30 // 6 + 1)}）健全第{number // 6 + 1}项工作机制")
        cooperating = f"，{'、'.join(task.cooperating)}配合" if task.cooperating else ""
        lines.append(f"{number % 6 + 1}.{task.words}（{'、'.join(task.lead)}负责{cooperating}）")
    lines += [f"{chinese(chapter + 1)}、组织保障", "（一）市反拐联席会议加强统筹协调。"]
    lines += ["（二）各成员单位每年12月15日前将年度工作情况报市反拐联席会议办公室。"]
    return "\n".join(lines) + "\n"


def workbook(tasks: list[Task], merged: int = 100) -> bytes:
    """The measures as a responsibility table of twelve columns, chapters merged down over ``merged`` rows each."""
    import xlsxwriter

    data = io.BytesIO()
    book = xlsxwriter.Workbook(data, {"in_memory": True})
    sheet = book.add_worksheet("责任分解表")
    sheet.merge_range(0, 0, 0, 11, TITLE.replace("计划（2021—2030年）", "计划（2021—2030年）责任分解表"))
    header = "序号 章节 重点任务 牵头单位 配合单位 完成时限 责任领导 责任人 进展情况 存在问题 下步措施 备注"
    sheet.write_row(1, 0, header.split())
    for number, task in enumerate(tasks):
        row = number + 2
        if number % merged == 0:
            words = f"{chinese(number // merged % 99 + 1)}、第{number // merged + 1}类行动措施"
            last = min(row + merged, len(tasks) + 2) - 1
            if last > row:
                sheet.merge_range(row, 1, last, 1, words)
            else:
                sheet.write_string(row, 1, words)
        sheet.write_number(row, 0, number + 1)
        cells = [task.words, "、".join(task.lead), "\n".join(task.cooperating), task.due]
        cells += [f"领导{number % 40}", f"人员{number % 90}", "正在推进", "", "继续推进", f"第{number % 12 + 1}月"]
        for column, words in enumerate(cells, 2):
            sheet.write_string(row, column, words)
    book.close()
    return data.getvalue()


def chinese(number: int) -> str:
    """1–99 as Chinese numerals."""
    tens, ones = divmod(number, 10)
    left = "" if not tens else "十" if tens == 1 else f"{_DIGITS[tens - 1]}十"
    return left + (_DIGITS[ones - 1] if ones else "")
