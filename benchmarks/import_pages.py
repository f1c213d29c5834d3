"""The pages of an import and of a comparison, with many clauses and with many questions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from benchmarks.figures import Figure, counted, once, timed
from benchmarks.texts import Task, chinese, document, edited, make_tasks, unit_names, workbook

UNITS = 170
PER_PAGE = 50


def pages(times: int, clauses: int) -> Iterator[Figure]:
    """With ``clauses`` and with a tenth of them: the number of queries is to be the same."""
    measured: dict[str, list[tuple[float, int]]] = {}
    for number in (clauses // 10, clauses):
        for name, seconds, queries in _of_plan(number, times):
            measured.setdefault(name, []).append((seconds, queries))
    for name, ((few_seconds, few), (seconds, many)) in measured.items():
        yield Figure(
            f"{name}, {clauses} clauses",
            seconds,
            many,
            aim=0.15,
            other=f"with {clauses // 10}: {few_seconds * 1000:.0f} ms, {few} queries",
            limit="queries do not grow",
            is_missed=many > few,
        )


def _of_plan(clauses: int, times: int) -> Iterator[tuple[str, float, int]]:
    from benchmarks.places import make_place, signed_in
    from reporting.services.publication import publish_plan

    names = unit_names(UNITS)
    place = make_place(names)
    client = signed_in(place.administrator)
    tasks = make_tasks(clauses, names, clauses * 6)
    publish_plan(place.receive(document(tasks)), by=place.administrator)
    changed = edited(tasks, names)
    row = place.receive(document(changed), "next.txt")
    # One clause in ten names a unit that nobody knows.
    strange = document(_led_by(changed, [f"市第{chinese(unit)}协调局" for unit in range(1, clauses // 10 + 1)]))
    asked, answered = place.receive(strange, "asked.txt"), place.settle(place.receive(strange + "\n", "answered.txt"))
    for name, address in (
        ("Preview page", f"/plans/imports/{row.pk}/preview/"),
        ("Import page", f"/plans/imports/{row.pk}/"),
        ("Import page with an unknown unit in every tenth clause", f"/plans/imports/{asked.pk}/"),
        ("Import page, these answered", f"/plans/imports/{answered.pk}/"),
        ("Changes page of an import", f"/plans/imports/{row.pk}/changes/"),
        ("Changes page of an import, unchanged clauses", f"/plans/imports/{row.pk}/changes/?kind=same"),
    ):
        yield name, *_page(client, address, times)
    version = publish_plan(row, by=place.administrator).version
    yield "Changes page of a version", *_page(client, f"/plans/{version.pk}/changes/", times)


def questions(times: int, unknown: int) -> Iterator[Figure]:
    """A table with so many units that nobody knows, in a registry of half as many names."""
    from benchmarks.places import make_place, signed_in
    from departments.nearest import nearest
    from departments.registry import Registry
    from measures.models import Question
    from reporting.services.publication import publish_plan

    names = unit_names(unknown // 2)
    place = make_place(names)
    strange = [f"{name}{more}" for more in ("分队", "支队") for name in names]
    data = workbook(_led_by(make_tasks(unknown, names, unknown * 3), strange))
    rows: list[Any] = []
    with counted() as queries:
        seconds = once(lambda: rows.append(place.receive(data, "unknown.xlsx")))
    [row] = rows
    asked = Question.objects.filter(plan_import=row).count()
    yield Figure(f"Stage a table with {unknown:,} unknown units", seconds, queries[0], other=f"{asked:,} questions")

    registry = Registry.of(place.conference)
    on_page = strange[:: max(1, len(strange) // PER_PAGE)][:PER_PAGE]
    yield Figure(
        f"Nearest units for a page of {len(on_page)} questions, a registry of {len(registry.names):,} names",
        timed(lambda: [nearest(registry, name) for name in on_page], times),
        aim=0.15,
    )
    client = signed_in(place.administrator)
    seconds, many = _page(client, f"/plans/imports/{row.pk}/", times)
    yield Figure("Import page with all of these questions", seconds, many)
    with counted() as queries:
        seconds = once(lambda: rows.append(place.settle(row)))
    yield Figure(f"Answer {unknown:,} questions at once", seconds, queries[0])
    with counted() as queries:
        seconds = once(lambda: publish_plan(rows[-1], by=place.administrator))
    yield Figure(f"Publish it, registering {unknown:,} units", seconds, queries[0])


def _led_by(tasks: list[Task], strange: list[str]) -> list[Task]:
    """The first tasks with these units for their leads."""
    led = [replace(task, lead=(unit,)) for task, unit in zip(tasks, strange, strict=False)]
    return led + tasks[len(led) :]


def _page(client: Any, address: str, times: int) -> tuple[float, int]:
    def get() -> None:
        response = client.get(address)
        assert response.status_code == 200, (address, response)

    get()
    with counted() as queries:
        get()
    return timed(get, times), queries[0]
