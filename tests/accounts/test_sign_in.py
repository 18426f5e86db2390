"""Who gets in, with what, and how far."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update

from app.accounts import create_first_admin, reset_password
from app.accounts.tables import AuditEntry
from tests.visiting import PASSWORD, Site


def test_the_first_start_makes_one_administrator(site: Site) -> None:
    with site.house.db.begin() as session:
        password = create_first_admin(session)
    with site.house.db.begin() as session:
        again = create_first_admin(session)

    assert password and again is None
    assert site.visitor().sign_in("admin", password).status_code == 303


def test_a_one_time_password_must_be_changed_before_anything_else(site: Site) -> None:
    with site.house.db.begin() as session:
        once = create_first_admin(session) or ""
    browser = site.visitor()
    browser.sign_in("admin", once)

    sent = browser.get("/studio/")
    assert (sent.status_code, sent.headers["location"]) == (303, "/password?next=/studio/")
    browser.get("/password")
    changed = browser.post(
        "/password", current=once, password=PASSWORD, again=PASSWORD, next="/studio/"
    )
    assert (changed.status_code, changed.headers["location"]) == (303, "/studio/")
    assert browser.get("/studio/").status_code == 200
    assert site.visitor().sign_in("admin", once).status_code == 401


@pytest.mark.parametrize(
    ("new", "again", "says"),
    [
        ("short", "short", "至少 10 个字符"),
        ("xxxxxxxxxxxx", "xxxxxxxxxxxx", "太简单"),
        ("my-editor-word", "my-editor-word", "太简单"),
        ("bamboo-bridge-9", "bamboo-bridge-8", "不一样"),
        (PASSWORD, PASSWORD, "不能和现在的密码一样"),
    ],
)
def test_a_weak_or_mistyped_new_password_is_refused(
    site: Site, new: str, again: str, says: str
) -> None:
    browser = site.visitor("editor")
    browser.get("/password")

    answer = browser.post("/password", current=PASSWORD, password=new, again=again)

    assert answer.status_code == 422
    assert says in answer.text


def test_a_wrong_password_and_an_unknown_name_read_the_same(site: Site) -> None:
    site.person("editor", "editor")

    wrong = site.visitor().sign_in("editor", "not the one")
    unknown = site.visitor().sign_in("nobody", "not the one")

    assert wrong.status_code == unknown.status_code == 401
    assert "账号或密码不对" in wrong.text
    assert wrong.text.replace("editor", "nobody") == unknown.text


def test_guessing_is_slowed_down_and_says_for_how_long(site: Site) -> None:
    site.person("editor", "editor")
    browser = site.visitor()
    for _ in range(5):
        assert browser.sign_in("editor", "guess").status_code == 401

    refused = browser.sign_in("editor")

    assert refused.status_code == 429
    assert "15 分钟后再试" in refused.text
    assert 800 < int(refused.headers["retry-after"]) <= 900


def test_after_the_wait_the_right_password_is_let_in(site: Site) -> None:
    site.person("editor", "editor")
    browser = site.visitor()
    for _ in range(5):
        browser.sign_in("editor", "guess")
    with site.house.db.begin() as session:
        session.execute(update(AuditEntry).values(at=datetime.now(UTC) - timedelta(minutes=16)))

    assert browser.sign_in("editor").status_code == 303


def test_the_cookie_is_kept_from_scripts_and_other_sites(site: Site) -> None:
    site.person("editor", "editor")

    cookie = site.visitor().sign_in("editor").headers["set-cookie"].lower()

    assert "httponly" in cookie and "samesite=lax" in cookie and "max-age=43200" in cookie


def test_a_changed_cookie_is_worth_nothing(site: Site) -> None:
    browser = site.visitor("editor")
    cookie = browser.client.cookies["nongke_session"]
    browser.client.cookies.set("nongke_session", cookie[:-2] + "xx")

    assert browser.get("/studio/").headers["location"] == "/sign-in?next=/studio/"


def test_a_new_password_ends_the_sessions_elsewhere(site: Site) -> None:
    browser = site.visitor("editor")
    with site.house.db.begin() as session:
        reset_password(session, "editor")

    assert browser.get("/studio/").headers["location"] == "/sign-in?next=/studio/"


def test_pages_send_to_sign_in_and_back_but_programs_get_401(site: Site) -> None:
    site.person("editor", "editor")
    browser = site.visitor()

    sent = browser.get("/desk/", days="7")
    assert sent.headers["location"] == "/sign-in?next=/desk/%3Fdays%3D7"
    answer = browser.client.get("/studio/", headers={"hx-request": "true"})
    assert (answer.status_code, answer.json()["code"]) == (401, "not_signed_in")
    back = browser.sign_in("editor", next="/desk/?days=7")
    assert back.headers["location"] == "/desk/?days=7"


@pytest.mark.parametrize("next", ["https://evil.example/", "//evil.example", "/\\evil.example"])
def test_sign_in_never_sends_to_another_site(site: Site, next: str) -> None:
    site.person("editor", "editor")

    assert site.visitor().sign_in("editor", next=next).headers["location"] == "/studio/"


def test_a_form_on_another_site_cannot_sign_in(site: Site) -> None:
    site.person("editor", "editor")
    browser = site.visitor()
    browser.client.headers["origin"] = "https://evil.example"

    assert browser.sign_in("editor").status_code == 403


def test_an_unsafe_request_without_the_token_is_forbidden(site: Site) -> None:
    browser = site.visitor("editor")
    browser.client.headers["accept"] = "*/*"

    for token in ("", "of-another-session"):
        answer = browser.client.post("/sign-out", data={"csrf": token})
        assert answer.status_code == 403
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["code"] == "csrf"
    header = browser.client.post("/sign-out", headers={"x-csrf-token": browser.token})
    assert header.status_code == 303


@pytest.mark.parametrize(
    ("role", "path", "status"),
    [
        ("admin", "/studio/", 200),
        ("admin", "/desk/", 200),
        ("editor", "/studio/", 200),
        ("editor", "/desk/", 200),
        ("operator", "/studio/", 403),
        ("operator", "/studio/videos", 403),
        ("operator", "/desk/", 200),
    ],
)
def test_a_role_reaches_as_far_as_it_should(site: Site, role: str, path: str, status: int) -> None:
    assert site.visitor(role).get(path).status_code == status


def test_sign_ins_and_failures_are_in_the_trail(site: Site) -> None:
    site.person("editor", "editor")
    browser = site.visitor()
    browser.sign_in("editor", "guess")
    browser.sign_in("editor")

    with site.house.db.begin() as session:
        actions = session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)).all()
    assert actions[-2:] == ["sign_in_failed", "signed_in"]
