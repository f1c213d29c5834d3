"""Handing work over."""

from django.urls import path

from reporting.views import handovers

urlpatterns = [
    path("handovers/", handovers.handovers, name="handovers"),
    path("handovers/<int:pk>/take/", handovers.handover_take, name="handover_take"),
]
