"""The how-tos name buttons and headings by the words that really stand on the pages."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import ROOT

pytestmark = pytest.mark.quality

GUIDES = sorted((ROOT / "docs" / "how-to").glob("*.md"))
# Words of a document, not of our pages.
NOT_OURS = {"（市民政局负责，市公安局、市妇联配合）"}


def sources() -> Iterator[str]:
    for folder in ("templates", "departments", "measures", "reporting", "antitrafficking", "static/js"):
        for path in sorted((ROOT / folder).rglob("*")):
            if path.suffix in {".html", ".py", ".js"} and "migrations" not in path.parts:
                yield path.read_text(encoding="utf-8")


@pytest.mark.parametrize("guide", GUIDES, ids=lambda path: path.stem)
def test_guide_names_what_is_there(guide: Path):
    everything = "\n".join(sources())
    named = set(re.findall(r"「([^「」]+)」", guide.read_text(encoding="utf-8"))) - NOT_OURS

    missing = []
    for words in sorted(named):
        # 「开启 … 年度」: what stands in between is a number or a name.
        pattern = ".{0,60}?".join(re.escape(part.strip()) for part in words.split("…"))
        if not re.search(pattern, everything):
            missing.append(words)

    assert missing == []
