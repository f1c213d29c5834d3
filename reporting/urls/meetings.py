"""Meetings, and what a conference tells its members."""

from django.urls import path

from reporting.views import conference, meetings

urlpatterns = [
    path("work/<int:year>/conference/", conference.conference_year, name="conference_year"),
    path("board/<slug:code>/<int:year>/meetings/", meetings.meetings, name="meetings"),
    path("meetings/<int:pk>/", meetings.meeting, name="meeting"),
    path("meetings/<int:pk>/edit/", meetings.meeting_edit, name="meeting_edit"),
    path("meetings/<int:pk>/autosave/", meetings.meeting_autosave, name="meeting_autosave"),
    path("meetings/<int:pk>/attendance/", meetings.meeting_attendance, name="meeting_attendance"),
    path("meetings/<int:pk>/cancel/", meetings.meeting_cancel, name="meeting_cancel"),
    path("meetings/<int:pk>/word/", meetings.meeting_word, name="meeting_word"),
    path("meetings/<int:pk>/print/", meetings.meeting_print, name="meeting_print"),
]
