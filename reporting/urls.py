"""Addresses of the year. Clauses are addressed by their path, the printed number in Chinese as written."""

from django.urls import path

from reporting.views import attachments, board, entries, home, notices, plans, review, work

app_name = "reporting"

urlpatterns = [
    path("", home.home, name="home"),
    path("work/", work.work_home, name="work"),
    path("work/<int:year>/", work.work, name="work_year"),
    path("progress/<int:pk>/", entries.progress, name="progress"),
    path("progress/<int:pk>/autosave/", entries.progress_autosave, name="progress_autosave"),
    path("progress/<int:pk>/withdraw/", entries.progress_withdraw, name="progress_withdraw"),
    path("progress/<int:pk>/attach/", attachments.progress_attach, name="progress_attach"),
    path("duty/<int:pk>/", entries.duty, name="duty"),
    path("duty/<int:pk>/autosave/", entries.duty_autosave, name="duty_autosave"),
    path("duty/<int:pk>/withdraw/", entries.duty_withdraw, name="duty_withdraw"),
    path("duty/<int:pk>/attach/", attachments.duty_attach, name="duty_attach"),
    path("duty/<int:pk>/urge/", review.duty_urge, name="duty_urge"),
    path("attachments/<uuid:key>/", attachments.attachment, name="attachment"),
    path("attachments/<uuid:key>/delete/", attachments.attachment_delete, name="attachment_delete"),
    path("review/progress/<int:pk>/", review.progress_review, name="progress_review"),
    path("review/duty/<int:pk>/", review.duty_review, name="duty_review"),
    path("board/", board.board_home, name="board_home"),
    path("board/<slug:code>/<int:year>/", board.board, name="board"),
    path("board/<slug:code>/<int:year>/rows/", board.rows, name="rows"),
    path("board/<slug:code>/<int:year>/duties/", board.duties, name="duties"),
    path("board/<slug:code>/<int:year>/units/<str:unit_code>/", board.unit, name="unit"),
    path("plans/", plans.plan_list, name="plan_list"),
    path("plans/<int:pk>/", plans.plan, name="plan"),
    path("plans/<int:pk>/clauses/<path:path>/", plans.clause, name="clause"),
    path("inbox/", notices.inbox, name="inbox"),
    path("inbox/read/", notices.inbox_read, name="inbox_read"),
    path("inbox/<int:pk>/read/", notices.notice_read, name="notice_read"),
    path("events/", notices.events, name="events"),
]
