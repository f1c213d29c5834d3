"""Indicators and figures."""

from django.urls import path

from reporting.views import figure_sums, figures, indicators

urlpatterns = [
    path("figures/<int:year>/<str:unit_code>/", figures.figures, name="figures"),
    path("figures/<int:year>/<str:unit_code>/autosave/", figures.figures_autosave, name="figures_autosave"),
    path("board/<slug:code>/<int:year>/figures/", figure_sums.figure_sums, name="figure_sums"),
    path("board/<slug:code>/<int:year>/figures/matrix/", figure_sums.figure_matrix, name="figure_matrix"),
    path("board/<slug:code>/<int:year>/figures.xlsx", figure_sums.figure_sums_xlsx, name="figure_sums_xlsx"),
    path("board/<slug:code>/<int:year>/indicators/", indicators.indicators, name="indicators"),
    path(
        "board/<slug:code>/<int:year>/indicators/suggested/",
        indicators.indicators_suggested,
        name="indicators_suggested",
    ),
    path("board/<slug:code>/<int:year>/indicators/add/", indicators.indicator_add, name="indicator_add"),
    path("board/<slug:code>/<int:year>/indicators/<int:pk>/", indicators.indicator, name="indicator"),
    path("board/<slug:code>/<int:year>/indicators/<int:pk>/end/", indicators.indicator_end, name="indicator_end"),
    path("board/<slug:code>/<int:year>/indicators/<int:pk>/units/", indicators.indicator_units, name="indicator_units"),
]
