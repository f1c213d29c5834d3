import pytest
from django.contrib import admin
from django.urls import reverse

from antitrafficking.admin import TrackerAdminSite


def test_admin_is_ours():
    assert isinstance(admin.site, TrackerAdminSite)


def test_stranger_is_sent_to_the_one_login_page(client, db):
    response = client.get("/admin/", follow=True)

    assert response.redirect_chain[-1] == ("/login/?next=/admin/", 302)


def test_login_of_the_admin_is_the_one_login_page(client, db):
    assert client.get("/admin/login/?next=/admin/departments/").url == "/login/?next=/admin/departments/"


def test_login_of_the_admin_leads_to_no_other_site(client, db):
    assert client.get("/admin/login/?next=https://evil.example/").url == "/login/?next=/admin/"


@pytest.mark.parametrize("path", ["/admin/", "/admin/login/", "/admin/departments/department/"])
def test_somebody_without_the_right_is_refused(client, person, path):
    client.force_login(person)

    assert client.get(path).status_code == 403


def test_administrator_enters(client, administrator):
    client.force_login(administrator)

    response = client.get("/admin/")

    assert response.status_code == 200
    assert "反拐工作台账·系统管理" in response.text


def test_deactivated_administrator_does_not(client, administrator):
    client.force_login(administrator)
    administrator.is_active = False
    administrator.save()

    assert client.get("/admin/").status_code == 302


@pytest.mark.browser
def test_admin_runs_under_the_strict_policy(page, log_in, administrator):
    log_in(administrator)
    page.goto("/admin/")
    pages = [link.get_attribute("href") for link in page.locator("#content-main a[href]").all()]

    for path in pages:
        response = page.goto(path)
        assert response.status == 200, path

    assert reverse("admin:departments_department_changelist") in pages
