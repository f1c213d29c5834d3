"""What a spreadsheet program would take for a formula, in CSV."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from measures.sheets.formulas import escape_csv, unescape_csv

TEXTS = st.text(alphabet=st.one_of(st.sampled_from("='+-@\t\r\n＝＋－＠ 　\ufeff1甲"), st.characters()), max_size=12)


@pytest.mark.parametrize(
    "value",
    [
        "=1+1",
        "+1",
        "-1",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        "\n=1",
        "\t甲",
        "  =1",
        "　=1",
        "\ufeff=1",
        "\x00=1",
        "＝1",
        "＋1",
        "－1",
        "＠甲",
        '=cmd|"/c calc"!A1',
        "'=1",
        "-",
    ],
)
def test_what_could_be_a_formula_gets_an_apostrophe(value):
    assert escape_csv(value) == f"'{value}"


@pytest.mark.parametrize(
    "value", ["", "市公安局", "一、", "——加强宣传", "1-2", " 甲=乙", "'", "'市公安局'", "2026-12-31"]
)
def test_other_values_stay_as_they_are(value):
    assert escape_csv(value) == value
    assert unescape_csv(value) == value


@given(TEXTS)
@example("''=1")
@example("' =1")
def test_unescaping_undoes_escaping(value):
    assert unescape_csv(escape_csv(value)) == value


@given(TEXTS)
def test_no_escaped_value_begins_a_formula(value):
    assert escape_csv(value).lstrip(" \u3000\ufeff")[:1] not in {*"=+-@＝＋－＠\t\r"} - {""}
