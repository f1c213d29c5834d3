"""The rooms of an office's year: the tabs that stand on top of each of its pages."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

# Address (of a conference's code and a year) and label, in the order of the work.
_TABS = (
    ("board", _("看板")),
    ("review_queue", _("审核")),
    ("duties", _("应报事项")),
    ("figure_sums", _("数据")),
    ("conference_report", _("综合报告")),
    ("ledger", _("台账")),
    ("meetings", _("会议")),
    ("assessments", _("评估")),
    ("supervisions", _("督办")),
    ("year", _("年度")),
)


def office_tabs(code: str, year: int, current: str) -> list[dict[str, Any]]:
    """The tabs for one conference's year; ``current`` is the name of the address that is shown."""
    return [
        {"label": label, "url": reverse(f"reporting:{name}", args=[code, year]), "current": name == current}
        for name, label in _TABS
    ]
