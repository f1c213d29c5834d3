"""The year: what is owed (duties), what was done (progress), what was sent (notices), and how it changes plans."""

from reporting.models.adoptions import Adoption, Carry
from reporting.models.attachments import Attachment
from reporting.models.entries import Duty, Figure, Progress
from reporting.models.notices import Mail, Notice, Reminder, Urge
from reporting.models.years import Heartbeat, WorkDay, Year

__all__ = [
    "Adoption",
    "Attachment",
    "Carry",
    "Duty",
    "Figure",
    "Heartbeat",
    "Mail",
    "Notice",
    "Progress",
    "Reminder",
    "Urge",
    "WorkDay",
    "Year",
]
