"""Plans that list duties by department: the heading is a unit, and what stands beneath is what it leads."""

from __future__ import annotations

import re
from collections import defaultdict

from .names import split_names
from .numerals import fold
from .outline import Node
from .units import is_unit_heading

_DUTIES = re.compile(r"职责|分工|责任|任务")


def lead_by_heading(nodes: list[Node]) -> dict[str, list[str]]:
    """Path of each clause that a unit's heading makes its own, with the names of that heading as written.

    A heading counts if it can only be the name of units, and if either the heading above speaks of duties or most
    of the headings beside it are units as well. One unit's name alone proves nothing.
    """
    siblings: dict[tuple[int, str], list[Node]] = defaultdict(list)
    names: dict[int, list[str]] = {}
    for node in nodes:
        if node.label is None or node.label.value is None:
            continue
        siblings[id(node.parent), node.label.family].append(node)
        if found := _unit_names(node.clause.heading):
            names[id(node)] = found
    owners: dict[int, list[str]] = {}
    for group in siblings.values():
        owning = [node for node in group if id(node) in names]
        above = group[0].parent.clause.heading if group[0].parent else ""
        if (len(owning) >= 2 and len(owning) * 2 >= len(group)) or (owning and _DUTIES.search(above)):
            owners |= {id(node): names[id(node)] for node in owning}
    leads: dict[str, list[str]] = {}
    inherited: dict[int, list[str]] = {}
    for node in nodes:
        own = owners.get(id(node)) or (inherited.get(id(node.parent)) if node.parent else None)
        if not own:
            continue
        inherited[id(node)] = own
        if node.clause.text:
            leads[node.clause.path] = own
    return leads


def _unit_names(heading: str) -> list[str]:
    plain = fold(heading).strip().rstrip("。.:")
    if not 2 < len(plain) <= 80 or re.search(r"[,;。]", plain):
        return []
    depth, masked = 0, []
    for character in plain:
        depth += character == "("
        masked.append("\0" if depth else character)
        depth -= character == ")" and depth > 0
    pieces = [heading.strip()[begin:end].strip() for begin, end, _ in split_names("".join(masked))]
    return pieces if pieces and all(is_unit_heading(piece) for piece in pieces) else []
