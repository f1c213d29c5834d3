"""What units write: progress, duties and their files; and the board on which the office sees how they stand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.urls import reverse

from reporting.models import Year

if TYPE_CHECKING:
    from tests.ledger import Ledger
    from tests.world import World

# The rows: draft, submitted, alone (nobody shares the clause), … of the city; county_… of the district below it;
# abroad_… of a conference that has nothing to do with either (tests/world.py).
TABLE = """
                                                           anonymous stranger lead coop outside head staff officehead district dliaison dauditor xliaison xoffice admin auditor super
reporting:work              -                        GET   in        .        302  302  302     302  302   302        302      302      .        302      302     .     .       .
reporting:board_home        -                        GET   in        .        .    .    .       .    302   302        302      .        302      .        302     .     302     .
reporting:work_year         city_year                GET   in        .        200  200  200     200  200   200        200      200      .        200      200     .     .       .
reporting:progress          draft                    GET   in        .        200  .    .       200  302   302        .        .        .        .        .       .     302     .
reporting:progress          draft                    POST  in        .        422  .    .       403  403   403        .        .        .        .        .       .     403     .
reporting:progress          submitted                GET   in        .        200  302  .       200  302   302        .        .        .        .        .       .     302     .
reporting:progress          submitted                POST  in        .        409  403  .       403  403   403        .        .        .        .        .       .     403     .
reporting:progress          alone                    GET   in        .        200  .    .       200  302   302        .        .        .        .        .       .     302     .
reporting:progress          alone                    POST  in        .        409  .    .       403  403   403        .        .        .        .        .       .     403     .
reporting:progress          coop_returned            GET   in        .        .    200  .       .    302   302        .        .        .        .        .       .     302     .
reporting:progress          coop_returned            POST  in        .        .    422  .       .    403   403        .        .        .        .        .       .     403     .
reporting:progress          county_draft             GET   in        .        .    .    .       .    .     .          302      200      302      .        .       .     302     .
reporting:progress          county_draft             POST  in        .        .    .    .       .    .     .          403      422      403      .        .       .     403     .
reporting:progress          county_submitted         GET   in        .        .    .    .       .    .     .          302      200      302      .        .       .     302     .
reporting:progress          county_submitted         POST  in        .        .    .    .       .    .     .          403      409      403      .        .       .     403     .
reporting:progress          abroad_submitted         GET   in        .        .    .    .       .    .     .          .        .        .        200      302     .     .       .
reporting:progress          abroad_submitted         POST  in        .        .    .    .       .    .     .          .        .        .        409      403     .     .       .
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
reporting:progress_attach   submitted                POST  in        .        409  403  .       403  403   403        .        .        .        .        .       .     403     .
reporting:progress_attach   alone                    POST  in        .        409  .    .       403  403   403        .        .        .        .        .       .     403     .
reporting:progress_attach   coop_returned            POST  in        .        .    422  .       .    403   403        .        .        .        .        .       .     403     .
reporting:progress_attach   county_draft             POST  in        .        .    .    .       .    .     .          403      422      403      .        .       .     403     .
reporting:progress_attach   county_submitted         POST  in        .        .    .    .       .    .     .          403      409      403      .        .       .     403     .
reporting:progress_attach   abroad_submitted         POST  in        .        .    .    .       .    .     .          .        .        .        409      403     .     .       .
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
reporting:duty              duty_draft               POST  in        .        409  .    .       403  403   403        .        .        .        .        .       .     403     .
reporting:duty              duty_submitted           GET   in        .        .    200  .       .    302   302        .        .        .        .        .       .     302     .
reporting:duty              duty_submitted           POST  in        .        .    409  .       .    403   403        .        .        .        .        .       .     403     .
reporting:duty              county_report            GET   in        .        .    .    .       .    302   302        200      .        .        .        .       .     302     .
reporting:duty              county_report            POST  in        .        .    .    .       .    403   403        409      .        .        .        .       .     403     .
reporting:duty              county_report_draft      GET   in        .        .    .    .       .    302   302        200      .        .        .        .       .     302     .
reporting:duty              county_report_draft      POST  in        .        .    .    .       .    403   403        422      .        .        .        .       .     403     .
reporting:duty              assessment               GET   in        .        .    .    .       .    200   200        .        .        .        .        .       .     302     .
reporting:duty              assessment               POST  in        .        .    .    .       .    409   409        .        .        .        .        .       .     403     .
reporting:duty              county_duty              GET   in        .        .    .    .       .    .     .          302      200      302      .        .       .     .       .
reporting:duty              county_duty              POST  in        .        .    .    .       .    .     .          403      409      403      .        .       .     .       .
reporting:duty              abroad_duty              GET   in        .        .    .    .       .    .     .          .        .        .        200      302     .     .       .
reporting:duty              abroad_duty              POST  in        .        .    .    .       .    .     .          .        .        .        409      403     .     .       .
reporting:duty_autosave     duty_draft               POST  in        .        409  .    .       403  403   403        .        .        .        .        .       .     403     .
reporting:duty_autosave     duty_submitted           POST  in        .        .    409  .       .    403   403        .        .        .        .        .       .     403     .
reporting:duty_autosave     county_report            POST  in        .        .    .    .       .    403   403        409      .        .        .        .       .     403     .
reporting:duty_autosave     county_report_draft      POST  in        .        .    .    .       .    403   403        422      .        .        .        .       .     403     .
reporting:duty_autosave     assessment               POST  in        .        .    .    .       .    422   422        .        .        .        .        .       .     403     .
reporting:duty_autosave     county_duty              POST  in        .        .    .    .       .    .     .          403      409      403      .        .       .     .       .
reporting:duty_autosave     abroad_duty              POST  in        .        .    .    .       .    .     .          .        .        .        409      403     .     .       .
reporting:duty_withdraw     duty_draft               POST  in        .        302  .    .       403  403   403        .        .        .        .        .       .     403     .
reporting:duty_withdraw     duty_submitted           POST  in        .        .    302  .       .    403   403        .        .        .        .        .       .     403     .
reporting:duty_withdraw     county_report            POST  in        .        .    .    .       .    403   403        302      .        .        .        .       .     403     .
reporting:duty_withdraw     county_report_draft      POST  in        .        .    .    .       .    403   403        302      .        .        .        .       .     403     .
reporting:duty_withdraw     assessment               POST  in        .        .    .    .       .    302   302        .        .        .        .        .       .     403     .
reporting:duty_withdraw     county_duty              POST  in        .        .    .    .       .    .     .          403      302      403      .        .       .     .       .
reporting:duty_withdraw     abroad_duty              POST  in        .        .    .    .       .    .     .          .        .        .        302      403     .     .       .
reporting:duty_attach       duty_draft               POST  in        .        422  .    .       403  403   403        .        .        .        .        .       .     403     .
reporting:duty_attach       duty_submitted           POST  in        .        .    409  .       .    403   403        .        .        .        .        .       .     403     .
reporting:duty_attach       county_report            POST  in        .        .    .    .       .    403   403        409      .        .        .        .       .     403     .
reporting:duty_attach       county_report_draft      POST  in        .        .    .    .       .    403   403        422      .        .        .        .       .     403     .
reporting:duty_attach       assessment               POST  in        .        .    .    .       .    409   409        .        .        .        .        .       .     403     .
reporting:duty_attach       county_duty              POST  in        .        .    .    .       .    .     .          403      422      403      .        .       .     .       .
reporting:duty_attach       abroad_duty              POST  in        .        .    .    .       .    .     .          .        .        .        409      403     .     .       .
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
"""

# Progress, duty and year rows are also seen by who only counts them: their texts are another matter.
SCOPES = """
                                            anonymous stranger lead coop outside head staff officehead district dliaison dauditor xliaison xoffice admin auditor super
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
year            city_year                   .         .        x    x    x       x    x     x          .        .        .        .        .       x     x       x
year            city_last_year              .         .        x    x    x       x    x     x          .        .        .        .        .       x     x       x
year            county_year                 .         .        .    .    .       .    x     x          x        x        x        .        .       x     x       x
year            abroad_year                 .         .        .    .    .       .    .     .          .        .        .        x        x       .     .       x
"""

ARGUMENTS = {
    "work_year": lambda world, row: [row.year],
    "attachment": lambda world, row: [row.key],
    "attachment_delete": lambda world, row: [row.key],
    "board": lambda world, row: [row.conference.code, row.year],
    "rows": lambda world, row: [row.conference.code, row.year],
    "duties": lambda world, row: [row.conference.code, row.year],
    "unit": lambda world, row: [row.conference.code, world.year, row.code],
}
NAMES = {"figure": lambda world, row: f"of {world.name_of(row.progress or row.sheet)}"}
NOT_FREE = {"period", "content_type", "file"}
FILTERS = ["q", "chapter", "role", "unit", "state", "page"]


def _reviewed(row: Any, action: str = "accept", **typed: str) -> dict[str, Any]:
    """What the review page sends of the version that it showed."""
    row.refresh_from_db()
    return {"action": action, "lock_version": row.lock_version, **typed}


ACTS = [
    ("draft", "lead", "progress", {"action": "save"}, ["start"]),
    ("draft", "lead", "progress", {"action": "submit"}, ["start", "submit"]),
    ("submitted", "lead", "progress_withdraw", {}, ["withdraw"]),
    ("submitted", "staff", "progress_review", lambda world: _reviewed(world["submitted"]), ["accept"]),
    (
        "submitted",
        "staff",
        "progress_review",
        lambda world: _reviewed(world["submitted"], "return", reason="退\r\n回"),
        ["return"],
    ),
    ("duty_submitted", "coop", "duty_withdraw", {}, ["withdraw"]),
    ("county_report", "staff", "duty_review", lambda world: _reviewed(world["county_report"]), ["accept"]),
    ("duty_draft", "staff", "duty_urge", {"message": "请报"}, ["urge"]),
    ("draft", "lead", "progress_attach", {"file": b""}, ["attach"]),
    ("draft_file", "lead", "attachment_delete", {}, ["detach"], lambda world: world["draft"]),
]

NULS = [
    ("duty", "county_duty_draft", "dliaison", {"statement": "\x00", "lock_version": 0}),
    ("duty_autosave", "county_duty_draft", "dliaison", {"statement": "\x00", "lock_version": 0}),
    ("progress_review", "submitted", "staff", {"action": "return", "reason": "\x00"}),
    ("progress_review", "submitted", "staff", {"action": "\x00"}),
    ("duty_urge", "duty_draft", "staff", {"message": "\x00"}),
]


def _board(ledger: Ledger, name: str, *more: Any) -> str:
    return reverse(f"reporting:{name}", args=[ledger.city.code, ledger.year, *more])


PAGES = {
    # What came back, what was asked for, who is first of several leads, what is handed over, which rooms there are: one
    # query each.
    "work": ("liaison", lambda ledger: reverse("reporting:work_year", args=[ledger.year]), 19),
    # The unit's rule of signing, and the requests for material beside the other units' words.
    "progress": ("liaison", lambda ledger: reverse("reporting:progress", args=[ledger.entries[0].pk]), 23),
    "duty": ("liaison", lambda ledger: reverse("reporting:duty", args=[ledger.other_duty.pk])),
    "board": ("office", lambda ledger: _board(ledger, "board")),
    "rows": ("office", lambda ledger: _board(ledger, "rows")),
    "duties": ("office", lambda ledger: _board(ledger, "duties")),
    "unit": ("office", lambda ledger: _board(ledger, "unit", ledger.units[0].code)),
    "progress_review": ("office", lambda ledger: reverse("reporting:progress_review", args=[ledger.entries[0].pk])),
    # The report as it was filed stands in the page.
    "duty_review": ("office", lambda ledger: reverse("reporting:duty_review", args=[ledger.duties[0].pk]), 16),
}


def addresses(world: World) -> list[str]:
    """How every unit stands, in every year that was opened."""
    return [
        reverse("reporting:unit", args=[year.conference.code, year.year, unit.code])
        for year in world.things.values()
        if isinstance(year, Year)
        for unit in year.conference.departments.all()
    ]


def lists(world: World) -> list[str]:
    return [reverse(f"reporting:{name}", args=["500000", world.year]) for name in ("board", "rows", "duties")]
