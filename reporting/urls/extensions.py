"""Extensions and urging."""

from django.urls import path

from reporting.views import extensions, urging

urlpatterns = [
    path("duty/<int:pk>/extend/", extensions.duty_extend, name="duty_extend"),
    path("duty/<int:pk>/urge/", urging.duty_urge, name="duty_urge"),
    path("extensions/<int:pk>/withdraw/", extensions.extension_withdraw, name="extension_withdraw"),
    path("extensions/<int:pk>/decide/", extensions.extension_decide, name="extension_decide"),
    path("board/<slug:code>/<int:year>/extensions/", extensions.extensions, name="extensions"),
    path("board/<slug:code>/<int:year>/urge/", urging.urge_many, name="urge_many"),
    path("board/<slug:code>/<int:year>/urges/", urging.urges, name="urges"),
    path("urges/<uuid:batch>/letter/", urging.urge_letter, name="urge_letter"),
    path("urges/<uuid:batch>/word/", urging.urge_letter_word, name="urge_letter_word"),
]
