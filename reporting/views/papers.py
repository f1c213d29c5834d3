"""Answers that the papers of an office share: what autosave reads, a Word file, the page to print."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from reporting.content_types import DOCX
from reporting.documents.content import Document
from reporting.documents.page import page_of
from reporting.documents.word import to_docx
from reporting.views.downloads import download


def kept(version: int) -> HttpResponse:
    """What was typed is stored, as this version."""
    response = HttpResponse(status=204)
    response["X-Lock-Version"] = str(version)
    return response


def plain(text: str, status: int) -> HttpResponse:
    """A sentence for autosave.js."""
    return HttpResponse(text, status=status, content_type="text/plain; charset=utf-8")


def again(form: Any, **values: Any) -> Any:
    """The form with what was typed, which builds from here on what is stored now (``values`` of hidden fields)."""
    form.data = form.data.copy()
    for name, value in values.items():
        form.data[name] = str(value)
    return form


def first_error(form: Any) -> str:
    return str(next(iter(form.errors.values()))[0])


def word_file(document: Document, name: str) -> HttpResponse:
    return download(to_docx(document), f"{name[:80]}.docx", DOCX)


def print_page(request: HttpRequest, document: Document, *, back: str, word: str) -> HttpResponse:
    """The document as it is printed, with the ways back and to the Word file."""
    context = {
        "title": document.title.replace("\n", ""),
        "document": page_of(document),
        "back_url": back,
        "word_url": word,
    }
    return render(request, "reporting/official_page.html", context)
