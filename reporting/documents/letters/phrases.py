"""Phrases that several letters share."""

from __future__ import annotations

from reporting.documents.content import Block, Paragraph
from reporting.documents.cutting import blocks_of

# Full stops and what else ends a sentence.
_ENDS = "。；！？.;!?"


def we(signatory: str) -> str:
    """Whom to answer: 我办 for an office, its office for a conference, 我单位 for others."""
    if signatory.rstrip().endswith("联席会议"):
        return "联席会议办公室"
    return "我办" if signatory.rstrip().endswith(("办公室", "办")) else "我单位"


def sentence(text: str) -> str:
    """The text with one full stop at its end."""
    return text.strip().rstrip(_ENDS + "，、,") + "。"


def written(text: str) -> tuple[Block, ...]:
    """What somebody wrote, below a heading 一、; with a full stop where a single line has none."""
    blocks = blocks_of(text, below=1)
    match blocks:
        case (Paragraph(line),) if line[-1] not in _ENDS + "）)：:":
            return (Paragraph(f"{line}。"),)
    return blocks
