"""What the tests of import and export share: sheets as people make them, and the way through the two pages."""

from __future__ import annotations

import csv
import html
import re
from io import BytesIO, StringIO
from typing import Any

import openpyxl
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import models
from django.test import Client
from django.urls import reverse

Rows = list[list[Any]]


def address(model: type[models.Model], page: str) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}")


def csv_of(*rows: Any, encoding: str = "utf-8-sig") -> bytes:
    text = StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue().encode(encoding)


def xlsx_of(*rows: Any) -> bytes:
    workbook = openpyxl.Workbook()
    for row in rows:
        workbook.active.append(row)
    stream = BytesIO()
    workbook.save(stream)
    return stream.getvalue()


def rows_of(content: bytes) -> Rows:
    """The cells of a file that was exported, as texts."""
    if content.startswith(b"PK"):
        sheet = openpyxl.load_workbook(BytesIO(content)).active
        return [["" if cell.value is None else str(cell.value) for cell in row] for row in sheet.iter_rows()]
    return list(csv.reader(StringIO(content.decode("utf-8-sig"), newline="")))


def exported(client: Client, model: type[models.Model], made_as: str = "csv", query: str = "") -> bytes:
    response = client.post(address(model, "export") + query, {"format": made_as})
    assert response.status_code == 200
    assert response["Content-Disposition"].startswith("attachment")
    return response.content


def preview(client: Client, model: type[models.Model], content: bytes, name: str = "表.csv") -> dict[str, Any]:
    """What the page says about a file: counts, changes and faults; or ``refused`` with the form's sentences."""
    response = client.post(address(model, "import"), {"file": SimpleUploadedFile(name, content)})
    assert response.status_code == 200
    found = response.context["preview"]
    if found is None:
        return {"refused": response.context["form"].errors["file"]}
    return found


def confirm(client: Client, model: type[models.Model], found: dict[str, Any]) -> Any:
    return client.post(address(model, "process_import"), {"ticket": found["ticket"]}, follow=True)


def imported(client: Client, model: type[models.Model], content: bytes) -> dict[str, Any]:
    """Preview and confirm a file that is expected to be right; returns what was previewed."""
    found = preview(client, model, content)
    assert found.get("faults") == [], found
    assert found["ticket"], found
    response = confirm(client, model, found)
    assert response.redirect_chain, response.context["preview"]
    return found


def counts(found: dict[str, Any]) -> tuple[int, int, int]:
    """How many rows are new, changed and unchanged."""
    return found["new"], found["changed"], found["unchanged"]


def changes(found: dict[str, Any]) -> list[tuple[int, str, str, str]]:
    """The changed cells: row, column, before, after."""
    return [(row["number"], *cell) for row in found["changes"] for cell in row["cells"]]


def faults(found: dict[str, Any]) -> list[tuple[int, str, str]]:
    """Row, column and value of every fault."""
    return [(fault.row, fault.column, fault.value) for fault in found["faults"]]


def words_on(response: Any) -> str:
    """The text of a page without its tags."""
    return html.unescape(re.sub(r"<[^>]*>", "", response.content.decode()))
