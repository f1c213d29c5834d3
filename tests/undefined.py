"""Make a template of ours fail when it names a variable that is not there; Django would print nothing."""

import sys
from pathlib import Path

from django.template.base import Node

OURS = Path(__file__).resolve().parent.parent / "templates"
# Changed copies of templates that belong to libraries, which rely on variables that may be missing.
BORROWED = ("admin", "import_export", "rest_framework")


class UndefinedVariableError(AssertionError):
    pass


class UndefinedVariable(str):
    """The value of string_if_invalid. Django asks it for `% name` wherever a variable is missing."""

    allowed = False

    def __new__(cls) -> "UndefinedVariable":
        return super().__new__(cls, "%s")

    def __mod__(self, variable: object) -> str:
        template = template_being_rendered()
        if template is not None and not UndefinedVariable.allowed:
            raise UndefinedVariableError(
                f"{template} names {variable}, which is not there. Pass it, or ask with {{% if %}} or {{% firstof %}}."
            )
        return ""


def template_being_rendered() -> str | None:
    """The name of the template of ours that asked, found through the calls that led here."""
    frame = sys._getframe(2)
    while frame is not None:
        node = frame.f_locals.get("self")
        if isinstance(node, Node):
            path = Path(getattr(getattr(node, "origin", None), "name", ""))
            if not path.is_relative_to(OURS) or path.relative_to(OURS).parts[0] in BORROWED:
                return None
            return str(path.relative_to(OURS))
        frame = frame.f_back
    return None
