"""Everybody sees only what is theirs: every model's rows for every role, and no page shows anybody else's words."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Iterator
from html import unescape
from typing import Any

import pytest
from django.apps import apps
from django.db.models import Model
from django.urls import reverse

from departments.scoping import ScopedQuerySet
from tests.crawling import Site, addresses_of, crawl
from tests.world import ADMIN_ROLES, ANONYMOUS, ROLES, World, a_world

pytestmark = pytest.mark.django_db

APPS = ("departments", "measures", "reporting")
# Rows of the world × who sees them (x). Progress, duty and year rows are also seen by who only counts them: their
# texts are another matter, and the crawl below is about those.
TABLE = """
                                            anonymous stranger lead coop outside head staff officehead district dliaison dauditor xliaison xoffice admin auditor super
jurisdiction    of 500000                   .         .        x    x    x       x    x     x          x        x        x        x        x       x     x       x
jurisdiction    of 500235                   .         .        x    x    x       x    x     x          x        x        x        x        x       x     x       x
jurisdiction    of 660000                   .         .        x    x    x       x    x     x          x        x        x        x        x       x     x       x
conference      city                        .         .        x    x    x       x    x     x          x        x        x        .        .       x     x       x
conference      county                      .         .        x    x    x       x    x     x          x        x        x        .        .       x     x       x
conference      abroad                      .         .        .    .    .       .    .     .          .        .        .        x        x       .     .       x
department      lead_unit                   .         .        x    x    x       x    x     x          .        .        .        .        .       x     x       x
department      coop_unit                   .         .        x    x    x       x    x     x          .        .        .        .        .       x     x       x
department      outside_unit                .         .        x    x    x       x    x     x          .        .        .        .        .       x     x       x
department      county_unit                 .         .        .    .    .       .    x     x          x        x        x        .        .       x     x       x
department      abroad_unit                 .         .        .    .    .       .    .     .          .        .        .        x        x       .     .       x
departmentname  of lead_unit                .         .        x    x    x       x    x     x          .        .        .        .        .       x     x       x
departmentname  of coop_unit                .         .        x    x    x       x    x     x          .        .        .        .        .       x     x       x
departmentname  of outside_unit             .         .        x    x    x       x    x     x          .        .        .        .        .       x     x       x
departmentname  of county_unit              .         .        .    .    .       .    x     x          x        x        x        .        .       x     x       x
departmentname  of abroad_unit              .         .        .    .    .       .    .     .          .        .        .        x        x       .     .       x
succession      city_succession             .         .        x    x    x       x    x     x          .        .        .        .        .       x     x       x
succession      county_succession           .         .        .    .    .       .    x     x          x        x        x        .        .       x     x       x
succession      abroad_succession           .         .        .    .    .       .    .     .          .        .        .        x        x       .     .       x
membership      of lead_unit                .         .        x    x    x       x    x     x          .        .        .        .        .       x     x       x
membership      of coop_unit                .         .        x    x    x       x    x     x          .        .        .        .        .       x     x       x
membership      of outside_unit             .         .        x    x    x       x    x     x          .        .        .        .        .       x     x       x
membership      of county_unit              .         .        .    .    .       .    x     x          x        x        x        .        .       x     x       x
membership      of abroad_unit              .         .        .    .    .       .    .     .          .        .        .        x        x       .     .       x
event           submit draft                .         .        x    .    .       x    x     x          .        .        .        .        .       .     x       .
event           city_event                  .         .        x    .    .       x    x     x          .        .        .        .        .       .     x       .
event           abroad_event                .         .        .    .    .       .    .     .          .        .        .        x        x       .     .       .
event           city_import_event           .         .        .    .    .       .    .     .          .        .        .        .        .       x     x       .
event           county_import_event         .         .        .    .    .       .    .     .          .        .        x        .        .       x     x       .
event           abroad_import_event         .         .        .    .    .       .    .     .          .        .        .        .        .       .     .       .
user            lead                        .         .        x    x    x       x    x     x          .        .        .        .        .       x     x       x
user            lead2                       .         .        x    x    x       x    x     x          .        .        .        .        .       x     x       x
user            coop                        .         .        x    x    x       x    x     x          .        .        .        .        .       x     x       x
user            outside                     .         .        x    x    x       x    x     x          .        .        .        .        .       x     x       x
user            head                        .         .        x    x    x       x    x     x          .        .        .        .        .       x     x       x
user            staff                       .         .        x    x    x       x    x     x          .        .        .        .        .       x     x       x
user            officehead                  .         .        x    x    x       x    x     x          .        .        .        .        .       x     x       x
user            district                    .         .        .    .    .       .    .     .          x        x        x        .        .       x     x       x
user            dliaison                    .         .        .    .    .       .    .     .          x        x        x        .        .       x     x       x
user            dauditor                    .         .        .    .    .       .    .     .          x        x        x        .        .       x     x       x
user            xliaison                    .         .        .    .    .       .    .     .          .        .        .        x        x       .     .       x
user            xoffice                     .         .        .    .    .       .    .     .          .        .        .        x        x       .     .       x
user            xadmin                      .         .        .    .    .       .    .     .          .        .        .        x        x       .     .       x
user            admin                       .         .        x    x    x       x    x     x          .        .        .        .        .       x     x       x
user            auditor                     .         .        x    x    x       x    x     x          .        .        .        .        .       x     x       x
user            stranger                    .         .        x    x    x       x    x     x          .        .        .        .        .       x     x       x
user            super                       .         .        .    .    .       .    .     .          .        .        .        .        .       .     .       x
posting         of lead                     .         .        x    x    x       x    x     x          .        .        .        .        .       x     x       x
posting         of lead2                    .         .        x    x    x       x    x     x          .        .        .        .        .       x     x       x
posting         of coop                     .         .        x    x    x       x    x     x          .        .        .        .        .       x     x       x
posting         of outside                  .         .        x    x    x       x    x     x          .        .        .        .        .       x     x       x
posting         of head                     .         .        x    x    x       x    x     x          .        .        .        .        .       x     x       x
posting         of staff                    .         .        x    x    x       x    x     x          .        .        .        .        .       x     x       x
posting         of officehead               .         .        x    x    x       x    x     x          .        .        .        .        .       x     x       x
posting         of district                 .         .        .    .    .       .    .     .          x        x        x        .        .       x     x       x
posting         of dliaison                 .         .        .    .    .       .    .     .          x        x        x        .        .       x     x       x
posting         of dauditor                 .         .        .    .    .       .    .     .          x        x        x        .        .       x     x       x
posting         of xliaison                 .         .        .    .    .       .    .     .          .        .        .        x        x       .     .       x
posting         of xoffice                  .         .        .    .    .       .    .     .          .        .        .        x        x       .     .       x
posting         of xadmin                   .         .        .    .    .       .    .     .          .        .        .        x        x       .     .       x
posting         of admin                    .         .        x    x    x       x    x     x          .        .        .        .        .       x     x       x
posting         of auditor                  .         .        x    x    x       x    x     x          .        .        .        .        .       x     x       x
posting         of stranger                 .         .        x    x    x       x    x     x          .        .        .        .        .       x     x       x
plan            city_plan                   .         .        x    x    x       x    x     x          x        x        x        .        .       x     x       x
plan            county_plan                 .         .        .    .    .       .    x     x          x        x        x        .        .       x     x       x
plan            abroad_plan                 .         .        .    .    .       .    .     .          .        .        .        x        x       .     .       x
planversion     city_version                .         .        x    x    x       x    x     x          x        x        x        .        .       x     x       x
planversion     county_version              .         .        .    .    .       .    x     x          x        x        x        .        .       x     x       x
planversion     abroad_version              .         .        .    .    .       .    .     .          .        .        .        x        x       .     .       x
planversion     city_draft_version          .         .        .    .    .       .    .     .          .        .        .        .        .       x     x       x
planversion     abroad_draft_version        .         .        .    .    .       .    .     .          .        .        .        .        .       .     .       x
question        city_question               .         .        .    .    .       .    .     .          .        .        .        .        .       x     x       x
question        county_question             .         .        .    .    .       .    .     .          .        .        x        .        .       x     x       x
question        abroad_question             .         .        .    .    .       .    .     .          .        .        .        .        .       .     .       x
question        city_asked                  .         .        .    .    .       .    .     .          .        .        .        .        .       x     x       x
question        county_asked                .         .        .    .    .       .    .     .          .        .        x        .        .       x     x       x
question        abroad_asked                .         .        .    .    .       .    .     .          .        .        .        .        .       .     .       x
clause          chapter of 500000           .         .        x    x    x       x    x     x          x        x        x        .        .       x     x       x
clause          city_clause_1               .         .        x    x    x       x    x     x          x        x        x        .        .       x     x       x
clause          city_clause_2               .         .        x    x    x       x    x     x          x        x        x        .        .       x     x       x
clause          city_clause_3               .         .        x    x    x       x    x     x          x        x        x        .        .       x     x       x
clause          chapter of 500235           .         .        .    .    .       .    x     x          x        x        x        .        .       x     x       x
clause          county_clause_1             .         .        .    .    .       .    x     x          x        x        x        .        .       x     x       x
clause          county_clause_2             .         .        .    .    .       .    x     x          x        x        x        .        .       x     x       x
clause          county_clause_3             .         .        .    .    .       .    x     x          x        x        x        .        .       x     x       x
clause          chapter of 660000           .         .        .    .    .       .    .     .          .        .        .        x        x       .     .       x
clause          abroad_clause_1             .         .        .    .    .       .    .     .          .        .        .        x        x       .     .       x
clause          abroad_clause_2             .         .        .    .    .       .    .     .          .        .        .        x        x       .     .       x
clause          abroad_clause_3             .         .        .    .    .       .    .     .          .        .        .        x        x       .     .       x
clause          city_draft_clause           .         .        .    .    .       .    .     .          .        .        .        .        .       x     x       x
clause          abroad_draft_clause         .         .        .    .    .       .    .     .          .        .        .        .        .       .     .       x
responsibility  lead_unit_1                 .         .        x    x    x       x    x     x          x        x        x        .        .       x     x       x
responsibility  coop_unit_1                 .         .        x    x    x       x    x     x          x        x        x        .        .       x     x       x
responsibility  lead_unit_2                 .         .        x    x    x       x    x     x          x        x        x        .        .       x     x       x
responsibility  coop_unit_2                 .         .        x    x    x       x    x     x          x        x        x        .        .       x     x       x
responsibility  lead_unit_3                 .         .        x    x    x       x    x     x          x        x        x        .        .       x     x       x
responsibility  county_unit_1               .         .        .    .    .       .    x     x          x        x        x        .        .       x     x       x
responsibility  county_unit_2               .         .        .    .    .       .    x     x          x        x        x        .        .       x     x       x
responsibility  county_unit_3               .         .        .    .    .       .    x     x          x        x        x        .        .       x     x       x
responsibility  abroad_unit_1               .         .        .    .    .       .    .     .          .        .        .        x        x       .     .       x
responsibility  abroad_unit_2               .         .        .    .    .       .    .     .          .        .        .        x        x       .     .       x
responsibility  abroad_unit_3               .         .        .    .    .       .    .     .          .        .        .        x        x       .     .       x
obligation      city_obligation_0           .         .        x    x    x       x    x     x          x        x        x        .        .       x     x       x
obligation      city_obligation_1           .         .        x    x    x       x    x     x          x        x        x        .        .       x     x       x
obligation      city_obligation_2           .         .        x    x    x       x    x     x          x        x        x        .        .       x     x       x
obligation      city_obligation_3           .         .        x    x    x       x    x     x          x        x        x        .        .       x     x       x
obligation      county_obligation_0         .         .        .    .    .       .    x     x          x        x        x        .        .       x     x       x
obligation      county_obligation_1         .         .        .    .    .       .    x     x          x        x        x        .        .       x     x       x
obligation      county_obligation_2         .         .        .    .    .       .    x     x          x        x        x        .        .       x     x       x
obligation      county_obligation_3         .         .        .    .    .       .    x     x          x        x        x        .        .       x     x       x
obligation      abroad_obligation_0         .         .        .    .    .       .    .     .          .        .        .        x        x       .     .       x
obligation      abroad_obligation_1         .         .        .    .    .       .    .     .          .        .        .        x        x       .     .       x
obligation      abroad_obligation_2         .         .        .    .    .       .    .     .          .        .        .        x        x       .     .       x
obligation      abroad_obligation_3         .         .        .    .    .       .    .     .          .        .        .        x        x       .     .       x
planimport      city_import                 .         .        .    .    .       .    .     .          .        .        .        .        .       x     x       x
planimport      county_import               .         .        .    .    .       .    .     .          .        .        x        .        .       x     x       x
planimport      abroad_import               .         .        .    .    .       .    .     .          .        .        .        .        .       .     .       x
planimport      city_failed_import          .         .        .    .    .       .    .     .          .        .        .        .        .       x     x       x
stagedclause    city_staged                 .         .        .    .    .       .    .     .          .        .        .        .        .       x     x       x
stagedclause    county_staged               .         .        .    .    .       .    .     .          .        .        x        .        .       x     x       x
stagedclause    abroad_staged               .         .        .    .    .       .    .     .          .        .        .        .        .       .     .       x
rememberedanswer city_remembered             .         .        .    .    .       .    .     .          .        .        .        .        .       x     x       x
rememberedanswer county_remembered           .         .        .    .    .       .    .     .          .        .        x        .        .       x     x       x
rememberedanswer abroad_remembered           .         .        .    .    .       .    .     .          .        .        .        .        .       .     .       x
sheetlayout     city_layout                 .         .        .    .    .       .    .     .          .        .        .        .        .       x     x       x
sheetlayout     county_layout               .         .        .    .    .       .    .     .          .        .        x        .        .       x     x       x
sheetlayout     abroad_layout               .         .        .    .    .       .    .     .          .        .        .        .        .       .     .       x
lineagecorrection city_correction             .         .        .    .    .       .    .     .          .        .        .        .        .       x     x       x
lineagecorrection county_correction           .         .        .    .    .       .    .     .          .        .        x        .        .       x     x       x
lineagecorrection abroad_correction           .         .        .    .    .       .    .     .          .        .        .        .        .       .     .       x
lineage         city_lineage                .         .        x    x    x       x    x     x          x        x        x        .        .       x     x       x
lineage         county_lineage              .         .        .    .    .       .    x     x          x        x        x        .        .       x     x       x
lineage         abroad_lineage              .         .        .    .    .       .    .     .          .        .        .        x        x       .     .       x
adoption        city_adoption               .         .        .    .    .       .    x     x          .        .        .        .        .       x     x       x
adoption        abroad_adoption             .         .        .    .    .       .    .     .          .        .        .        .        x       .     .       x
carry           city_carry                  .         .        .    .    .       .    x     x          .        .        .        .        .       x     x       x
carry           abroad_carry                .         .        .    .    .       .    .     .          .        .        .        .        x       .     .       x
duty            duty_draft                  .         .        x    .    .       x    x     x          .        .        .        .        .       x     x       x
duty            duty_submitted              .         .        .    x    .       .    x     x          .        .        .        .        .       x     x       x
duty            county_report               .         .        .    .    .       .    x     x          x        .        x        .        .       x     x       x
duty            county_report_draft         .         .        .    .    .       .    x     x          x        .        x        .        .       x     x       x
duty            assessment                  .         .        .    .    .       .    x     x          .        .        .        .        .       x     x       x
duty            county_duty                 .         .        .    .    .       .    x     x          x        x        x        .        .       x     x       x
duty            county_duty_draft           .         .        .    .    .       .    x     x          x        x        x        .        .       x     x       x
duty            abroad_duty                 .         .        .    .    .       .    .     .          .        .        .        x        x       .     .       x
progress        draft                       .         .        x    .    .       x    x     x          .        .        .        .        .       .     x       .
progress        submitted                   .         .        x    x    .       x    x     x          .        .        .        .        .       .     x       .
progress        alone                       .         .        x    .    .       x    x     x          .        .        .        .        .       .     x       .
progress        coop_returned               .         .        .    x    .       .    x     x          .        .        .        .        .       .     x       .
progress        coop_accepted               .         .        x    x    .       x    x     x          .        .        .        .        .       .     x       .
progress        county_draft                .         .        .    .    .       .    .     .          x        x        x        .        .       .     x       .
progress        county_submitted            .         .        .    .    .       .    .     .          x        x        x        .        .       .     x       .
progress        abroad_draft                .         .        .    .    .       .    .     .          .        .        .        x        x       .     .       .
progress        abroad_submitted            .         .        .    .    .       .    .     .          .        .        .        x        x       .     .       .
progress        old_draft                   .         .        x    .    .       x    x     x          .        .        .        .        .       .     x       .
figure          of draft                    .         .        x    .    .       x    .     .          .        .        .        .        .       .     .       .
figure          of submitted                .         .        x    x    .       x    x     x          .        .        .        .        .       .     x       .
figure          of alone                    .         .        x    .    .       x    x     x          .        .        .        .        .       .     x       .
figure          of coop_returned            .         .        .    x    .       .    .     .          .        .        .        .        .       .     .       .
figure          of coop_accepted            .         .        x    x    .       x    x     x          .        .        .        .        .       .     x       .
figure          of county_draft             .         .        .    .    .       .    .     .          .        x        .        .        .       .     .       .
figure          of county_submitted         .         .        .    .    .       .    .     .          x        x        x        .        .       .     x       .
figure          of abroad_draft             .         .        .    .    .       .    .     .          .        .        .        x        .       .     .       .
figure          of abroad_submitted         .         .        .    .    .       .    .     .          .        .        .        x        x       .     .       .
figure          of old_draft                .         .        x    .    .       x    .     .          .        .        .        .        .       .     .       .
attachment      draft_file                  .         .        x    .    .       x    .     .          .        .        .        .        .       .     .       .
attachment      submitted_file              .         .        x    x    .       x    x     x          .        .        .        .        .       .     x       .
attachment      alone_file                  .         .        x    .    .       x    x     x          .        .        .        .        .       .     x       .
attachment      coop_returned_file          .         .        .    x    .       .    .     .          .        .        .        .        .       .     .       .
attachment      coop_accepted_file          .         .        x    x    .       x    x     x          .        .        .        .        .       .     x       .
attachment      county_draft_file           .         .        .    .    .       .    .     .          .        x        .        .        .       .     .       .
attachment      county_submitted_file       .         .        .    .    .       .    .     .          x        x        x        .        .       .     x       .
attachment      abroad_draft_file           .         .        .    .    .       .    .     .          .        .        .        x        .       .     .       .
attachment      abroad_submitted_file       .         .        .    .    .       .    .     .          .        .        .        x        x       .     .       .
attachment      old_draft_file              .         .        x    .    .       x    .     .          .        .        .        .        .       .     .       .
attachment      duty_draft_file             .         .        x    .    .       x    .     .          .        .        .        .        .       .     .       .
attachment      duty_submitted_file         .         .        .    x    .       .    x     x          .        .        .        .        .       .     x       .
attachment      county_report_file          .         .        .    .    .       .    x     x          x        .        .        .        .       .     x       .
attachment      county_report_draft_file    .         .        .    .    .       .    .     .          x        .        .        .        .       .     .       .
attachment      assessment_file             .         .        .    .    .       .    x     x          .        .        .        .        .       .     x       .
attachment      county_duty_file            .         .        .    .    .       .    .     .          x        x        x        .        .       .     .       .
attachment      county_duty_draft_file      .         .        .    .    .       .    .     .          .        x        .        .        .       .     .       .
attachment      abroad_duty_file            .         .        .    .    .       .    .     .          .        .        .        x        x       .     .       .
reminder        city_reminder               .         .        .    .    .       .    x     x          .        .        .        .        .       x     x       x
reminder        abroad_reminder             .         .        .    .    .       .    .     .          .        .        .        .        x       .     .       x
urge            city_urge                   .         .        .    .    .       .    x     x          .        .        .        .        .       .     x       .
urge            abroad_urge                 .         .        .    .    .       .    .     .          .        .        .        .        x       .     .       .
notice          city_notice                 .         .        x    .    .       .    .     .          .        .        .        .        .       .     .       .
notice          abroad_notice               .         .        .    .    .       .    .     .          .        .        .        x        .       .     .       .
mail            city_mail                   .         .        .    .    .       .    x     x          .        .        .        .        .       x     x       x
mail            abroad_mail                 .         .        .    .    .       .    .     .          .        .        .        .        x       .     .       x
year            city_year                   .         .        x    x    x       x    x     x          .        .        .        .        .       x     x       x
year            city_last_year              .         .        x    x    x       x    x     x          .        .        .        .        .       x     x       x
year            county_year                 .         .        .    .    .       .    x     x          x        x        x        .        .       x     x       x
year            abroad_year                 .         .        .    .    .       .    .     .          .        .        .        x        x       .     .       x
workday         workday                     .         .        x    x    x       x    x     x          x        x        x        x        x       x     x       x
heartbeat       heartbeat                   .         .        .    .    .       .    .     .          .        .        .        .        .       x     .       x
"""


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    with django_db_blocker.unblock(), a_world() as world:
        yield world


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


def models() -> list[type[Model]]:
    return [model for app in APPS for model in apps.get_app_config(app).get_models()]


# --- Rows ---------------------------------------------------------------------------------------------------------


def named(world: World, row: Any) -> str:
    """What the table calls a row."""
    for name, thing in world.things.items():
        if type(thing) is type(row) and thing.pk == row.pk:
            return name
    match row._meta.model_name:
        case "jurisdiction":
            return f"of {row.conference.code}"
        case "user":
            return str(row.username)
        case "posting":
            return f"of {row.user.username}"
        case "departmentname" | "membership":
            return f"of {row.department.code}"
        case "clause":
            return f"chapter of {row.conference.code}"
        case "figure":
            return f"of {named(world, row.progress)}"
        case "event":
            return f"{row.action} {named(world, world['draft']) if row.object_id == world['draft'].pk else row.title}"
        case _:
            raise AssertionError(f"{row!r} has no name in the table")


def declared() -> dict[str, dict[str, set[str]]]:
    """Model → role → names of the rows that the role sees."""
    _header, *lines = TABLE.strip().splitlines()
    assert _header.split() == list(ROLES)
    found: dict[str, dict[str, set[str]]] = defaultdict(lambda: {role: set() for role in ROLES})
    for line in lines:
        model, *words = line.split()
        name, marks = " ".join(words[: -len(ROLES)]), words[-len(ROLES) :]
        for role, mark in zip(ROLES, marks, strict=True):
            assert mark in "x.", line
            found[model][role] |= {name} if mark == "x" else set()
    return dict(found)


def seen(world: World, model: type[Model]) -> dict[str, set[str]]:
    return {
        role: {named(world, row) for row in model._default_manager.visible_to(world.people[role])}  # type: ignore[attr-defined]
        for role in ROLES
    }


@pytest.mark.parametrize("model", models(), ids=lambda model: model._meta.label)
def test_every_model_asks_who_looks(model: type[Model]) -> None:
    assert isinstance(model._default_manager.all(), ScopedQuerySet)


def test_every_model_is_in_the_table() -> None:
    assert {model._meta.model_name for model in models()} == set(declared())


@pytest.mark.parametrize("model", models(), ids=lambda model: model._meta.label)
def test_everybody_sees_the_rows_of_the_table(world: World, model: type[Model]) -> None:
    assert model._default_manager.exists(), "a model without rows shows nothing"

    assert seen(world, model) == declared()[str(model._meta.model_name)]


@pytest.mark.parametrize("role", [ANONYMOUS, "stranger"])
def test_strangers_see_nothing_of_any_model(world: World, role: str) -> None:
    person = world.people[role]

    shown = {
        model._meta.label: set(model._default_manager.visible_to(person).values_list("pk", flat=True))  # type: ignore[attr-defined]
        for model in models()
    }

    assert shown == {model._meta.label: set() for model in models()}


def test_deactivated_people_see_nothing(world: World) -> None:
    person = type(world.people["super"]).objects.get(username="officehead")
    person.is_active = False

    assert [model._meta.label for model in models() if model._default_manager.visible_to(person).exists()] == []  # type: ignore[attr-defined]


def test_a_model_that_says_nothing_shows_nothing(world: World) -> None:
    from departments.models import Department  # any table will do

    assert not ScopedQuerySet(Department).visible_to(world.people["super"]).exists()


# --- Texts --------------------------------------------------------------------------------------------------------


def everything() -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table, but for the sessions, which note that somebody is there."""
    return {
        model._meta.label: list(model._base_manager.order_by("pk").values_list())
        for model in apps.get_models()
        if model._meta.label != "sessions.Session"
    }


@pytest.mark.slow
@pytest.mark.parametrize("role", ROLES)
def test_reading_the_whole_site(world: World, role: str) -> None:
    """One walk over every page, and four things that must hold for it: walking takes longer than looking."""
    client = world.client(role)
    before = everything()

    # Who may not enter the administration is stopped at its door (test_permissions).
    site = crawl(client, addresses_of(world, administration=role in ADMIN_ROLES))

    assert len(site.pages) > 50
    assert leaks(world, role, site) == []
    assert missing(world, role, site) == []
    assert dead_links(site) == {}
    assert [table for table, rows in everything().items() if rows != before[table]] == []


def leaks(world: World, role: str, site: Site) -> list[str]:
    """Words that this person must not see, and where they stand."""
    forbidden = [secret for secret, readers in world.secrets.items() if role not in readers]
    return [
        f"{address} shows {secret}"
        for address, text in site.pages.items()
        for secret in forbidden
        if secret in unescape(text)
    ]


def missing(world: World, role: str, site: Site) -> list[str]:
    """Words that this person should see and does not: what is never found would not be found as a leak either."""
    texts = [unescape(text) for text in site.pages.values()]
    own = [secret for secret, readers in world.secrets.items() if role in readers]
    return [secret for secret in own if not any(secret in text for text in texts)]


def dead_links(site: Site) -> dict[str, str]:
    """Doors that this person is shown and that do not open. The administration links to whatever a row refers to."""
    return {
        address: site.linked_from[address]
        for address, text in site.pages.items()
        if text.startswith("status ") and address in site.linked_from and not address.startswith("/admin/")
    }


# --- States -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("role", "version", "is_shown"),
    [
        ("outside", "city_version", True),
        ("admin", "city_version", True),
        ("staff", "county_version", True),
        ("dliaison", "city_version", False),
        ("district", "city_version", False),
        ("dauditor", "city_version", False),
    ],
)
def test_how_units_stand_is_shown_within_their_conference_and_above(
    world: World, role: str, version: str, is_shown: bool
) -> None:
    """The district reads the city's plan; how the city's units do on it is not the district's business."""
    client, row = world.client(role), world[version]
    margins = client.get(reverse("reporting:plan", args=[row.pk])).context["clauses"]
    clause = client.get(reverse("reporting:clause", args=[row.pk, "一/(一)"])).context

    assert any(margin["light"] or margin["counts"] for margin in margins) is is_shown
    assert any(party["light"] for party in clause["parties"]) is is_shown
    assert bool(clause["years"]) is is_shown


def test_how_the_work_goes_shows_once_it_is_handed_in(world: World) -> None:
    """The status is a part of what the unit writes: the office sees that there is a draft and not what it says."""
    page = world.client("staff").get(reverse("reporting:unit", args=["500000", world.year, "lead_unit"]))

    # A draft, and two that were handed in.
    shown = [str(row["state_text"]) for chapter in page.context["chapters"] for row in chapter["rows"]]
    assert shown == ["", "推进有困难", "推进有困难"]
