"""Numbers of people in a file that is handed in: left out where a plan's table has them by custom, refused elsewhere."""

from __future__ import annotations

from django.utils.translation import gettext as _

from departments.sensitive import KIND_NAMES, find_sensitive
from measures.sheets import Role, find_layouts
from measures.sources import Source

# Columns in which responsibility tables name whom to call; a plan does not take them over.
_CONTACTS = frozenset({Role.CONTACT, Role.PERSON, Role.LEADER})
_MOST_PLACES = 20


class Refused(Exception):
    """The file is not taken: nothing of it was stored. The message is for people."""


def leave_out_contacts(source: Source) -> bool:
    """Empty the cells of contact columns that hold numbers of people; returns whether there were any.

    The columns are found by their headers. What stands in any other place is left for ``refuse_people``.
    """
    if not any(_has_numbers(sheet.rows) for sheet in source.sheets):
        return False
    columns = {
        layout.sheet: [column.index for column in layout.columns if column.role in _CONTACTS]
        for layout in find_layouts(source.sheets)
    }
    found = False
    for sheet in source.sheets:
        for row in sheet.rows:
            for column in columns.get(sheet.name, ()):
                if column < len(row) and row[column] and find_sensitive(row[column]):
                    row[column] = ""
                    found = True
    return found


def refuse_people(source: Source) -> None:
    """Raise Refused for a file with numbers of people in it, naming each place where one stands."""
    places = []
    if found := find_sensitive(source.text):
        places.append(_("文字里疑似有%(numbers)s") % {"numbers": "、".join(dict.fromkeys(map(str, found[:5])))})
    for sheet in source.sheets:
        # The whole sheet at once first: nearly none has any.
        if not _has_numbers(sheet.rows):
            continue
        for number, row in enumerate(sheet.rows):
            for column, cell in enumerate(row):
                if cell and (found := find_sensitive(cell)):
                    kinds = "、".join(dict.fromkeys(str(KIND_NAMES[one.kind]) for one in found))
                    places.append(
                        _("工作表「%(sheet)s」%(cell)s 有%(kinds)s")
                        % {"sheet": sheet.name, "cell": cell_name(number, column), "kinds": kinds}
                    )
    if places:
        shown = "；".join(places[:_MOST_PLACES])
        raise Refused(_("文件里有个人号码，没有保存：%(places)s。请删除后再导入。") % {"places": shown})


def cell_name(row: int, column: int) -> str:
    """「B7」 of a 0-based row and column."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return f"{letters}{row + 1}"


def _has_numbers(rows: list[list[str]]) -> bool:
    return bool(find_sensitive("\n".join("\n".join(row) for row in rows)))
