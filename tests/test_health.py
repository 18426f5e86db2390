"""The service says whether it lives and whether it can work; a wrong setting names itself."""

from __future__ import annotations

import httpx
import pytest

from tests.service import Service, wait_until

PROXIED: list[dict[str, str]] = [
    {"X-Forwarded-For": "203.0.113.7"},
    {"X-Forwarded-For": "127.0.0.1"},
    {"Forwarded": "for=203.0.113.7"},
    {"Via": "1.1 caddy"},
]


def test_ready_means_every_part_answers(service: Service) -> None:
    service.start_server()
    before = httpx.get(f"{service.url}/readyz")
    assert before.status_code == 503
    assert before.json()["parts"]["worker"] == "none running"

    service.start_worker()
    ready = wait_until(
        lambda: (r := httpx.get(f"{service.url}/readyz")).status_code == 200 and r,
        what="the service to be ready",
    )
    assert set(ready.json()["parts"].values()) == {"ok"}


def test_readiness_names_storage_that_cannot_be_written(service: Service) -> None:
    service.start_server()
    storage = service.home / "storage"
    storage.rmdir()
    storage.write_text("a file where the folder should be")
    answer = httpx.get(f"{service.url}/readyz")
    assert answer.status_code == 503
    assert answer.json()["parts"]["storage"] == "unreachable"
    assert httpx.get(f"{service.url}/healthz").status_code == 200


def test_metrics_are_for_who_has_the_token(service: Service) -> None:
    service.env["NONGKE_METRICS_TOKEN"] = "caiji-2026-shuju-zhibiao"
    service.start_server()
    address = f"{service.url}/metrics"
    # As it comes from a proxy on this machine, whoever the proxy names, or from a program on it.
    for through in PROXIED + [{}]:
        refused = httpx.get(address, headers=through)
        assert (refused.status_code, refused.json()["code"]) == (401, "metrics_not_for_all")
        assert refused.headers["www-authenticate"] == "Bearer"
        wrong = httpx.get(address, headers={**through, "Authorization": "Bearer caiji"})
        assert wrong.status_code == 401
        shown = {**through, "Authorization": "Bearer caiji-2026-shuju-zhibiao"}
        assert "nongke_event_requests" in httpx.get(address, headers=shown).text


def test_without_a_token_only_this_machine_reads_metrics(service: Service) -> None:
    service.start_server()
    address = f"{service.url}/metrics"
    for through in PROXIED:
        for shown in ("", "Bearer", "Bearer None"):
            headers = {**through, "Authorization": shown}
            assert httpx.get(address, headers=headers).status_code == 401
    assert httpx.get(address).status_code == 200


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("NONGKE_PORT", "eighty"),
        ("NONGKE_TIME_ZONE", "Asia/Guiyang"),
        ("NONGKE_STORAGE_URL", "ftp://somewhere"),
        ("NONGKE_DATABASE_URL", "mysql://somewhere"),
        ("NONGKE_FFMPEG", "/no/such/ffmpeg"),
        ("NONGKE_METRICS_TOKEN", "short"),
        ("NONGKE_STORAGE_ULR", "s3://typo/in-the-name"),
    ],
)
def test_a_wrong_setting_stops_the_start_and_names_itself(
    service: Service, name: str, value: str
) -> None:
    service.env[name] = value
    ended = service.run("serve", check=False)
    assert ended.returncode == 2
    assert name in ended.stderr


def test_an_unknown_address_gets_problem_details(service: Service) -> None:
    service.start_server()
    answer = httpx.get(f"{service.url}/api/nothing-here")
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["code"] == "not_found"
