"""People and units. The subjects: places (区划, 联席会议), units (单位、沿革), people (人员、任职), the trail (事件)."""

from departments.models.events import Event, EventSeal
from departments.models.people import Posting, User
from departments.models.places import Conference, Jurisdiction
from departments.models.units import Department, DepartmentName, Membership, Succession

__all__ = [
    "Conference",
    "Department",
    "DepartmentName",
    "Event",
    "EventSeal",
    "Jurisdiction",
    "Membership",
    "Posting",
    "Succession",
    "User",
]
