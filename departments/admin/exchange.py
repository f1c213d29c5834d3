"""Import and export on the pages of the administration, through django-import-export.

Its own two views keep an upload in a file of the machine and let whoever confirms name that file. Here the upload
travels with its preview, signed for the person who sees it: nothing is kept anywhere, any machine may answer, and what
is confirmed is what was shown.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin.options import IncorrectLookupParameters
from django.core import signing
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, models
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST
from import_export.admin import ExportMixin, ImportExportMixin
from import_export.results import RowResult

from departments.access import access_of
from departments.admin.base import ScopedModelAdmin, home_conference, scoped_admin
from departments.admin.changes import words
from departments.models import Event, User
from departments.models.events import Action
from departments.resources.base import Change, PreviewOutdated, SheetResource, SheetResult
from departments.resources.formats import CSV, XLSX, Sheet, read_sheet
from departments.resources.limits import MOST_BYTES, MOST_ROWS, FileRefused
from departments.services import current_address

_SALT = "departments.admin.exchange"
# How long a preview can be confirmed.
_LASTS = 2 * 60 * 60
# A page of many thousand rows helps nobody; the numbers above the table count all of them.
_SHOWN = 1000


class AdminScope:
    """What one person sees and may change on the pages of the administration (departments.resources.base.Scope)."""

    def __init__(self, page: ScopedModelAdmin, request: HttpRequest, file_name: str = "", digest: str = "") -> None:
        assert isinstance(request.user, User)  # noqa: S101 - nobody else passes TrackerAdminSite.has_permission
        self.person = request.user
        self.administers_all = access_of(request.user).administers_all
        self._page, self._request = page, request
        self._file_name, self._digest = file_name, digest
        self._events: list[tuple[Change, int]] = []

    def _page_of(self, model: type[models.Model]) -> Any:
        page = scoped_admin(self._page, model)
        if page is None:
            raise LookupError(f"{model._meta.label} has no page")
        return page

    def seen(self, model: type[models.Model]) -> models.QuerySet[Any]:
        rows: models.QuerySet[Any] = self._page_of(model).get_queryset(self._request)
        return rows

    def choices(self, model: type[models.Model]) -> models.QuerySet[Any]:
        rows: models.QuerySet[Any] = self._page_of(model).choices(self._request)
        return rows

    def changeable(self, rows: Iterable[models.Model]) -> set[int]:
        rows = list(rows)
        return self._page_of(type(rows[0])).changeable(self._request, rows) if rows else set()

    def reason(self, number: int) -> str:
        # Like all that is kept, in Chinese, whatever language the person reads.
        return f"由文件「{self._file_name[:100]}」第 {number} 行导入（SHA-256 {self._digest}）"

    def record(self, change: Change, number: int) -> None:
        self._events.append((change, number))

    def write_events(self) -> None:
        """Append the events of the whole import at once, as ``ScopedModelAdmin.record_event`` does for one row."""
        home = home_conference(self.person) if self._events else None
        Event.objects.bulk_create(
            Event(
                conference=change.conference or getattr(change.row, "conference", None) or home,
                department=change.department,
                actor=self.person,
                address=current_address.get(),
                action=Action.ADMINISTER,
                object_type=change.row._meta.label_lower,
                object_id=change.row.pk,
                title=str(change.row)[:200],
                reason=self.reason(number),
                detail=_detail(change),
            )
            for change, number in self._events
        )
        self._events = []


def _detail(change: Change) -> dict[str, Any]:
    """The shape that departments.admin.changes gives an event."""
    return {
        "act": change.act,
        "fields": {name: [words(before), words(after)] for name, (before, after) in change.fields.items()},
        "rows": [
            {"model": row.row._meta.label_lower, "title": str(row.row)[:200], **_detail(row)} for row in change.rows
        ],
    }


# --- Forms --------------------------------------------------------------------------------------------------------


class UploadForm(forms.Form):
    file = forms.FileField(
        label=gettext_lazy("文件"),
        widget=forms.FileInput(attrs={"accept": ".xlsx,.csv"}),
        allow_empty_file=True,
        error_messages={"required": gettext_lazy("请先选择文件。")},
    )

    def clean_file(self) -> Any:
        upload = self.cleaned_data["file"]
        if upload.size > MOST_BYTES:
            raise ValidationError(_("文件超过 %(limit)d MB，请拆分后分次导入。") % {"limit": MOST_BYTES // 1024**2})
        self.content = upload.read()
        try:
            self.sheet = read_sheet(self.content)
        except FileRefused as refused:
            raise ValidationError(str(refused)) from None
        return upload


class ExportForm(forms.Form):
    format = forms.ChoiceField(
        label=gettext_lazy("格式"),
        widget=forms.RadioSelect,
        initial="xlsx",
        choices=[("xlsx", gettext_lazy("Excel（xlsx）")), ("csv", gettext_lazy("CSV（UTF-8，可用 Excel 打开）"))],
        error_messages={"required": gettext_lazy("请选择格式。")},
    )


# --- Export -------------------------------------------------------------------------------------------------------


class ExportPage(ExportMixin):
    """Mix in before ScopedModelAdmin: the list, as it is filtered, in a file. Set ``resource_classes`` to one sheet."""

    import_export_change_list_template = "admin/import_export/change_list_import_export.html"
    # What the sheet holds; the name of the list, unless it says otherwise.
    sheet_name: Any = ""
    export_note: Any = ""

    def has_export_permission(self, request: HttpRequest) -> bool:
        return bool(self.has_view_permission(request))  # type: ignore[attr-defined]

    def sheet(self, request: HttpRequest, file_name: str = "", digest: str = "") -> SheetResource:
        made: SheetResource = self.resource_classes[0](AdminScope(self, request, file_name, digest))  # type: ignore[type-var]
        return made

    def sheet_title(self) -> str:
        return str(self.sheet_name or self.opts.verbose_name_plural)  # type: ignore[attr-defined]

    def exported_rows(self, request: HttpRequest) -> Any:
        """The rows of the list, as the address filters it."""
        return self.get_export_queryset(request)

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        # Where the sheet is not of the rows of the list, the buttons say what it is of.
        return super().changelist_view(request, {"sheet_name": self.sheet_name, **(extra_context or {})})

    def export_action(self, request: HttpRequest) -> HttpResponse:
        if not self.has_export_permission(request):
            raise PermissionDenied
        try:
            rows = self.exported_rows(request)
        except IncorrectLookupParameters:
            return HttpResponseRedirect(request.path)
        form = ExportForm(request.POST or None)
        if form.is_valid():
            try:
                return self._file(request, XLSX() if form.cleaned_data["format"] == "xlsx" else CSV(), rows)
            except FileRefused as refused:
                form.add_error(None, str(refused))
        context = {
            **self.admin_site.each_context(request),  # type: ignore[attr-defined]
            "title": _("导出%(rows)s") % {"rows": self.sheet_title()},
            "opts": self.opts,  # type: ignore[attr-defined]
            "form": form,
            "columns": [str(column.column_name) for column in self.sheet(request).columns.values()],
            "note": self.export_note,
            "number": rows.count(),
            "media": self.media,  # type: ignore[attr-defined]
        }
        return TemplateResponse(request, "admin/import_export/export.html", context)

    def _file(self, request: HttpRequest, made_as: XLSX | CSV, rows: Any) -> HttpResponse:
        content = made_as.export_data(self.sheet(request).export(rows))
        name = f"{self.sheet_title()}-{timezone.localdate().isoformat()}.{made_as.get_extension()}"
        response = HttpResponse(content, content_type=made_as.get_content_type())
        response["Content-Disposition"] = content_disposition_header(True, name)
        return response


# --- Import -------------------------------------------------------------------------------------------------------


class ExchangePage(ExportPage, ImportExportMixin):
    """Mix in before ScopedModelAdmin: export, and import with a preview that is confirmed."""

    # What people should know before they choose a file, as sentences.
    import_notes: tuple[Any, ...] = ()

    def has_import_permission(self, request: HttpRequest) -> bool:
        return bool(self.has_add_permission(request) and self.has_change_permission(request))  # type: ignore[attr-defined]

    def changeable(self, request: HttpRequest, rows: list[Any]) -> set[int]:
        """Those of ``rows``, by their keys, that the person may change; rows come with all that this asks."""
        return {row.pk for row in rows if self.has_change_permission(request, row)}  # type: ignore[attr-defined]

    def import_action(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Choose a file; see all that is wrong with it, or all that it would change."""
        if not self.has_import_permission(request):
            raise PermissionDenied
        form = UploadForm(request.POST, request.FILES) if request.method == "POST" else UploadForm()
        if request.method != "POST" or not form.is_valid():
            return self._page(request, form)
        faults = self.sheet(request).header_faults(form.sheet.headers)
        if faults:
            for fault in faults:
                form.add_error("file", fault)
            return self._page(request, form)
        return self._preview(request, form, form.sheet, form.cleaned_data["file"].name, form.content)

    def _preview(
        self, request: HttpRequest, form: UploadForm, sheet: Sheet, file_name: str, content: bytes
    ) -> HttpResponse:
        result: SheetResult = self.sheet(request).import_data(
            sheet, dry_run=True, rollback_on_validation_errors=True, retain_instance_in_row_result=True
        )
        ticket = ""
        if result.is_clean() and result.changes:
            told = {
                "person": request.user.pk,
                "model": self.opts.label,  # type: ignore[attr-defined]
                "name": file_name,
                "content": base64.b64encode(content).decode(),
                "digest": result.digest(),
            }
            ticket = signing.dumps(told, salt=_SALT, compress=True)
        counts = result.totals
        preview = {
            "file_name": file_name,
            "ticket": ticket,
            "new": counts[RowResult.IMPORT_TYPE_NEW],
            "changed": counts[RowResult.IMPORT_TYPE_UPDATE],
            "unchanged": counts[RowResult.IMPORT_TYPE_SKIP],
            "changes": [_told(row) for row in result.changes[:_SHOWN]] if result.is_clean() else [],
            "faults": result.faults[:_SHOWN],
            "fault_count": len(result.faults),
            "errors": [_said(error.error) for error in result.base_errors],
            "shown": _SHOWN,
            "is_cut": max(len(result.changes), len(result.faults)) > _SHOWN,
        }
        return self._page(request, form, preview)

    def _page(self, request: HttpRequest, form: UploadForm, preview: dict[str, Any] | None = None) -> HttpResponse:
        context = {
            **self.admin_site.each_context(request),  # type: ignore[attr-defined]
            "title": _("导入%(rows)s") % {"rows": self.sheet_title()},
            "opts": self.opts,  # type: ignore[attr-defined]
            "form": form,
            "preview": preview,
            "columns": [column for column in self.sheet(request).columns.values() if not column.is_fact],
            "notes": self.import_notes,
            "limits": {"megabytes": MOST_BYTES // 1024**2, "rows": MOST_ROWS},
            "media": self.media,  # type: ignore[attr-defined]
            "has_export_permission": self.has_export_permission(request),
        }
        return TemplateResponse(request, "admin/import_export/import.html", context)

    @method_decorator(require_POST)
    def process_import(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Do what the preview showed, if that is still what would happen; check everything anew."""
        if not self.has_import_permission(request):
            raise PermissionDenied
        names = (self.opts.app_label, self.opts.model_name)  # type: ignore[attr-defined]
        again = HttpResponseRedirect(reverse("admin:{}_{}_import".format(*names)))
        try:
            told = signing.loads(request.POST.get("ticket", ""), salt=_SALT, max_age=_LASTS)
        except signing.BadSignature:
            told = {}
        if (told.get("person"), told.get("model")) != (request.user.pk, self.opts.label):  # type: ignore[attr-defined]
            messages.error(request, _("预览已过期，没有导入任何内容。请重新选择文件。"))
            return again
        content = base64.b64decode(told["content"])
        resource = self.sheet(request, told["name"], hashlib.sha256(content).hexdigest())
        resource.previewed = told["digest"]
        result: SheetResult = resource.import_data(
            read_sheet(content), dry_run=False, rollback_on_validation_errors=True, retain_instance_in_row_result=True
        )
        if not result.is_clean():
            for error in result.base_errors:
                messages.error(request, _said(error.error))
            return self._preview(request, UploadForm(), read_sheet(content), told["name"], content)
        counts = result.totals
        messages.success(
            request,
            _("已导入「%(file)s」：新增 %(new)d 行，修改 %(changed)d 行，不变 %(unchanged)d 行。")
            % {
                "file": told["name"],
                "new": counts[RowResult.IMPORT_TYPE_NEW],
                "changed": counts[RowResult.IMPORT_TYPE_UPDATE],
                "unchanged": counts[RowResult.IMPORT_TYPE_SKIP],
            },
        )
        return HttpResponseRedirect(reverse("admin:{}_{}_changelist".format(*names)))


def _told(row: Any) -> dict[str, Any]:
    """One row of the preview: what is filled in where it is new, what changes where it is not."""
    is_new = row.import_type == RowResult.IMPORT_TYPE_NEW
    return {
        "number": row.number,
        "is_new": is_new,
        "title": str(row.instance),
        "cells": [cell for cell in row.diff if (cell.after if is_new else cell.is_changed)],
    }


def _said(error: Exception) -> str:
    if isinstance(error, PreviewOutdated):
        return _("没有导入任何内容：预览之后数据有变化。请核对下面的新预览，再确认一次。")
    if isinstance(error, IntegrityError):
        return _("与已有的记录冲突，没有导入任何内容。请核对后重新导入。")
    return " ".join(error.messages) if isinstance(error, ValidationError) else str(error)
