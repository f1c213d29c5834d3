"""The year: what is owed (duties), what was done (progress), what was sent (notices), what is reported and how it ends."""

from reporting.models.adoptions import Adoption, Carry
from reporting.models.assessments import (
    Assessment,
    AssessmentResult,
    Circular,
    Criterion,
    Supervision,
    SupervisionStep,
)
from reporting.models.attachments import Attachment
from reporting.models.cooperation import FirstLead, InputRequest, UnitSetting
from reporting.models.entries import Duty, Progress
from reporting.models.extensions import Extension
from reporting.models.figures import Figure, FigureSheet, Indicator, IndicatorUnit
from reporting.models.handovers import Handover
from reporting.models.jobs import Job
from reporting.models.meetings import Attendance, Meeting
from reporting.models.notices import Mail, Notice, Reminder, Urge
from reporting.models.reports import AnnualReport, Filing, ReportSection
from reporting.models.years import Heartbeat, WorkDay, Year

__all__ = [
    "Adoption",
    "AnnualReport",
    "Assessment",
    "AssessmentResult",
    "Attachment",
    "Attendance",
    "Carry",
    "Circular",
    "Criterion",
    "Duty",
    "Extension",
    "Figure",
    "FigureSheet",
    "Filing",
    "FirstLead",
    "Handover",
    "Heartbeat",
    "Indicator",
    "IndicatorUnit",
    "InputRequest",
    "Job",
    "Mail",
    "Meeting",
    "Notice",
    "Progress",
    "Reminder",
    "ReportSection",
    "Supervision",
    "SupervisionStep",
    "UnitSetting",
    "Urge",
    "WorkDay",
    "Year",
]
