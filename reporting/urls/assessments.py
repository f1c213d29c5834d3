"""Assessments, circulars and supervision."""

from django.urls import path

from reporting.views import assessment_results, assessments, circulars, supervisions

urlpatterns = [
    path("board/<slug:code>/<int:year>/assessments/", assessments.assessments, name="assessments"),
    path("assessments/<int:pk>/", assessments.assessment, name="assessment"),
    path("assessments/<int:pk>/count/", assessments.assessment_count, name="assessment_count"),
    path("assessments/<int:pk>/publish/", assessments.assessment_publish, name="assessment_publish"),
    path("assessments/<int:pk>/results.xlsx", assessments.assessment_xlsx, name="assessment_xlsx"),
    path("assessments/<int:pk>/word/", assessments.assessment_word, name="assessment_word"),
    path("assessments/<int:pk>/print/", assessments.assessment_print, name="assessment_print"),
    path("assessments/results/<int:pk>/", assessment_results.assessment_result, name="assessment_result"),
    path("board/<slug:code>/<int:year>/circulars/", circulars.circulars, name="circulars"),
    path("circulars/<int:pk>/", circulars.circular, name="circular"),
    path("circulars/<int:pk>/autosave/", circulars.circular_autosave, name="circular_autosave"),
    path("circulars/<int:pk>/word/", circulars.circular_word, name="circular_word"),
    path("circulars/<int:pk>/print/", circulars.circular_print, name="circular_print"),
    path("board/<slug:code>/<int:year>/supervisions/", supervisions.supervisions, name="supervisions"),
    path("supervisions/<int:pk>/", supervisions.supervision, name="supervision"),
    path("supervisions/<int:pk>/step/", supervisions.supervision_step, name="supervision_step"),
    path("supervisions/<int:pk>/lift/", supervisions.supervision_lift, name="supervision_lift"),
    path("supervisions/<int:pk>/word/", supervisions.supervision_word, name="supervision_word"),
    path("supervisions/<int:pk>/print/", supervisions.supervision_print, name="supervision_print"),
    path("supervisions/<int:pk>/lifting/word/", supervisions.lifting_word, name="lifting_word"),
    path("supervisions/<int:pk>/lifting/print/", supervisions.lifting_print, name="lifting_print"),
]
