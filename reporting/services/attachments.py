"""Keeping and removing files. The row and the file come and go together."""

from __future__ import annotations

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _

from departments.models import User
from departments.models.events import Action
from departments.services import record
from reporting.models import Attachment, Duty, Progress
from reporting.services.entries import refuse_closed_year
from reporting.services.refusals import WrongState
from reporting.uploads import CheckedUpload

_MOST_FILES = 20


class TooManyFiles(Exception):
    """The entry has as many files as it may have."""


def attach(entry: Progress | Duty, upload: UploadedFile, checked: CheckedUpload, *, by: User) -> Attachment:
    """Store a file that check_upload let pass. Raises WrongState for a locked entry and TooManyFiles.

    Nothing stays on disk when the row cannot be written.
    """
    attachment = Attachment(
        conference_id=entry.conference_id,
        progress=entry if isinstance(entry, Progress) else None,
        duty=entry if isinstance(entry, Duty) else None,
        name=checked.name,
        content_type=checked.content_type,
        size=checked.size,
        sha256=checked.sha256,
        uploaded_by=by,
    )
    try:
        with transaction.atomic():
            locked = _lock(entry)
            if locked.attachments.count() >= _MOST_FILES:
                raise TooManyFiles(_("每条最多%(most)d个附件。") % {"most": _MOST_FILES})
            attachment.file.save(checked.name, upload, save=False)
            attachment.save(force_insert=True)
            _record(entry, Action.ATTACH, by=by, attachment=attachment)
    except BaseException:
        # Around the commit as well: references are checked only then.
        if attachment.file:
            attachment.file.delete(save=False)
        raise
    return attachment


@transaction.atomic
def detach(attachment: Attachment, *, by: User) -> None:
    """Remove the row, and the file as soon as that is certain.

    Raises WrongState for a locked entry and for the second of two clicks.
    """
    entry = attachment.entry
    _lock(entry)
    stored, storage = str(attachment.file.name), attachment.file.storage
    removed, _models = Attachment.objects.filter(pk=attachment.pk).delete()
    if not removed:
        raise WrongState(_("这个附件已经删除。"))
    _record(entry, Action.DETACH, by=by, attachment=attachment)
    transaction.on_commit(lambda: storage.delete(stored))


def _lock(entry: Progress | Duty) -> Progress | Duty:
    """The entry's row, held until the transaction ends, so that nobody submits it half-way."""
    locked = type(entry)._default_manager.select_for_update().get(pk=entry.pk)
    refuse_closed_year(locked)
    if not locked.is_editable:
        raise WrongState(_("这一条已经提交，现在不能增减附件；如需修改请先撤回。"))
    return locked


def _record(entry: Progress | Duty, action: str, *, by: User, attachment: Attachment) -> None:
    record(
        entry,
        action,
        by=by,
        conference=entry.conference_id,
        department=entry.department_id,
        before=entry.state,
        after=entry.state,
        detail={"name": attachment.name, "sha256": attachment.sha256, "size": attachment.size},
    )
