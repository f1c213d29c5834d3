"""Files: up, down, away. A file leaves only through ``attachment``, for whoever may read the text beside it."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from reporting.forms.attachments import UploadForm
from reporting.models import Attachment, Duty, Progress
from reporting.permissions import can_write
from reporting.services.attachments import TooManyFiles, attach, detach
from reporting.services.refusals import WrongState
from reporting.views.downloads import stored
from reporting.views.entries import duty_for, page_with_upload, progress_for


@require_POST
def progress_attach(request: HttpRequest, pk: int) -> HttpResponse:
    return _attach(request, progress_for(request, pk))


@require_POST
def duty_attach(request: HttpRequest, pk: int) -> HttpResponse:
    return _attach(request, duty_for(request, pk))


def _attach(request: HttpRequest, entry: Progress | Duty) -> HttpResponse:
    if not can_write(request.user, entry):
        raise PermissionDenied
    form = UploadForm(request.POST, request.FILES)
    if not form.is_valid():
        return page_with_upload(request, entry, form)
    try:
        attach(entry, form.cleaned_data["file"], form.checked, by=request.user)
    except (WrongState, TooManyFiles) as refused:
        form.add_error("file", str(refused))
        return page_with_upload(request, entry, form)
    messages.success(request, _("已上传附件：%(name)s") % {"name": form.checked.name})
    return redirect(f"reporting:{entry._meta.model_name}", entry.pk)


@require_safe
def attachment(request: HttpRequest, key: UUID) -> HttpResponseBase:
    row = get_object_or_404(Attachment.objects.visible_to(request.user), key=key)
    return stored(row.file, row.name, row.content_type)


@require_POST
def attachment_delete(request: HttpRequest, key: UUID) -> HttpResponse:
    row = get_object_or_404(Attachment.objects.visible_to(request.user).select_related("progress", "duty"), key=key)
    entry = row.entry
    if not can_write(request.user, entry):
        raise PermissionDenied
    try:
        detach(row, by=request.user)
    except WrongState as wrong:
        messages.error(request, str(wrong))
    else:
        messages.success(request, _("已删除附件：%(name)s") % {"name": row.name})
    return redirect(f"reporting:{entry._meta.model_name}", entry.pk)
