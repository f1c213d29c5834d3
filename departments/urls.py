"""A person's own account. Units and people are kept in the administration."""

from django.urls import path

from departments import views

app_name = "departments"

urlpatterns = [
    path("login/", views.AccountLoginView.as_view(), name="login"),
    path("logout/", views.AccountLogoutView.as_view(), name="logout"),
    path("language/", views.set_language, name="set_language"),
    path("account/", views.account, name="account"),
    path("account/password/", views.AccountPasswordView.as_view(), name="password"),
    path("account/data/", views.account_export, name="account_export"),
    path("account/token/", views.token, name="token"),
]
