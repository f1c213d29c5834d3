"""Short official documents, made of plain values: 催办函, 通报, 会议纪要, 挂牌督办, 回执.

The words are those of an office. Each function returns a ``content.Document`` and looks nothing up.
"""

from .minutes import Attending, Decision, minutes
from .notices import Cited, commendation, criticism
from .receipts import filing_receipt
from .supervision import Demand, lifting_notice, supervision_notice, warning_notice
from .urging import Urged, urge_letter

__all__ = [
    "Attending",
    "Cited",
    "Decision",
    "Demand",
    "Urged",
    "commendation",
    "criticism",
    "filing_receipt",
    "lifting_notice",
    "minutes",
    "supervision_notice",
    "urge_letter",
    "warning_notice",
]
