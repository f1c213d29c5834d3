"""Documents as JSON: there and back without loss, one form, clear refusals."""

import json
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given

from reporting.documents.snapshots import (
    MalformedDocument,
    canonical,
    canonical_json,
    digest,
    digest_json,
    from_json,
    to_json,
)
from tests.reporting.official import FULL, SHORT, documents


@given(documents)
def test_any_document_comes_back_from_its_json(document):
    assert from_json(json.loads(canonical(document))) == document


def test_canonical_form_is_sorted_utf8_without_white_space():
    content = canonical(SHORT)

    assert content.startswith('{"addressee":"重庆市反拐工作联席会议办公室","annexes":[],'.encode())
    assert content == canonical_json(dict(reversed(to_json(SHORT).items())))


def test_digest_is_that_of_what_is_stored():
    assert digest(FULL) == digest_json(json.loads(canonical(FULL)))
    assert digest(FULL) != digest(replace(FULL, closing="特此报告"))
    assert len(digest(FULL)) == 64


def changed(**values):
    return to_json(FULL) | values


@pytest.mark.parametrize(
    ("value", "place"),
    [
        (None, ""),
        ([], ""),
        ({}, "schema"),
        (changed(schema="other"), "schema"),
        (changed(version=2), "version"),
        (changed(version=True), "version"),
        (changed(title=None), "title"),
        (changed(title="题\x00"), "title"),
        (changed(title="题\ud800"), "title"),
        (changed(signed_on="2026-13-01"), "signed_on"),
        (changed(signed_on="20261205"), "signed_on"),
        (changed(signed_on=20261205), "signed_on"),
        (changed(form="poem"), "form"),
        (changed(form=[]), "form"),
        (changed(is_draft=0), "is_draft"),
        (changed(copies_to="市委"), "copies_to"),
        (changed(copies_to=[1]), "copies_to[0]"),
        (changed(blocks=[{"kind": "song"}]), "blocks[0].kind"),
        (changed(blocks=["文"]), "blocks[0]"),
        (changed(blocks=[{"kind": "paragraph"}]), "blocks[0].text"),
        (changed(blocks=[{"kind": "paragraph", "text": "文", "bold": True}]), "blocks[0]"),
        (changed(blocks=[{"kind": "heading", "level": 9, "text": "题", "run_on": ""}]), "blocks[0]"),
        (changed(surprise=1), ""),
    ],
)
def test_anything_else_is_refused_with_its_place(value, place):
    with pytest.raises(MalformedDocument) as refusal:
        from_json(value)

    assert refusal.value.place == place


def test_row_of_another_length_is_refused():
    value = to_json(FULL)
    value["annexes"][0]["blocks"][0]["rows"][1] = ["1"]

    with pytest.raises(MalformedDocument) as refusal:
        from_json(value)

    assert refusal.value.place == "annexes[0].blocks[0]"


def test_key_that_is_missing_is_named():
    value = to_json(replace(SHORT, signed_on=date(2026, 12, 5)))
    del value["note"]

    with pytest.raises(MalformedDocument, match="note: missing"):
        from_json(value)
