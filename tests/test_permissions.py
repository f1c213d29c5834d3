"""Who may do what at every address: the whole site × everybody × own and foreign rows × every method.

The two tables are the permission matrix. An address that is not in them fails the tests, and so does a cell that
answers differently; a new page begins by writing down here who may open it.
"""

from __future__ import annotations

import logging
import re
from collections import defaultdict
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import URLPattern, get_resolver, reverse
from django.urls.resolvers import URLResolver

from departments.models import Membership, Posting
from tests.world import ADMIN_ROLES, ANONYMOUS, ROLES, World, a_world, taken_back

pytestmark = pytest.mark.django_db

# What a cell says: a status; ``.`` is 404, there is no such thing for this person; ``in`` is sent to the login page.
# Methods that an address does not list are refused to everybody by the same rule: 405, and ``in`` for anonymous.
# The rows of the world: draft, submitted, alone (nobody shares the clause), … of the city; county_… of the district
# below it; abroad_… of a conference that has nothing to do with either (tests/world.py).
TABLE = """
                                                           anonymous stranger lead coop outside head staff officehead district dliaison dauditor xliaison xoffice admin auditor super
departments:login           -                        GET   200       302      302  302  302     302  302   302        302      302      302      302      302     302   302     302
departments:login           -                        POST  200       302      302  302  302     302  302   302        302      302      302      302      302     302   302     302
departments:password        -                        GET   in        200      200  200  200     200  200   200        200      200      200      200      200     200   200     200
departments:password        -                        POST  in        200      200  200  200     200  200   200        200      200      200      200      200     200   200     200
departments:account         -                        GET   in        200      200  200  200     200  200   200        200      200      200      200      200     200   200     200
departments:token           -                        GET   200       200      200  200  200     200  200   200        200      200      200      200      200     200   200     200
departments:logout          -                        POST  in        in       in   in   in      in   in    in         in       in       in       in       in      in    in      in
departments:set_language    -                        POST  302       302      302  302  302     302  302   302        302      302      302      302      302     302   302     302
reporting:home              -                        GET   in        302      302  302  302     302  302   302        302      302      302      302      302     302   302     302
reporting:work              -                        GET   in        .        302  302  302     302  302   302        302      302      .        302      302     .     .       .
reporting:board_home        -                        GET   in        .        .    .    .       .    302   302        302      .        302      .        302     .     302     .
reporting:plan_list         -                        GET   in        200      200  200  200     200  200   200        200      200      200      200      200     200   200     200
reporting:inbox             -                        GET   in        200      200  200  200     200  200   200        200      200      200      200      200     200   200     200
reporting:events            -                        GET   in        200      200  200  200     200  200   200        200      200      200      200      200     200   200     200
reporting:work_year         city_year                GET   in        .        200  200  200     200  200   200        200      200      .        200      200     .     .       .
reporting:progress          draft                    GET   in        .        200  .    .       200  302   302        .        .        .        .        .       .     302     .
reporting:progress          draft                    POST  in        .        422  .    .       403  403   403        .        .        .        .        .       .     403     .
reporting:progress          submitted                GET   in        .        200  302  .       200  302   302        .        .        .        .        .       .     302     .
reporting:progress          submitted                POST  in        .        422  403  .       403  403   403        .        .        .        .        .       .     403     .
reporting:progress          alone                    GET   in        .        200  .    .       200  302   302        .        .        .        .        .       .     302     .
reporting:progress          alone                    POST  in        .        422  .    .       403  403   403        .        .        .        .        .       .     403     .
reporting:progress          coop_returned            GET   in        .        .    200  .       .    302   302        .        .        .        .        .       .     302     .
reporting:progress          coop_returned            POST  in        .        .    422  .       .    403   403        .        .        .        .        .       .     403     .
reporting:progress          county_draft             GET   in        .        .    .    .       .    .     .          302      200      302      .        .       .     302     .
reporting:progress          county_draft             POST  in        .        .    .    .       .    .     .          403      422      403      .        .       .     403     .
reporting:progress          county_submitted         GET   in        .        .    .    .       .    .     .          302      200      302      .        .       .     302     .
reporting:progress          county_submitted         POST  in        .        .    .    .       .    .     .          403      422      403      .        .       .     403     .
reporting:progress          abroad_submitted         GET   in        .        .    .    .       .    .     .          .        .        .        200      302     .     .       .
reporting:progress          abroad_submitted         POST  in        .        .    .    .       .    .     .          .        .        .        422      403     .     .       .
reporting:progress_autosave draft                    POST  in        .        422  .    .       403  403   403        .        .        .        .        .       .     403     .
reporting:progress_autosave submitted                POST  in        .        422  403  .       403  403   403        .        .        .        .        .       .     403     .
reporting:progress_autosave alone                    POST  in        .        422  .    .       403  403   403        .        .        .        .        .       .     403     .
reporting:progress_autosave coop_returned            POST  in        .        .    422  .       .    403   403        .        .        .        .        .       .     403     .
reporting:progress_autosave county_draft             POST  in        .        .    .    .       .    .     .          403      422      403      .        .       .     403     .
reporting:progress_autosave county_submitted         POST  in        .        .    .    .       .    .     .          403      422      403      .        .       .     403     .
reporting:progress_autosave abroad_submitted         POST  in        .        .    .    .       .    .     .          .        .        .        422      403     .     .       .
reporting:progress_withdraw draft                    POST  in        .        302  .    .       403  403   403        .        .        .        .        .       .     403     .
reporting:progress_withdraw submitted                POST  in        .        302  403  .       403  403   403        .        .        .        .        .       .     403     .
reporting:progress_withdraw alone                    POST  in        .        302  .    .       403  403   403        .        .        .        .        .       .     403     .
reporting:progress_withdraw coop_returned            POST  in        .        .    302  .       .    403   403        .        .        .        .        .       .     403     .
reporting:progress_withdraw county_draft             POST  in        .        .    .    .       .    .     .          403      302      403      .        .       .     403     .
reporting:progress_withdraw county_submitted         POST  in        .        .    .    .       .    .     .          403      302      403      .        .       .     403     .
reporting:progress_withdraw abroad_submitted         POST  in        .        .    .    .       .    .     .          .        .        .        302      403     .     .       .
reporting:progress_confirm  draft                    POST  in        .        302  .    .       403  403   403        .        .        .        .        .       .     403     .
reporting:progress_confirm  submitted                POST  in        .        302  403  .       403  403   403        .        .        .        .        .       .     403     .
reporting:progress_confirm  alone                    POST  in        .        302  .    .       403  403   403        .        .        .        .        .       .     403     .
reporting:progress_confirm  coop_returned            POST  in        .        .    302  .       .    403   403        .        .        .        .        .       .     403     .
reporting:progress_confirm  county_draft             POST  in        .        .    .    .       .    .     .          403      302      403      .        .       .     403     .
reporting:progress_confirm  county_submitted         POST  in        .        .    .    .       .    .     .          403      302      403      .        .       .     403     .
reporting:progress_confirm  abroad_submitted         POST  in        .        .    .    .       .    .     .          .        .        .        302      403     .     .       .
reporting:progress_attach   draft                    POST  in        .        422  .    .       403  403   403        .        .        .        .        .       .     403     .
reporting:progress_attach   submitted                POST  in        .        422  403  .       403  403   403        .        .        .        .        .       .     403     .
reporting:progress_attach   alone                    POST  in        .        422  .    .       403  403   403        .        .        .        .        .       .     403     .
reporting:progress_attach   coop_returned            POST  in        .        .    422  .       .    403   403        .        .        .        .        .       .     403     .
reporting:progress_attach   county_draft             POST  in        .        .    .    .       .    .     .          403      422      403      .        .       .     403     .
reporting:progress_attach   county_submitted         POST  in        .        .    .    .       .    .     .          403      422      403      .        .       .     403     .
reporting:progress_attach   abroad_submitted         POST  in        .        .    .    .       .    .     .          .        .        .        422      403     .     .       .
reporting:progress_review   draft                    GET   in        .        .    .    .       .    200   200        .        .        .        .        .       .     200     .
reporting:progress_review   draft                    POST  in        .        .    .    .       .    422   422        .        .        .        .        .       .     403     .
reporting:progress_review   submitted                GET   in        .        .    .    .       .    200   200        .        .        .        .        .       .     200     .
reporting:progress_review   submitted                POST  in        .        .    .    .       .    422   422        .        .        .        .        .       .     403     .
reporting:progress_review   alone                    GET   in        .        .    .    .       .    200   200        .        .        .        .        .       .     200     .
reporting:progress_review   alone                    POST  in        .        .    .    .       .    422   422        .        .        .        .        .       .     403     .
reporting:progress_review   coop_returned            GET   in        .        .    .    .       .    200   200        .        .        .        .        .       .     200     .
reporting:progress_review   coop_returned            POST  in        .        .    .    .       .    422   422        .        .        .        .        .       .     403     .
reporting:progress_review   county_draft             GET   in        .        .    .    .       .    .     .          200      .        200      .        .       .     .       .
reporting:progress_review   county_draft             POST  in        .        .    .    .       .    .     .          422      .        403      .        .       .     .       .
reporting:progress_review   county_submitted         GET   in        .        .    .    .       .    .     .          200      .        200      .        .       .     .       .
reporting:progress_review   county_submitted         POST  in        .        .    .    .       .    .     .          422      .        403      .        .       .     .       .
reporting:progress_review   abroad_submitted         GET   in        .        .    .    .       .    .     .          .        .        .        .        200     .     .       .
reporting:progress_review   abroad_submitted         POST  in        .        .    .    .       .    .     .          .        .        .        .        422     .     .       .
reporting:duty              duty_draft               GET   in        .        200  .    .       200  302   302        .        .        .        .        .       .     302     .
reporting:duty              duty_draft               POST  in        .        422  .    .       403  403   403        .        .        .        .        .       .     403     .
reporting:duty              duty_submitted           GET   in        .        .    200  .       .    302   302        .        .        .        .        .       .     302     .
reporting:duty              duty_submitted           POST  in        .        .    422  .       .    403   403        .        .        .        .        .       .     403     .
reporting:duty              county_report            GET   in        .        .    .    .       .    302   302        200      .        .        .        .       .     302     .
reporting:duty              county_report            POST  in        .        .    .    .       .    403   403        422      .        .        .        .       .     403     .
reporting:duty              county_report_draft      GET   in        .        .    .    .       .    302   302        200      .        .        .        .       .     302     .
reporting:duty              county_report_draft      POST  in        .        .    .    .       .    403   403        422      .        .        .        .       .     403     .
reporting:duty              assessment               GET   in        .        .    .    .       .    200   200        .        .        .        .        .       .     302     .
reporting:duty              assessment               POST  in        .        .    .    .       .    422   422        .        .        .        .        .       .     403     .
reporting:duty              county_duty              GET   in        .        .    .    .       .    .     .          302      200      302      .        .       .     .       .
reporting:duty              county_duty              POST  in        .        .    .    .       .    .     .          403      422      403      .        .       .     .       .
reporting:duty              abroad_duty              GET   in        .        .    .    .       .    .     .          .        .        .        200      302     .     .       .
reporting:duty              abroad_duty              POST  in        .        .    .    .       .    .     .          .        .        .        422      403     .     .       .
reporting:duty_autosave     duty_draft               POST  in        .        422  .    .       403  403   403        .        .        .        .        .       .     403     .
reporting:duty_autosave     duty_submitted           POST  in        .        .    422  .       .    403   403        .        .        .        .        .       .     403     .
reporting:duty_autosave     county_report            POST  in        .        .    .    .       .    403   403        422      .        .        .        .       .     403     .
reporting:duty_autosave     county_report_draft      POST  in        .        .    .    .       .    403   403        422      .        .        .        .       .     403     .
reporting:duty_autosave     assessment               POST  in        .        .    .    .       .    422   422        .        .        .        .        .       .     403     .
reporting:duty_autosave     county_duty              POST  in        .        .    .    .       .    .     .          403      422      403      .        .       .     .       .
reporting:duty_autosave     abroad_duty              POST  in        .        .    .    .       .    .     .          .        .        .        422      403     .     .       .
reporting:duty_withdraw     duty_draft               POST  in        .        302  .    .       403  403   403        .        .        .        .        .       .     403     .
reporting:duty_withdraw     duty_submitted           POST  in        .        .    302  .       .    403   403        .        .        .        .        .       .     403     .
reporting:duty_withdraw     county_report            POST  in        .        .    .    .       .    403   403        302      .        .        .        .       .     403     .
reporting:duty_withdraw     county_report_draft      POST  in        .        .    .    .       .    403   403        302      .        .        .        .       .     403     .
reporting:duty_withdraw     assessment               POST  in        .        .    .    .       .    302   302        .        .        .        .        .       .     403     .
reporting:duty_withdraw     county_duty              POST  in        .        .    .    .       .    .     .          403      302      403      .        .       .     .       .
reporting:duty_withdraw     abroad_duty              POST  in        .        .    .    .       .    .     .          .        .        .        302      403     .     .       .
reporting:duty_attach       duty_draft               POST  in        .        422  .    .       403  403   403        .        .        .        .        .       .     403     .
reporting:duty_attach       duty_submitted           POST  in        .        .    422  .       .    403   403        .        .        .        .        .       .     403     .
reporting:duty_attach       county_report            POST  in        .        .    .    .       .    403   403        422      .        .        .        .       .     403     .
reporting:duty_attach       county_report_draft      POST  in        .        .    .    .       .    403   403        422      .        .        .        .       .     403     .
reporting:duty_attach       assessment               POST  in        .        .    .    .       .    422   422        .        .        .        .        .       .     403     .
reporting:duty_attach       county_duty              POST  in        .        .    .    .       .    .     .          403      422      403      .        .       .     .       .
reporting:duty_attach       abroad_duty              POST  in        .        .    .    .       .    .     .          .        .        .        422      403     .     .       .
reporting:duty_urge         duty_draft               POST  in        .        403  .    .       403  302   302        .        .        .        .        .       .     403     .
reporting:duty_urge         duty_submitted           POST  in        .        .    403  .       .    302   302        .        .        .        .        .       .     403     .
reporting:duty_urge         county_report            POST  in        .        .    .    .       .    302   302        403      .        .        .        .       .     403     .
reporting:duty_urge         county_report_draft      POST  in        .        .    .    .       .    302   302        403      .        .        .        .       .     403     .
reporting:duty_urge         assessment               POST  in        .        .    .    .       .    302   302        .        .        .        .        .       .     403     .
reporting:duty_urge         county_duty              POST  in        .        .    .    .       .    .     .          302      403      403      .        .       .     .       .
reporting:duty_urge         abroad_duty              POST  in        .        .    .    .       .    .     .          .        .        .        403      302     .     .       .
reporting:duty_review       duty_draft               GET   in        .        .    .    .       .    200   200        .        .        .        .        .       .     200     .
reporting:duty_review       duty_draft               POST  in        .        .    .    .       .    422   422        .        .        .        .        .       .     403     .
reporting:duty_review       duty_submitted           GET   in        .        .    .    .       .    200   200        .        .        .        .        .       .     200     .
reporting:duty_review       duty_submitted           POST  in        .        .    .    .       .    422   422        .        .        .        .        .       .     403     .
reporting:duty_review       county_report            GET   in        .        .    .    .       .    200   200        .        .        .        .        .       .     200     .
reporting:duty_review       county_report            POST  in        .        .    .    .       .    422   422        .        .        .        .        .       .     403     .
reporting:duty_review       county_report_draft      GET   in        .        .    .    .       .    200   200        .        .        .        .        .       .     200     .
reporting:duty_review       county_report_draft      POST  in        .        .    .    .       .    422   422        .        .        .        .        .       .     403     .
reporting:duty_review       assessment               GET   in        .        .    .    .       .    200   200        .        .        .        .        .       .     200     .
reporting:duty_review       assessment               POST  in        .        .    .    .       .    403   422        .        .        .        .        .       .     403     .
reporting:duty_review       county_duty              GET   in        .        .    .    .       .    .     .          200      .        200      .        .       .     .       .
reporting:duty_review       county_duty              POST  in        .        .    .    .       .    .     .          422      .        403      .        .       .     .       .
reporting:duty_review       abroad_duty              GET   in        .        .    .    .       .    .     .          .        .        .        .        200     .     .       .
reporting:duty_review       abroad_duty              POST  in        .        .    .    .       .    .     .          .        .        .        .        422     .     .       .
reporting:attachment        draft_file               GET   in        .        200  .    .       200  .     .          .        .        .        .        .       .     .       .
reporting:attachment        submitted_file           GET   in        .        200  200  .       200  200   200        .        .        .        .        .       .     200     .
reporting:attachment        alone_file               GET   in        .        200  .    .       200  200   200        .        .        .        .        .       .     200     .
reporting:attachment        coop_returned_file       GET   in        .        .    200  .       .    .     .          .        .        .        .        .       .     .       .
reporting:attachment        county_draft_file        GET   in        .        .    .    .       .    .     .          .        200      .        .        .       .     .       .
reporting:attachment        county_submitted_file    GET   in        .        .    .    .       .    .     .          200      200      200      .        .       .     200     .
reporting:attachment        abroad_submitted_file    GET   in        .        .    .    .       .    .     .          .        .        .        200      200     .     .       .
reporting:attachment        duty_draft_file          GET   in        .        200  .    .       200  .     .          .        .        .        .        .       .     .       .
reporting:attachment        duty_submitted_file      GET   in        .        .    200  .       .    200   200        .        .        .        .        .       .     200     .
reporting:attachment        county_report_file       GET   in        .        .    .    .       .    200   200        200      .        .        .        .       .     200     .
reporting:attachment        county_report_draft_file GET   in        .        .    .    .       .    .     .          200      .        .        .        .       .     .       .
reporting:attachment        assessment_file          GET   in        .        .    .    .       .    200   200        .        .        .        .        .       .     200     .
reporting:attachment        county_duty_file         GET   in        .        .    .    .       .    .     .          200      200      200      .        .       .     .       .
reporting:attachment        abroad_duty_file         GET   in        .        .    .    .       .    .     .          .        .        .        200      200     .     .       .
reporting:attachment_delete draft_file               POST  in        .        302  .    .       403  .     .          .        .        .        .        .       .     .       .
reporting:attachment_delete submitted_file           POST  in        .        302  403  .       403  403   403        .        .        .        .        .       .     403     .
reporting:attachment_delete alone_file               POST  in        .        302  .    .       403  403   403        .        .        .        .        .       .     403     .
reporting:attachment_delete coop_returned_file       POST  in        .        .    302  .       .    .     .          .        .        .        .        .       .     .       .
reporting:attachment_delete county_draft_file        POST  in        .        .    .    .       .    .     .          .        302      .        .        .       .     .       .
reporting:attachment_delete county_submitted_file    POST  in        .        .    .    .       .    .     .          403      302      403      .        .       .     403     .
reporting:attachment_delete abroad_submitted_file    POST  in        .        .    .    .       .    .     .          .        .        .        302      403     .     .       .
reporting:attachment_delete duty_draft_file          POST  in        .        302  .    .       403  .     .          .        .        .        .        .       .     .       .
reporting:attachment_delete duty_submitted_file      POST  in        .        .    302  .       .    403   403        .        .        .        .        .       .     403     .
reporting:attachment_delete county_report_file       POST  in        .        .    .    .       .    403   403        302      .        .        .        .       .     403     .
reporting:attachment_delete county_report_draft_file POST  in        .        .    .    .       .    .     .          302      .        .        .        .       .     .       .
reporting:attachment_delete assessment_file          POST  in        .        .    .    .       .    302   302        .        .        .        .        .       .     403     .
reporting:attachment_delete county_duty_file         POST  in        .        .    .    .       .    .     .          403      302      403      .        .       .     .       .
reporting:attachment_delete abroad_duty_file         POST  in        .        .    .    .       .    .     .          .        .        .        302      403     .     .       .
reporting:board             city_year                GET   in        .        .    .    .       .    200   200        .        .        .        .        .       .     200     .
reporting:board             county_year              GET   in        .        .    .    .       .    .     .          200      .        200      .        .       .     .       .
reporting:board             abroad_year              GET   in        .        .    .    .       .    .     .          .        .        .        .        200     .     .       .
reporting:rows              city_year                GET   in        .        .    .    .       .    200   200        .        .        .        .        .       .     200     .
reporting:rows              county_year              GET   in        .        .    .    .       .    .     .          200      .        200      .        .       .     .       .
reporting:rows              abroad_year              GET   in        .        .    .    .       .    .     .          .        .        .        .        200     .     .       .
reporting:duties            city_year                GET   in        .        .    .    .       .    200   200        .        .        .        .        .       .     200     .
reporting:duties            county_year              GET   in        .        .    .    .       .    .     .          200      .        200      .        .       .     .       .
reporting:duties            abroad_year              GET   in        .        .    .    .       .    .     .          .        .        .        .        200     .     .       .
reporting:unit              lead_unit                GET   in        .        .    .    .       .    200   200        .        .        .        .        .       .     200     .
reporting:unit              county_unit              GET   in        .        .    .    .       .    .     .          200      .        200      .        .       .     .       .
reporting:unit              abroad_unit              GET   in        .        .    .    .       .    .     .          .        .        .        .        200     .     .       .
reporting:plan              city_version             GET   in        .        200  200  200     200  200   200        200      200      200      .        .       200   200     200
reporting:plan              county_version           GET   in        .        .    .    .       .    200   200        200      200      200      .        .       200   200     200
reporting:plan              abroad_version           GET   in        .        .    .    .       .    .     .          .        .        .        200      200     .     .       200
reporting:plan              city_draft_version       GET   in        .        .    .    .       .    .     .          .        .        .        .        .       200   200     200
reporting:plan              abroad_draft_version     GET   in        .        .    .    .       .    .     .          .        .        .        .        .       .     .       200
reporting:plan_imports      -                        GET   in        .        .    .    .       .    .     .          .        .        200      .        .       200   200     200
reporting:plan_imports      -                        POST  in        .        .    .    .       .    .     .          .        .        403      .        .       422   403     422
reporting:plan_template     -                        GET   in        .        .    .    .       .    .     .          .        .        .        .        .       200   .       200
reporting:plan_import       city_import              GET   in        .        .    .    .       .    .     .          .        .        .        .        .       200   200     200
reporting:plan_import       county_import            GET   in        .        .    .    .       .    .     .          .        .        200      .        .       200   200     200
reporting:plan_import       abroad_import            GET   in        .        .    .    .       .    .     .          .        .        .        .        .       .     .       200
reporting:import_progress   city_import              GET   in        .        .    .    .       .    .     .          .        .        .        .        .       204   204     204
reporting:import_progress   county_import            GET   in        .        .    .    .       .    .     .          .        .        204      .        .       204   204     204
reporting:import_progress   abroad_import            GET   in        .        .    .    .       .    .     .          .        .        .        .        .       .     .       204
reporting:import_heading    city_import              GET   in        .        .    .    .       .    .     .          .        .        .        .        .       302   302     302
reporting:import_heading    city_import              POST  in        .        .    .    .       .    .     .          .        .        .        .        .       409   403     409
reporting:import_heading    county_import            GET   in        .        .    .    .       .    .     .          .        .        302      .        .       302   302     302
reporting:import_heading    county_import            POST  in        .        .    .    .       .    .     .          .        .        403      .        .       409   403     409
reporting:import_heading    abroad_import            GET   in        .        .    .    .       .    .     .          .        .        .        .        .       .     .       302
reporting:import_heading    abroad_import            POST  in        .        .    .    .       .    .     .          .        .        .        .        .       .     .       409
reporting:import_columns    city_import              GET   in        .        .    .    .       .    .     .          .        .        .        .        .       302   302     302
reporting:import_columns    city_import              POST  in        .        .    .    .       .    .     .          .        .        .        .        .       .     403     .
reporting:import_columns    county_import            GET   in        .        .    .    .       .    .     .          .        .        302      .        .       302   302     302
reporting:import_columns    county_import            POST  in        .        .    .    .       .    .     .          .        .        403      .        .       .     403     .
reporting:import_columns    abroad_import            GET   in        .        .    .    .       .    .     .          .        .        .        .        .       .     .       302
reporting:import_columns    abroad_import            POST  in        .        .    .    .       .    .     .          .        .        .        .        .       .     .       .
reporting:import_answer     city_import              GET   in        .        .    .    .       .    .     .          .        .        .        .        .       302   302     302
reporting:import_answer     city_import              POST  in        .        .    .    .       .    .     .          .        .        .        .        .       302   403     302
reporting:import_answer     county_import            GET   in        .        .    .    .       .    .     .          .        .        302      .        .       302   302     302
reporting:import_answer     county_import            POST  in        .        .    .    .       .    .     .          .        .        403      .        .       302   403     302
reporting:import_answer     abroad_import            GET   in        .        .    .    .       .    .     .          .        .        .        .        .       .     .       302
reporting:import_answer     abroad_import            POST  in        .        .    .    .       .    .     .          .        .        .        .        .       .     .       302
reporting:import_reopen     city_import              POST  in        .        .    .    .       .    .     .          .        .        .        .        .       302   403     302
reporting:import_reopen     county_import            POST  in        .        .    .    .       .    .     .          .        .        403      .        .       302   403     302
reporting:import_reopen     abroad_import            POST  in        .        .    .    .       .    .     .          .        .        .        .        .       .     .       302
reporting:import_preview    city_import              GET   in        .        .    .    .       .    .     .          .        .        .        .        .       200   200     200
reporting:import_preview    county_import            GET   in        .        .    .    .       .    .     .          .        .        200      .        .       200   200     200
reporting:import_preview    abroad_import            GET   in        .        .    .    .       .    .     .          .        .        .        .        .       .     .       200
reporting:import_publish    city_import              POST  in        .        .    .    .       .    .     .          .        .        .        .        .       302   403     302
reporting:import_publish    county_import            POST  in        .        .    .    .       .    .     .          .        .        403      .        .       302   403     302
reporting:import_publish    abroad_import            POST  in        .        .    .    .       .    .     .          .        .        .        .        .       .     .       302
reporting:import_withdraw   city_import              POST  in        .        .    .    .       .    .     .          .        .        .        .        .       302   403     302
reporting:import_withdraw   county_import            POST  in        .        .    .    .       .    .     .          .        .        403      .        .       302   403     302
reporting:import_withdraw   abroad_import            POST  in        .        .    .    .       .    .     .          .        .        .        .        .       .     .       302
reporting:import_file       city_import              GET   in        .        .    .    .       .    .     .          .        .        .        .        .       200   200     200
reporting:import_file       county_import            GET   in        .        .    .    .       .    .     .          .        .        200      .        .       200   200     200
reporting:import_file       abroad_import            GET   in        .        .    .    .       .    .     .          .        .        .        .        .       .     .       200
reporting:import_changes    city_import              GET   in        .        .    .    .       .    .     .          .        .        .        .        .       200   200     200
reporting:import_changes    county_import            GET   in        .        .    .    .       .    .     .          .        .        200      .        .       200   200     200
reporting:import_changes    abroad_import            GET   in        .        .    .    .       .    .     .          .        .        .        .        .       .     .       200
reporting:import_changes_xlsx city_import              GET   in        .        .    .    .       .    .     .          .        .        .        .        .       200   200     200
reporting:import_changes_xlsx county_import            GET   in        .        .    .    .       .    .     .          .        .        200      .        .       200   200     200
reporting:import_changes_xlsx abroad_import            GET   in        .        .    .    .       .    .     .          .        .        .        .        .       .     .       200
reporting:import_lineage    city_import              POST  in        .        .    .    .       .    .     .          .        .        .        .        .       302   403     302
reporting:import_lineage    county_import            POST  in        .        .    .    .       .    .     .          .        .        403      .        .       302   403     302
reporting:import_lineage    abroad_import            POST  in        .        .    .    .       .    .     .          .        .        .        .        .       .     .       302
reporting:import_annotated  city_import              GET   in        .        .    .    .       .    .     .          .        .        .        .        .       .     .       .
reporting:import_annotated  city_failed_import       GET   in        .        .    .    .       .    .     .          .        .        .        .        .       200   200     200
reporting:plan_export       city_version             GET   in        .        200  200  200     200  200   200        200      200      200      .        .       200   200     200
reporting:plan_export       county_version           GET   in        .        .    .    .       .    200   200        200      200      200      .        .       200   200     200
reporting:plan_export       abroad_version           GET   in        .        .    .    .       .    .     .          .        .        .        200      200     .     .       200
reporting:plan_export       city_draft_version       GET   in        .        .    .    .       .    .     .          .        .        .        .        .       200   200     200
reporting:plan_export       abroad_draft_version     GET   in        .        .    .    .       .    .     .          .        .        .        .        .       .     .       200
reporting:plan_changes      city_version             GET   in        .        200  200  200     200  200   200        200      200      200      .        .       200   200     200
reporting:plan_changes      county_version           GET   in        .        .    .    .       .    200   200        200      200      200      .        .       200   200     200
reporting:plan_changes      abroad_version           GET   in        .        .    .    .       .    .     .          .        .        .        200      200     .     .       200
reporting:plan_changes      city_draft_version       GET   in        .        .    .    .       .    .     .          .        .        .        .        .       200   200     200
reporting:plan_changes      abroad_draft_version     GET   in        .        .    .    .       .    .     .          .        .        .        .        .       .     .       200
reporting:plan_changes_xlsx city_version             GET   in        .        .    .    .       .    .     .          .        .        .        .        .       .     .       .
reporting:plan_changes_xlsx county_version           GET   in        .        .    .    .       .    .     .          .        .        .        .        .       .     .       .
reporting:plan_changes_xlsx abroad_version           GET   in        .        .    .    .       .    .     .          .        .        .        .        .       .     .       .
reporting:plan_changes_xlsx city_draft_version       GET   in        .        .    .    .       .    .     .          .        .        .        .        .       200   200     200
reporting:plan_changes_xlsx abroad_draft_version     GET   in        .        .    .    .       .    .     .          .        .        .        .        .       .     .       200
reporting:plan_lineage      city_version             POST  in        .        403  403  403     403  403   403        403      403      403      .        .       .     403     .
reporting:plan_lineage      county_version           POST  in        .        .    .    .       .    403   403        403      403      403      .        .       .     403     .
reporting:plan_lineage      abroad_version           POST  in        .        .    .    .       .    .     .          .        .        .        403      403     .     .       .
reporting:plan_lineage      city_draft_version       POST  in        .        .    .    .       .    .     .          .        .        .        .        .       302   403     302
reporting:plan_lineage      abroad_draft_version     POST  in        .        .    .    .       .    .     .          .        .        .        .        .       .     .       302
reporting:plan_undo         city_version             POST  in        .        403  403  403     403  403   403        403      403      403      .        .       302   403     302
reporting:plan_undo         county_version           POST  in        .        .    .    .       .    403   403        403      403      403      .        .       302   403     302
reporting:plan_undo         abroad_version           POST  in        .        .    .    .       .    .     .          .        .        .        403      403     .     .       302
reporting:plan_undo         city_draft_version       POST  in        .        .    .    .       .    .     .          .        .        .        .        .       302   403     302
reporting:plan_undo         abroad_draft_version     POST  in        .        .    .    .       .    .     .          .        .        .        .        .       .     .       302
reporting:clause            city_clause_1            GET   in        .        200  200  200     200  200   200        200      200      200      .        .       200   200     200
reporting:clause            county_clause_1          GET   in        .        .    .    .       .    200   200        200      200      200      .        .       200   200     200
reporting:clause            abroad_clause_1          GET   in        .        .    .    .       .    .     .          .        .        .        200      200     .     .       200
reporting:clause            city_draft_clause        GET   in        .        .    .    .       .    .     .          .        .        .        .        .       200   200     200
reporting:clause            abroad_draft_clause      GET   in        .        .    .    .       .    .     .          .        .        .        .        .       .     .       200
reporting:inbox_read        -                        POST  in        302      302  302  302     302  302   302        302      302      302      302      302     302   302     302
reporting:notice_read       city_notice              POST  in        .        302  .    .       .    .     .          .        .        .        .        .       .     .       .
reporting:notice_read       abroad_notice            POST  in        .        .    .    .       .    .     .          .        .        .        302      .       .     .       .
"""

# The administration. ``own`` is a row of the city, ``foreign`` one of another conference; a row of the whole
# installation (a division, a day of the calendar) has no foreign one. All other roles get 403 everywhere.
ADMIN_TABLE = """
                                               admin auditor dauditor super
departments_conference     changelist -        200   200     200      200
departments_conference     add        -        200   403     403      200
departments_conference     change     own      200   200     .        200
departments_conference     change     foreign  .     .       .        200
departments_conference     delete     own      200   403     403      200
departments_conference     delete     foreign  .     403     403      200
departments_conference     history    own      200   200     .        200
departments_conference     history    foreign  .     .       .        200
departments_department     changelist -        200   200     200      200
departments_department     add        -        200   403     403      200
departments_department     change     own      200   200     .        200
departments_department     change     foreign  .     .       .        200
departments_department     delete     own      200   403     403      200
departments_department     delete     foreign  .     403     403      200
departments_department     history    own      200   200     .        200
departments_department     history    foreign  .     .       .        200
departments_event          changelist -        200   200     200      200
departments_event          add        -        403   403     403      403
departments_event          change     own      .     200     .        .
departments_event          change     foreign  .     .       .        .
departments_event          delete     own      403   403     403      403
departments_event          delete     foreign  403   403     403      403
departments_event          history    own      .     .       .        .
departments_event          history    foreign  .     .       .        .
departments_jurisdiction   changelist -        200   200     200      200
departments_jurisdiction   add        -        200   403     403      200
departments_jurisdiction   change     own      200   200     200      200
departments_jurisdiction   delete     own      200   403     403      200
departments_jurisdiction   history    own      200   200     200      200
departments_membership     changelist -        200   200     200      200
departments_membership     add        -        200   403     403      200
departments_membership     change     own      200   200     .        200
departments_membership     change     foreign  .     .       .        200
departments_membership     delete     own      200   403     403      200
departments_membership     delete     foreign  .     403     403      200
departments_membership     history    own      200   200     .        200
departments_membership     history    foreign  .     .       .        200
departments_posting        changelist -        200   200     200      200
departments_posting        add        -        200   403     403      200
departments_posting        change     own      200   200     .        200
departments_posting        change     foreign  .     .       .        200
departments_posting        delete     own      403   403     403      403
departments_posting        delete     foreign  403   403     403      403
departments_posting        history    own      200   200     .        200
departments_posting        history    foreign  .     .       .        200
departments_succession     changelist -        200   200     200      200
departments_succession     add        -        200   403     403      200
departments_succession     change     own      200   200     .        200
departments_succession     change     foreign  .     .       .        200
departments_succession     delete     own      200   403     403      200
departments_succession     delete     foreign  .     403     403      200
departments_succession     history    own      200   200     .        200
departments_succession     history    foreign  .     .       .        200
departments_user           changelist -        200   200     200      200
departments_user           add        -        200   403     403      200
departments_user           change     own      200   200     .        200
departments_user           change     foreign  .     .       .        200
departments_user           delete     own      403   403     403      403
departments_user           delete     foreign  403   403     403      403
departments_user           history    own      200   200     .        200
departments_user           history    foreign  .     .       .        200
measures_clause            changelist -        200   200     200      200
measures_clause            add        -        403   403     403      403
measures_clause            change     own      200   200     .        200
measures_clause            change     foreign  .     .       .        200
measures_clause            delete     own      403   403     403      403
measures_clause            delete     foreign  403   403     403      403
measures_clause            history    own      200   200     .        200
measures_clause            history    foreign  .     .       .        200
measures_obligation        changelist -        200   200     200      200
measures_obligation        add        -        403   403     403      403
measures_obligation        change     own      200   200     .        200
measures_obligation        change     foreign  .     .       .        200
measures_obligation        delete     own      403   403     403      403
measures_obligation        delete     foreign  .     403     403      403
measures_obligation        history    own      200   200     .        200
measures_obligation        history    foreign  .     .       .        200
measures_plan              changelist -        200   200     200      200
measures_plan              add        -        403   403     403      403
measures_plan              change     own      200   200     .        200
measures_plan              change     foreign  .     .       .        200
measures_plan              delete     own      200   403     403      200
measures_plan              delete     foreign  .     403     403      200
measures_plan              history    own      200   200     .        200
measures_plan              history    foreign  .     .       .        200
measures_planversion       changelist -        200   200     200      200
measures_planversion       add        -        403   403     403      403
measures_planversion       change     own      200   200     .        200
measures_planversion       change     foreign  .     .       .        200
measures_planversion       delete     own      403   403     403      403
measures_planversion       delete     foreign  .     403     403      403
measures_planversion       history    own      200   200     .        200
measures_planversion       history    foreign  .     .       .        200
measures_question          changelist -        200   200     200      200
measures_question          add        -        403   403     403      403
measures_question          change     own      200   200     .        200
measures_question          change     foreign  .     .       .        200
measures_question          delete     own      403   403     403      403
measures_question          delete     foreign  403   403     403      403
measures_question          history    own      200   200     .        200
measures_question          history    foreign  .     .       .        200
measures_planimport        changelist -        200   200     200      200
measures_planimport        add        -        403   403     403      403
measures_planimport        change     own      200   200     .        200
measures_planimport        change     foreign  .     .       .        200
measures_planimport        delete     own      403   403     403      403
measures_planimport        delete     foreign  403   403     403      403
measures_planimport        history    own      200   200     .        200
measures_planimport        history    foreign  .     .       .        200
measures_rememberedanswer  changelist -        200   200     200      200
measures_rememberedanswer  add        -        403   403     403      403
measures_rememberedanswer  change     own      200   200     .        200
measures_rememberedanswer  change     foreign  .     .       .        200
measures_rememberedanswer  delete     own      200   403     403      200
measures_rememberedanswer  delete     foreign  .     403     403      200
measures_rememberedanswer  history    own      200   200     .        200
measures_rememberedanswer  history    foreign  .     .       .        200
measures_sheetlayout       changelist -        200   200     200      200
measures_sheetlayout       add        -        403   403     403      403
measures_sheetlayout       change     own      200   200     .        200
measures_sheetlayout       change     foreign  .     .       .        200
measures_sheetlayout       delete     own      200   403     403      200
measures_sheetlayout       delete     foreign  .     403     403      200
measures_sheetlayout       history    own      200   200     .        200
measures_sheetlayout       history    foreign  .     .       .        200
measures_responsibility    changelist -        200   200     200      200
measures_responsibility    add        -        403   403     403      403
measures_responsibility    change     own      200   200     .        200
measures_responsibility    change     foreign  .     .       .        200
measures_responsibility    delete     own      403   403     403      403
measures_responsibility    delete     foreign  .     403     403      403
measures_responsibility    history    own      200   200     .        200
measures_responsibility    history    foreign  .     .       .        200
reporting_duty             changelist -        200   200     200      200
reporting_duty             add        -        403   403     403      403
reporting_duty             change     own      200   200     .        200
reporting_duty             change     foreign  .     .       .        200
reporting_duty             delete     own      403   403     403      403
reporting_duty             delete     foreign  403   403     403      403
reporting_duty             history    own      200   200     .        200
reporting_duty             history    foreign  .     .       .        200
reporting_heartbeat        changelist -        200   403     403      200
reporting_heartbeat        add        -        403   403     403      403
reporting_heartbeat        change     own      200   403     403      200
reporting_heartbeat        delete     own      403   403     403      403
reporting_heartbeat        history    own      200   .       .        200
reporting_mail             changelist -        200   200     200      200
reporting_mail             add        -        403   403     403      403
reporting_mail             change     own      200   200     .        200
reporting_mail             change     foreign  .     .       .        200
reporting_mail             delete     own      403   403     403      403
reporting_mail             delete     foreign  403   403     403      403
reporting_mail             history    own      200   200     .        200
reporting_mail             history    foreign  .     .       .        200
reporting_reminder         changelist -        200   200     200      200
reporting_reminder         add        -        403   403     403      403
reporting_reminder         change     own      200   200     .        200
reporting_reminder         change     foreign  .     .       .        200
reporting_reminder         delete     own      403   403     403      403
reporting_reminder         delete     foreign  403   403     403      403
reporting_reminder         history    own      200   200     .        200
reporting_reminder         history    foreign  .     .       .        200
reporting_urge             changelist -        403   200     200      403
reporting_urge             add        -        403   403     403      403
reporting_urge             change     own      403   200     .        403
reporting_urge             change     foreign  403   .       .        403
reporting_urge             delete     own      403   403     403      403
reporting_urge             delete     foreign  403   403     403      403
reporting_urge             history    own      .     200     .        .
reporting_urge             history    foreign  .     .       .        .
reporting_workday          changelist -        200   200     200      200
reporting_workday          add        -        200   403     403      200
reporting_workday          change     own      200   200     200      200
reporting_workday          delete     own      200   403     403      200
reporting_workday          history    own      200   200     200      200
reporting_year             changelist -        200   200     200      200
reporting_year             add        -        403   403     403      403
reporting_year             change     own      200   200     .        200
reporting_year             change     foreign  .     .       .        200
reporting_year             delete     own      403   403     403      403
reporting_year             delete     foreign  403   403     403      403
reporting_year             history    own      200   200     .        200
reporting_year             history    foreign  .     .       .        200
"""
# The administration's own only leads to the other.
LOGIN_PAGES = ("/login/", "/admin/login/")
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
# Addresses that anonymous people reach too.
PUBLIC = {"departments:login", "departments:set_language", "departments:token"}
# Asked with a client of its own: the answer changes who is logged in or in which language.
ON_THEIR_OWN = {"departments:login", "departments:logout", "departments:set_language"}


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    """Thousands of refusals with their tracebacks would be kept for a report that nobody reads."""
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    with django_db_blocker.unblock(), a_world() as world:
        world.clients = {role: world.client(role) for role in ROLES}  # type: ignore[attr-defined]
        yield world


def parsed(table: str) -> tuple[list[str], list[list[str]]]:
    columns, *rows = [line.split() for line in table.strip().splitlines()]
    return columns, rows


def cells() -> dict[str, list[tuple[str, str, dict[str, str]]]]:
    """Address → (row of the world, method, role → cell)."""
    roles, rows = parsed(TABLE)
    found = defaultdict(list)
    for name, thing, method, *values in rows:
        assert len(values) == len(roles), f"{name} {thing} {method}: {len(values)} cells for {len(roles)} roles"
        found[name].append((thing, method, dict(zip(roles, values, strict=True))))
    return found


CELLS = cells()
# Which methods an address lists.
LISTED = {name: {method for _thing, method, _cells in rows} for name, rows in CELLS.items()}


def arguments(world: World, name: str, thing: str) -> list[Any]:
    """What stands in the address ``name`` for that row of the world."""
    if thing == "-":
        return []
    row = world[thing]
    match name.partition(":")[2]:
        case "work_year":
            return [row.year]
        case "attachment" | "attachment_delete":
            return [row.key]
        case "board" | "rows" | "duties":
            return [row.conference.code, row.year]
        case "unit":
            return [row.conference.code, world.year, row.code]
        case "import_reopen":
            return [row.pk, world[thing.replace("import", "asked")].pk]
        case "clause":
            return [row.version_id, row.path]
        case _:
            return [row.pk]


def ask(client: Client, method: str, path: str, **headers: str) -> str:
    """What happened, as a cell says it; everything that it changed is taken back."""
    with taken_back():
        response = client.generic(method, path, b"", "application/x-www-form-urlencoded", headers=headers or None)
        if response.streaming:
            b"".join(response.streaming_content)
    if response.status_code == 302 and response.url.partition("?")[0] in LOGIN_PAGES:
        return "in"
    return "." if response.status_code == 404 else str(response.status_code)


def client_for(world: World, name: str, role: str) -> Client:
    return world.client(role) if name in ON_THEIR_OWN else world.clients[role]  # type: ignore[attr-defined]


def patterns(resolver: Any = None, prefix: str = "", namespace: str = "") -> Iterator[tuple[str, str]]:
    """Every address of the site: its full name and its route."""
    for pattern in (resolver or get_resolver()).url_patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            yield from patterns(pattern, route, inner)
        else:
            assert isinstance(pattern, URLPattern)
            yield f"{namespace}{pattern.name}", route


# --- The product's pages ------------------------------------------------------------------------------------------


def test_every_address_is_declared() -> None:
    addresses = {name for name, route in patterns() if not route.startswith("admin/")}

    assert addresses == set(CELLS)


def test_table_has_every_role_and_no_cell_twice() -> None:
    rows = [(name, thing, method) for name, found in CELLS.items() for thing, method, _cells in found]

    assert parsed(TABLE)[0] == list(ROLES)
    assert len(rows) == len(set(rows))


@pytest.mark.parametrize("name", sorted(CELLS))
def test_everybody_gets_what_the_table_says(world: World, name: str) -> None:
    deviations = []
    for thing, method, declared in CELLS[name]:
        path = reverse(name, args=arguments(world, name, thing))
        for role, cell in declared.items():
            answer = ask(client_for(world, name, role), method, path)
            if answer != cell:
                deviations.append(f"{thing} {method} {role}: {answer}, not {cell}")

    assert deviations == []


@pytest.mark.parametrize("name", sorted(CELLS))
def test_methods_that_are_not_listed_are_refused(world: World, name: str) -> None:
    deviations = []
    for thing in {thing for thing, _method, _cells in CELLS[name]}:
        path = reverse(name, args=arguments(world, name, thing))
        for method in set(METHODS) - LISTED[name]:
            for role in ROLES:
                answer = ask(client_for(world, name, role), method, path)
                expected = {"405"} if role != ANONYMOUS or name in PUBLIC else {"in"}
                if name == "departments:login" and role != ANONYMOUS:
                    expected = {"302"}  # who is logged in already is sent on, whatever the method
                if answer not in expected:
                    deviations.append(f"{thing} {method} {role}: {answer}")

    assert deviations == []


@pytest.mark.parametrize("name", sorted(set(CELLS) - PUBLIC))
def test_scripts_of_anonymous_people_get_401(world: World, name: str) -> None:
    answers = {
        ask(Client(), method, reverse(name, args=arguments(world, name, thing)), **{"hx-request": "true"})
        for thing, method, _cells in CELLS[name]
    }

    assert answers == {"401"}


# --- Addresses that name nothing ----------------------------------------------------------------------------------

LONG = "x" * 10_000
MALFORMED = {
    "int": [
        *("0", "-1", "999999999", str(2**31), str(2**63), "1" + 30 * "0", "9" * 5000, "abc", "1.5", "1e3", "0x1"),
        *("%00", "1%00", "%D9%A3", "%EF%BC%91", "..%2F1", "%ff", "1;DROP TABLE", LONG),
    ],
    "uuid": [str(uuid4()), "0", "not-a-uuid", "%00", "{key}", "../../etc/passwd", LONG],
    "slug": ["999999", "500000%00", "500000'--", "%E5%B8%82", "..", LONG],
    "str": ["nobody", "%00", "lead_unit%00", "county_unit", "' OR 1=1 --", "..", LONG],
    "path": ["nothing", "%00", "../../../etc/passwd", "%E4%B8%80/(%E4%B8%80)/%00", "%ff%fe", LONG],
}


def broken(route: str, valid: dict[str, str]) -> Iterator[str]:
    """The route with one of its parts replaced by something that it never is."""
    parts = re.compile(r"<(\w+):(\w+)>")
    for kind, part in parts.findall(route):
        for value in MALFORMED[kind]:
            values = valid | {part: value}
            yield "/" + parts.sub(lambda found, values=values: values[found[2]], route)


@pytest.mark.parametrize("role", ROLES)
def test_what_does_not_exist_is_404(world: World, role: str) -> None:
    client = world.clients[role]  # type: ignore[attr-defined]
    valid = {
        "key": str(world["draft_file"].key),
        "pk": str(world["draft"].pk),
        "code": "500000",
        "year": str(world.year),
        "unit_code": "lead_unit",
        "path": "一",
        "question": str(world["city_asked"].pk),
    }
    versions = {"reporting:plan", "reporting:clause"}
    deviations = []
    for name, route in patterns():
        if name not in CELLS:
            continue
        of_this = valid | ({"pk": str(world["city_version"].pk)} if name in versions else {})
        if name == "reporting:import_reopen":
            of_this = valid | {"pk": str(world["city_import"].pk)}
        for path in broken(route, of_this):
            # Half of what is malformed is no address at all; the rest leads to the login page as any other does.
            allowed = {".", "400"} if role != ANONYMOUS else {".", "400", "in"}
            if name == "reporting:import_reopen":
                # Who only reads the import is told so, whatever the question.
                allowed |= {"403"}
            for method in LISTED[name]:
                answer = ask(client, method, path)
                if answer not in allowed:
                    deviations.append(f"{method} {path[:80]}: {answer}")

    assert deviations == []


# --- The administration -------------------------------------------------------------------------------------------

# Addresses of the administration that belong to no model.
ADMIN_PAGES = {
    # name: method, then admin, auditor, dauditor, super
    "admin:index": "GET 200 200 200 200",
    "admin:login": "GET 302 302 302 302",
    "admin:logout": "GET 405 405 405 405",
    "admin:password_change": "GET 302 302 302 302",
    "admin:password_change_done": "GET 200 200 200 200",
    "admin:autocomplete": "GET 403 403 403 403",
    "admin:jsi18n": "GET 200 200 200 200",
}
OF_A_MODEL = ("changelist", "add", "change", "delete", "history")
# Lists with a file: everybody who reads the list may export it, administrators import. Confirming is a POST.
EXCHANGED = (
    "departments_department",
    "departments_posting",
    "departments_succession",
    "departments_user",
    "reporting_year",
)
EXPORTED = (*EXCHANGED, "measures_responsibility")
OF_FILES = {
    # page: admin, auditor, dauditor, super
    "export": ("GET 200 200 200 200", EXPORTED),
    "import": ("GET 200 403 403 200", EXCHANGED),
    # Nothing was previewed: back to choosing a file.
    "process_import": ("POST 302 403 403 302", EXCHANGED),
}
OF_PEOPLE = {"admin:departments_user_password", "admin:departments_user_unlock"}
REDIRECTS = {"admin:None", "admin:view_on_site", "admin:app_list"}


def admin_rows(world: World) -> dict[str, tuple[Any, Any]]:
    """Model → a row of the city and one of another conference."""
    global_rows = {
        "departments_jurisdiction": (world["city"].jurisdiction, None),
        "reporting_workday": (world["workday"], None),
        "reporting_heartbeat": (world["heartbeat"], None),
    }
    return global_rows | {
        "departments_conference": (world["city"], world["abroad"]),
        "departments_department": (world["lead_unit"], world["abroad_unit"]),
        "departments_posting": tuple(Posting.objects.get(user=world.people[person]) for person in ("lead", "xliaison")),
        "departments_user": (world.people["lead"], world.people["xliaison"]),
        "departments_event": (world["city_event"], world["abroad_event"]),
        "departments_succession": (world["city_succession"], world["abroad_succession"]),
        "departments_membership": tuple(
            Membership.objects.get(department=world[unit]) for unit in ("lead_unit", "abroad_unit")
        ),
        "measures_plan": (world["city_plan"], world["abroad_plan"]),
        "measures_planversion": (world["city_version"], world["abroad_version"]),
        "measures_clause": (world["city_clause_1"], world["abroad_clause_1"]),
        "measures_responsibility": (world["lead_unit_1"], world["abroad_unit_1"]),
        "measures_obligation": (world["city_obligation_0"], world["abroad_obligation_0"]),
        "measures_question": (world["city_question"], world["abroad_question"]),
        "measures_planimport": (world["city_import"], world["abroad_import"]),
        "measures_rememberedanswer": (world["city_remembered"], world["abroad_remembered"]),
        "measures_sheetlayout": (world["city_layout"], world["abroad_layout"]),
        "reporting_year": (world["city_year"], world["abroad_year"]),
        "reporting_duty": (world["duty_draft"], world["abroad_duty"]),
        "reporting_reminder": (world["city_reminder"], world["abroad_reminder"]),
        "reporting_mail": (world["city_mail"], world["abroad_mail"]),
        "reporting_urge": (world["city_urge"], world["abroad_urge"]),
    }


def admin_cells() -> dict[str, list[tuple[str, str, dict[str, str]]]]:
    """Model → (page, own or foreign, role → cell)."""
    found: dict[str, list[tuple[str, str, dict[str, str]]]] = defaultdict(list)
    _columns, rows = parsed(ADMIN_TABLE)
    for model, page, whose, *values in rows:
        found[model].append((page, whose, dict(zip(ADMIN_ROLES, values, strict=True))))
    return found


ADMIN_CELLS = admin_cells()


def admin_path(world: World, model: str, page: str, whose: str) -> str:
    name = f"admin:{model}_{page}"
    if page in ("changelist", "add"):
        return reverse(name)
    own, foreign = admin_rows(world)[model]
    return reverse(name, args=[(own if whose == "own" else foreign).pk])


def test_every_address_of_the_administration_is_declared() -> None:
    declared = {
        *(f"admin:{model}_{page}" for model in ADMIN_CELLS for page in OF_A_MODEL),
        *ADMIN_PAGES,
        *(f"admin:{model}_{page}" for page, (_cells, models) in OF_FILES.items() for model in models),
        *OF_PEOPLE,
        *REDIRECTS,
    }

    assert {name for name, route in patterns() if route.startswith("admin/")} == declared


def test_every_model_of_the_administration_is_declared() -> None:
    registered = {f"{model._meta.app_label}_{model._meta.model_name}" for model in admin.site._registry}

    assert registered == set(ADMIN_CELLS)
    for model, rows in ADMIN_CELLS.items():
        assert {page for page, _whose, _cells in rows} == set(OF_A_MODEL), model


@pytest.mark.parametrize("model", sorted(ADMIN_CELLS))
def test_administration_opens_to_administrators_and_auditors(world: World, model: str) -> None:
    deviations = []
    for page, whose, declared in ADMIN_CELLS[model]:
        path = admin_path(world, model, page, whose)
        for role in ROLES:
            cell = "in" if role == ANONYMOUS else declared.get(role, "403")
            answer = ask(world.clients[role], "GET", path)  # type: ignore[attr-defined]
            if answer != cell:
                deviations.append(f"{page} {whose} {role}: {answer}, not {cell}")

    assert deviations == []


@pytest.mark.parametrize("model", sorted(ADMIN_CELLS))
def test_administration_answers_no_method_with_an_error(world: World, model: str) -> None:
    """Who may not enter gets the same with every method; who may gets something that is no error."""
    deviations = []
    for page, whose, declared in ADMIN_CELLS[model]:
        path = admin_path(world, model, page, whose)
        for method in METHODS[1:]:
            for role in ROLES:
                answer = ask(world.clients[role], method, path)  # type: ignore[attr-defined]
                expected = {"in"} if role == ANONYMOUS else {"403"} if role not in declared else None
                if declared.get(role) in (".", "403"):
                    # What may not be seen cannot be changed.
                    expected = {".", "403", "405"}
                if (expected is None and answer not in ("200", "302", "403", "405")) or (
                    expected is not None and answer not in expected
                ):
                    deviations.append(f"{method} {page} {whose} {role}: {answer}")

    assert deviations == []


@pytest.mark.parametrize("name", sorted(ADMIN_PAGES))
def test_pages_of_the_administration_without_a_model(world: World, name: str) -> None:
    method, *values = ADMIN_PAGES[name].split()
    declared = dict(zip(ADMIN_ROLES, values, strict=True))
    answers = {role: ask(world.client(role), method, reverse(name)) for role in ROLES}

    assert answers == {role: "in" if role == ANONYMOUS else declared.get(role, "403") for role in ROLES}


@pytest.mark.parametrize(("page", "model"), [(page, model) for page in OF_FILES for model in OF_FILES[page][1]])
def test_files_are_for_who_reads_and_imports_for_who_writes(world: World, page: str, model: str) -> None:
    method, *values = OF_FILES[page][0].split()
    declared = dict(zip(ADMIN_ROLES, values, strict=True))
    path = reverse(f"admin:{model}_{page}")
    answers = {role: ask(world.clients[role], method, path) for role in ROLES}  # type: ignore[attr-defined]

    assert answers == {role: "in" if role == ANONYMOUS else declared.get(role, "403") for role in ROLES}


@pytest.mark.parametrize("name", sorted(OF_PEOPLE))
def test_accounts_are_kept_by_their_administrators(world: World, name: str) -> None:
    """Giving a new password, lifting a lock: administrators, of their own people, and never of those above them."""
    method = "POST" if name.endswith("unlock") else "GET"
    allowed = "302" if name.endswith("unlock") else "200"

    def answers(person: str) -> dict[str, str]:
        path = reverse(name, args=[world.people[person].pk])
        return {role: ask(world.clients[role], method, path) for role in ROLES}  # type: ignore[attr-defined]

    refused = {role: "in" if role == ANONYMOUS else "403" for role in ROLES}
    assert answers("lead") == refused | {"admin": allowed, "super": allowed, "dauditor": "."}
    assert answers("dliaison") == refused | {"admin": allowed, "super": allowed}
    assert answers("xliaison") == refused | {"super": allowed, "admin": ".", "auditor": ".", "dauditor": "."}
    assert answers("super") == refused | {
        "super": "403" if name.endswith("password") else allowed,
        "admin": ".",
        "auditor": ".",
        "dauditor": ".",
    }


@pytest.mark.parametrize("role", ADMIN_ROLES)
def test_administration_of_what_does_not_exist_is_404(world: World, role: str) -> None:
    deviations = []
    for model in ADMIN_CELLS:
        for page in ("change", "delete", "history"):
            for value in ("0", "-1", str(2**63), "9" * 5000, "abc", "%00", "../../etc/passwd", LONG):
                path = f"/admin/{model.replace('_', '/', 1)}/{value}/{page}/"
                answer = ask(world.clients[role], "GET", path)  # type: ignore[attr-defined]
                if answer not in (".", "400", "403"):
                    deviations.append(f"{path[:80]}: {answer}")

    assert deviations == []
