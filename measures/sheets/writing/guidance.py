"""The sheet that explains how to fill in the others."""

from __future__ import annotations

from typing import Any

from measures.sheets import words

from .book import Book, guess_height, set_up_page

_WIDTHS = (16, 80, 46)
_HEADER = ("项目", "怎样填", "例")
# A heading of one cell, or a row of three.
_GUIDANCE: tuple[tuple[str, ...], ...] = (
    (f"一、「{words.PLAN}」页：一行是文件里的一条",),
    ("条款标识", "系统据此认出是哪一条，请不要改。新增的行留空。", "二/(一)/1"),
    (
        "类别",
        "这一行在文件里是什么，从下拉列表选；留空的由系统按编号判断。",
        "、".join(words.CLAUSE_KINDS.values()),
    ),
    ("编号", "照文件上印的写，标点也照写。没有编号的段留空。", "一、　（二）　3.　第五条　——"),
    ("标题", "条款的小标题；没有的留空。", "建立健全预防犯罪机制。"),
    ("正文", "条款的原文，照文件写，不要缩写。只有标题、没有正文的留空。", ""),
    (
        "牵头单位",
        "负责这一条的单位，第一个是第一责任单位。多个单位用顿号「、」隔开，也可以一行写一个（在单元格里按 Alt+Enter 换行）；"
        "名称里本来就有顿号的，一行写一个。没有的留空。",
        "市委政法委、市公安局",
    ),
    ("配合单位", "配合这一条的单位，写法同上。", "市教委、市民政局、各成员单位"),
    (
        "完成时限",
        f"这一条要在什么时候以前完成；没有的留空，写法见第三部分。「{words.OBLIGATIONS}」页已经写了这一条的，以那一页为准。",
        "2026年12月底前",
    ),
    ("增、删、改",),
    (
        "增加一条",
        "在应在的位置插入一行，按文件次序排列；「条款标识」留空（复制来的行先清空它），写编号和正文。上一级的条款要在它上面。",
        "",
    ),
    ("删去一条", "删除整行。下级条款也不要的，一并删除。", ""),
    ("修改一条", "直接改单元格，「条款标识」不动。导入前会逐条列出改了什么，确认以后才生效。", ""),
    ("不要做的", "不要改动表头、工作表的名称和「条款标识」；不要用「同上」代替单位名称；不要写公式。", ""),
    (f"二、「{words.ABOUT}」页和「{words.OBLIGATIONS}」页",),
    (
        words.ABOUT,
        "计划的题名、文号、发文机关、成文日期、起止年份和成员单位。没有的留空。",
        "成文日期：2021-12-29；起始年：2021",
    ),
    (
        words.OBLIGATIONS,
        "文件里写明要按时报送、召开会议、评估的事，一行一项；「条款标识」写明出自哪一条。"
        "年、月、日、次数只写数字；文件没有写的留空。月底写那个月的最后一天。",
        "报送年度反拐工作情况｜年度报告｜各成员单位｜每年｜月 12｜日 15｜含当日 是",
    ),
    (
        "周期",
        "从下拉列表选。「每年至少」要写次数；「一次」有年份的写年份；没有日期的选「长期」或「事件触发」。",
        "、".join(words.RECURRENCES.values()),
    ),
    ("含当日", "写「12月15日前」的，当日办理算按时，选「是」。", "是、否"),
    ("三、时限可以这样写",),
    ("有年份的", "写到月或日。", "2026年12月底前　2026年6月30日前　2030年年底"),
    ("每年的", "写明月、日。", "每年12月15日前　每年6月底前"),
    ("按季、按月的", "", "每季度末　每月25日前　每半年"),
    ("按次数的", "", "每年至少1次　每年开展2次"),
    ("没有日期的", "", "长期坚持　持续推进"),
    ("四、不收的内容",),
    (
        "个人信息",
        "不要填写身份证号等证件号码、电话号码、银行卡号，以及个案和受害人的信息；系统检出即拒绝导入，并指出是哪一格。",
        "",
    ),
    ("涉密内容", "涉密内容不得填写。", ""),
    ("文件", "请保存为 .xlsx；加了密码的、带宏的文件不收。", ""),
)


def write_guidance(book: Book, sheet: Any) -> None:
    for column, width in enumerate(_WIDTHS):
        sheet.set_column(column, column, width)
    last = len(_HEADER) - 1
    for column, text in enumerate(_HEADER):
        sheet.put(0, column, text, book.look("header"))
    for row, cells in enumerate(_GUIDANCE, 1):
        if len(cells) == 1:
            heading = book.look("bold", bg_color="#EEF2F6", valign="vcenter")
            sheet.set_row(row, 24)
            sheet.merge_range(row, 0, row, last, "", heading)
            sheet.put(row, 0, cells[0], heading)
            continue
        guess_height(sheet, row, zip(cells, _WIDTHS, strict=True))
        for column, text in enumerate(cells):
            sheet.put(row, column, text, book.look("cell"))
    set_up_page(sheet, header_row=0, last_row=len(_GUIDANCE), last_column=last, pages=1)
