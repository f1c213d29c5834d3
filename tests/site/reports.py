"""Annual reports: compiled from the entries, written in sections, filed and frozen; and how the districts report."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.urls import reverse

from measures.enums import ObligationKind
from reporting.forms.reports import ReportForm
from reporting.models import AnnualReport, Duty, Filing, ReportSection
from reporting.services.filing import file_away
from reporting.services.report_handing_in import stamp_of
from reporting.services.reports import conference_report_for, report_for
from tests.factories import DutyFactory

if TYPE_CHECKING:
    from tests.ledger import Ledger
    from tests.world import World

# lead_report is being written; coop_report, county_own_report and abroad_report are filed; city_report answers to nobody
# above. lead_old_filing was taken back: it is the unit's alone.
TABLE = """
                                                           anonymous stranger lead coop outside head staff officehead district dliaison dauditor xliaison xoffice admin auditor super
reporting:conference_report        city_year          GET  in        .        .    .    .       .    200   200        .        .        .        .        .       .     200     .
reporting:conference_report        county_year        GET  in        .        .    .    .       .    .     .          200      .        200      .        .       .     .       .
reporting:conference_report        abroad_year        GET  in        .        .    .    .       .    .     .          .        .        .        .        200     .     .       .
reporting:conference_report        city_year          POST in        .        .    .    .       .    409   409        .        .        .        .        .       .     403     .
reporting:conference_report        county_year        POST in        .        .    .    .       .    .     .          409      .        403      .        .       .     .       .
reporting:conference_report        abroad_year        POST in        .        .    .    .       .    .     .          .        .        .        .        409     .     .       .
reporting:districts                city_year          GET  in        .        .    .    .       .    200   200        .        .        .        .        .       .     200     .
reporting:districts                county_year        GET  in        .        .    .    .       .    .     .          200      .        200      .        .       .     .       .
reporting:districts                abroad_year        GET  in        .        .    .    .       .    .     .          .        .        .        .        200     .     .       .
reporting:report                   lead_report        GET  in        .        302  .    .       302  .     .          .        .        .        .        .       .     .       .
reporting:report                   coop_report        GET  in        .        .    302  .       .    302   302        .        .        .        .        .       .     302     .
reporting:report                   city_report        GET  in        .        .    .    .       .    302   302        .        .        .        .        .       .     302     .
reporting:report                   county_own_report  GET  in        .        .    .    .       .    302   302        302      .        302      .        .       .     302     .
reporting:report                   abroad_report      GET  in        .        .    .    .       .    .     .          .        .        .        302      302     .     .       .
reporting:report                   lead_report        POST in        .        422  .    .       403  .     .          .        .        .        .        .       .     .       .
reporting:report                   coop_report        POST in        .        .    409  .       .    403   403        .        .        .        .        .       .     403     .
reporting:report                   city_report        POST in        .        .    .    .       .    422   422        .        .        .        .        .       .     403     .
reporting:report                   county_own_report  POST in        .        .    .    .       .    403   403        409      .        403      .        .       .     403     .
reporting:report                   abroad_report      POST in        .        .    .    .       .    .     .          .        .        .        409      403     .     .       .
reporting:report_autosave          lead_report        POST in        .        422  .    .       403  .     .          .        .        .        .        .       .     .       .
reporting:report_autosave          coop_report        POST in        .        .    422  .       .    403   403        .        .        .        .        .       .     403     .
reporting:report_autosave          city_report        POST in        .        .    .    .       .    422   422        .        .        .        .        .       .     403     .
reporting:report_autosave          county_own_report  POST in        .        .    .    .       .    403   403        422      .        403      .        .       .     403     .
reporting:report_autosave          abroad_report      POST in        .        .    .    .       .    .     .          .        .        .        422      403     .     .       .
reporting:report_section           city_section       GET  in        .        .    .    .       .    200   200        .        .        .        .        .       .     200     .
reporting:report_section           county_section     GET  in        .        .    .    .       .    .     .          200      .        200      .        .       .     .       .
reporting:report_section           city_section       POST in        .        .    .    .       .    422   422        .        .        .        .        .       .     403     .
reporting:report_section           county_section     POST in        .        .    .    .       .    .     .          409      .        403      .        .       .     .       .
reporting:report_section_autosave  city_section       POST in        .        .    .    .       .    422   422        .        .        .        .        .       .     403     .
reporting:report_section_autosave  county_section     POST in        .        .    .    .       .    .     .          422      .        403      .        .       .     .       .
reporting:report_compile           lead_report        POST in        .        302  .    .       403  .     .          .        .        .        .        .       .     .       .
reporting:report_compile           coop_report        POST in        .        .    302  .       .    403   403        .        .        .        .        .       .     403     .
reporting:report_compile           city_report        POST in        .        .    .    .       .    302   302        .        .        .        .        .       .     403     .
reporting:report_compile           county_own_report  POST in        .        .    .    .       .    403   403        302      .        403      .        .       .     403     .
reporting:report_compile           abroad_report      POST in        .        .    .    .       .    .     .          .        .        .        302      403     .     .       .
reporting:report_restore           lead_report        POST in        .        .    .    .       403  .     .          .        .        .        .        .       .     .       .
reporting:report_restore           coop_report        POST in        .        .    .    .       .    403   403        .        .        .        .        .       .     403     .
reporting:report_restore           city_report        POST in        .        .    .    .       .    .     .          .        .        .        .        .       .     403     .
reporting:report_restore           county_own_report  POST in        .        .    .    .       .    403   403        .        .        403      .        .       .     403     .
reporting:report_restore           abroad_report      POST in        .        .    .    .       .    .     .          .        .        .        .        403     .     .       .
reporting:report_preview           lead_report        GET  in        .        200  .    .       200  .     .          .        .        .        .        .       .     .       .
reporting:report_preview           coop_report        GET  in        .        .    200  .       .    200   200        .        .        .        .        .       .     200     .
reporting:report_preview           city_report        GET  in        .        .    .    .       .    200   200        .        .        .        .        .       .     200     .
reporting:report_preview           county_own_report  GET  in        .        .    .    .       .    200   200        200      .        200      .        .       .     200     .
reporting:report_preview           abroad_report      GET  in        .        .    .    .       .    .     .          .        .        .        200      200     .     .       .
reporting:report_word              lead_report        GET  in        .        200  .    .       200  .     .          .        .        .        .        .       .     .       .
reporting:report_word              coop_report        GET  in        .        .    302  .       .    302   302        .        .        .        .        .       .     302     .
reporting:report_word              city_report        GET  in        .        .    .    .       .    200   200        .        .        .        .        .       .     200     .
reporting:report_word              county_own_report  GET  in        .        .    .    .       .    302   302        302      .        302      .        .       .     302     .
reporting:report_word              abroad_report      GET  in        .        .    .    .       .    .     .          .        .        .        302      302     .     .       .
reporting:report_job               lead_report        POST in        .        .    .    .       403  .     .          .        .        .        .        .       .     .       .
reporting:report_job               coop_report        POST in        .        .    .    .       .    403   403        .        .        .        .        .       .     403     .
reporting:report_job               city_report        POST in        .        .    .    .       .    302   302        .        .        .        .        .       .     403     .
reporting:report_job               county_own_report  POST in        .        .    .    .       .    403   403        302      .        403      .        .       .     403     .
reporting:report_job               abroad_report      POST in        .        .    .    .       .    .     .          .        .        .        .        403     .     .       .
reporting:report_file              lead_report        POST in        .        409  .    .       403  .     .          .        .        .        .        .       .     .       .
reporting:report_file              coop_report        POST in        .        .    302  .       .    403   403        .        .        .        .        .       .     403     .
reporting:report_file              city_report        POST in        .        .    .    .       .    403   409        .        .        .        .        .       .     403     .
reporting:report_file              county_own_report  POST in        .        .    .    .       .    403   403        302      .        403      .        .       .     403     .
reporting:report_file              abroad_report      POST in        .        .    .    .       .    .     .          .        .        .        302      403     .     .       .
reporting:report_reopen            lead_report        POST in        .        403  .    .       403  .     .          .        .        .        .        .       .     .       .
reporting:report_reopen            coop_report        POST in        .        .    403  .       .    403   403        .        .        .        .        .       .     403     .
reporting:report_reopen            city_report        POST in        .        .    .    .       .    403   409        .        .        .        .        .       .     403     .
reporting:report_reopen            county_own_report  POST in        .        .    .    .       .    403   403        403      .        403      .        .       .     403     .
reporting:report_reopen            abroad_report      POST in        .        .    .    .       .    .     .          .        .        .        403      403     .     .       .
reporting:filing                   lead_old_filing    GET  in        .        200  .    .       200  .     .          .        .        .        .        .       .     .       .
reporting:filing                   coop_filing        GET  in        .        .    200  .       .    200   200        .        .        .        .        .       .     200     .
reporting:filing                   county_filing      GET  in        .        .    .    .       .    200   200        200      .        200      .        .       .     200     .
reporting:filing                   abroad_filing      GET  in        .        .    .    .       .    .     .          .        .        .        200      200     .     .       .
reporting:filing_word              lead_old_filing    GET  in        .        200  .    .       200  .     .          .        .        .        .        .       .     .       .
reporting:filing_word              coop_filing        GET  in        .        .    200  .       .    200   200        .        .        .        .        .       .     200     .
reporting:filing_word              county_filing      GET  in        .        .    .    .       .    200   200        200      .        200      .        .       .     200     .
reporting:filing_word              abroad_filing      GET  in        .        .    .    .       .    .     .          .        .        .        200      200     .     .       .
reporting:filing_receipt           lead_old_filing    GET  in        .        200  .    .       200  .     .          .        .        .        .        .       .     .       .
reporting:filing_receipt           coop_filing        GET  in        .        .    200  .       .    200   200        .        .        .        .        .       .     200     .
reporting:filing_receipt           county_filing      GET  in        .        .    .    .       .    200   200        200      .        200      .        .       .     200     .
reporting:filing_receipt           abroad_filing      GET  in        .        .    .    .       .    .     .          .        .        .        200      200     .     .       .
"""

SCOPES = """
                                      anonymous stranger lead coop outside head staff officehead district dliaison dauditor xliaison xoffice admin auditor super
annualreport   lead_report            .         .        x    .    .       x    .     .          .        .        .        .        .       .     .       .
annualreport   coop_report            .         .        .    x    .       .    x     x          .        .        .        .        .       .     x       .
annualreport   city_report            .         .        .    .    .       .    x     x          .        .        .        .        .       .     x       .
annualreport   county_own_report      .         .        .    .    .       .    x     x          x        .        x        .        .       .     x       .
annualreport   abroad_report          .         .        .    .    .       .    .     .          .        .        .        x        x       .     .       .
reportsection  of lead_report         .         .        x    .    .       x    .     .          .        .        .        .        .       .     .       .
reportsection  of coop_report         .         .        .    x    .       .    x     x          .        .        .        .        .       .     x       .
reportsection  city_section           .         .        .    .    .       .    x     x          .        .        .        .        .       .     x       .
reportsection  county_section         .         .        .    .    .       .    x     x          x        .        x        .        .       .     x       .
reportsection  of abroad_report       .         .        .    .    .       .    .     .          .        .        .        x        x       .     .       .
filing         lead_old_filing        .         .        x    .    .       x    .     .          .        .        .        .        .       .     .       .
filing         coop_filing            .         .        .    x    .       .    x     x          .        .        .        .        .       .     x       .
filing         county_filing          .         .        .    .    .       .    x     x          x        .        x        .        .       .     x       .
filing         abroad_filing          .         .        .    .    .       .    .     .          .        .        .        x        x       .     .       .
"""

NAMES = {"reportsection": lambda world, row: f"of {world.name_of(row.report)}"}
ARGUMENTS = {
    "conference_report": lambda world, row: [row.conference.code, row.year],
    "districts": lambda world, row: [row.conference.code, row.year],
    "report_section": lambda world, row: [row.report_id, row.pk],
    "report_section_autosave": lambda world, row: [row.report_id, row.pk],
}
VALID = {
    **dict.fromkeys(
        (
            "report",
            "report_autosave",
            "report_compile",
            "report_restore",
            "report_preview",
            "report_word",
            "report_job",
            "report_file",
            "report_reopen",
        ),
        lambda world: {"pk": str(world["city_report"].pk)},
    ),
    **dict.fromkeys(
        ("report_section", "report_section_autosave"),
        lambda world: {"pk": str(world["city_report"].pk), "section": str(world["city_section"].pk)},
    ),
    **dict.fromkeys(("filing", "filing_word", "filing_receipt"), lambda world: {"pk": str(world["coop_filing"].pk)}),
}
REFUSED_FIRST = {"report_restore", "report_job"}
NOT_FREE = {"receipt_number", "sha256"}

_CITY = ("staff", "officehead", "auditor")


def add_to(world: World) -> None:
    """One report of everybody, each with one section, and what was filed of them."""
    _report(world, "lead_report", report_for(world["duty_draft"]), "lead", "head")
    _report(world, "coop_report", report_for(world["duty_submitted"]), "coop", *_CITY)
    _report(world, "city_report", conference_report_for(world["city"], world.year), *_CITY)
    _report(world, "county_own_report", report_for(world["county_report"]), "district", "dauditor", *_CITY)
    _report(world, "abroad_report", report_for(world["abroad_duty"]), "xliaison", "xoffice")
    # A report names the files that go with it, also to those who may not fetch them.
    name = world["county_report_file"].name.removesuffix(".pdf")
    world.secrets[name] |= {"dauditor"}
    world.things["city_section"] = world["city_report"].sections.get()
    world.things["county_section"] = world["county_own_report"].sections.get()
    world.things["coop_filing"] = _filed(world["coop_report"], world.people["coop"])
    world.things["county_filing"] = _filed(world["county_own_report"], world.people["district"])
    world.things["abroad_filing"] = _filed(world["abroad_report"], world.people["xliaison"])
    old = _filed(world["lead_report"], world.people["lead"])
    Filing.objects.filter(pk=old.pk).update(withdrawn_at=old.filed_at)
    world.things["lead_old_filing"] = old


def _report(world: World, name: str, report: AnnualReport, *readers: str) -> None:
    """Keep the first section, with a secret in it; what the duty said before there were reports is in it, too."""
    report.sections.exclude(key="overview").delete()
    section = report.sections.get()
    if section.body:
        world.secrets[section.body] = frozenset(readers)
    text = "\n".join(filter(None, [section.body, world.secret(f"{name}章节", *readers)]))
    ReportSection.objects.filter(pk=section.pk).update(body=text)
    report.title = world.secret(f"{name}题名", *readers)
    report.save(update_fields=["title"])
    if report.duty_id is not None:
        Duty.objects.filter(pk=report.duty_id).update(statement="")
        report.duty.refresh_from_db()
    world.things[name] = report


def _filed(report: AnnualReport, by: Any) -> Filing:
    assert report.duty is not None
    return file_away(report, recipient=report.duty.conference_id, duty=report.duty, by=by)


def _head(world: World) -> dict[str, Any]:
    """What the form of the city's report sends when somebody has changed its title."""
    form = ReportForm(report=AnnualReport.objects.get(pk=world["city_report"].pk), with_head=True)
    return {"lock_version": form["lock_version"].initial, "title": "新题名", "signatory": "市反拐联席会议"}


ACTS = [
    ("city_report", "officehead", "report", _head, ["write_report"]),
    ("city_report", "officehead", "report_compile", {}, ["write_report", "compile"]),
    ("city_report", "officehead", "report_restore", {"key": "overview"}, ["write_report", "compile"]),
    ("city_report", "officehead", "report_file", lambda world: {"seen": stamp_of(world["city_report"])}, ["file"]),
]

NULS = [
    ("report", "lead_report", "lead", {"lock_version": "\x00", "title": "\x00"}),
    ("report_autosave", "lead_report", "lead", {"lock_version": "\x00"}),
    ("report_section", "city_section", "staff", {"lock_version": "\x00"}),
    ("report_reopen", "city_report", "officehead", {"reason": "\x00"}),
]


def add_to_ledger(ledger: Ledger) -> None:
    """A report for the first unit and for the city, and a district's for each; the first unit's was filed and returned."""
    # What no report answers keeps its own page.
    ledger.other_duty = DutyFactory(
        obligation=ledger.obligations[0],
        department=ledger.units[0],
        kind=ObligationKind.OTHER,
        period="其他",
        draft=True,
    )
    ledger.duties.append(ledger.other_duty)
    ledger.report = report_for(ledger.duties[0])
    ledger.conference_report = conference_report_for(ledger.city, ledger.year)
    for duty in ledger.duties[1:-1]:
        report_for(duty)
    for _round in range(ledger.size):
        file_away(ledger.report, recipient=ledger.city.pk, duty=ledger.duties[0], by=ledger.liaisons[0])
    for number in range(ledger.size):
        ReportSection.objects.create(
            conference=ledger.city,
            report=ledger.conference_report,
            key=f"clause:{number}",
            position=100 + number,
            level=3,
            heading=f"第{number}条",
            body="开展宣传。",
        )


PAGES = {
    "report": ("liaison", lambda ledger: reverse("reporting:duty", args=[ledger.duties[0].pk]), 30),
    "report_preview": ("liaison", lambda ledger: reverse("reporting:report_preview", args=[ledger.report.pk]), 40),
    "filing": ("liaison", lambda ledger: reverse("reporting:filing", args=[ledger.report.filings.first().pk])),
    "conference_report": (
        "office",
        lambda ledger: reverse("reporting:conference_report", args=[ledger.city.code, ledger.year]),
        30,
    ),
    "report_section": (
        "office",
        lambda ledger: reverse(
            "reporting:report_section", args=[ledger.conference_report.pk, ledger.conference_report.sections.first().pk]
        ),
    ),
    "districts": ("office", lambda ledger: reverse("reporting:districts", args=[ledger.city.code, ledger.year])),
}
