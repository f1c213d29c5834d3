"""Signing, knowing, asking for material; the review queue; the rules of a unit and of a plan."""

from django.urls import URLPattern, path

from reporting.views import cooperation, queue, signing

urlpatterns: list[URLPattern] = [
    path("work/<int:year>/acknowledge/", cooperation.acknowledge_many, name="acknowledge_many"),
    path("progress/<int:pk>/acknowledge/", cooperation.progress_acknowledge, name="progress_acknowledge"),
    path("progress/<int:pk>/ask/", cooperation.progress_ask, name="progress_ask"),
    path("inputs/<int:pk>/cancel/", cooperation.input_cancel, name="input_cancel"),
    path("signing/<int:year>/<str:unit_code>/", signing.to_sign, name="to_sign"),
    path("units/<str:unit_code>/settings/", cooperation.unit_settings, name="unit_settings"),
    path("clauses/<int:pk>/first-lead/<int:year>/", cooperation.first_lead, name="first_lead"),
    path("plans/<int:pk>/rule/", cooperation.plan_rule, name="plan_rule"),
    path("board/<slug:code>/<int:year>/queue/", queue.review_queue, name="review_queue"),
]
