"""The OpenAPI document says what the player API does, and nothing makes it fail."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from player_api import cmcd, searches
from player_api.answers import EVENT_EXAMPLE
from player_api.events import REFUSALS
from player_api.routes import PREFIX
from tests.player_api.box import Viewer

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]


@pytest.fixture
def document(url: str) -> dict[str, Any]:
    """The OpenAPI document as clients fetch it."""
    answer: dict[str, Any] = httpx.get(f"{url}/openapi.json").json()
    return answer


def operations(document: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The player API's operations by method and path."""
    return {
        f"{method.upper()} {path.removeprefix(PREFIX)}": operation
        for path, methods in document["paths"].items()
        if path.startswith(PREFIX)
        for method, operation in methods.items()
    }


def test_every_operation_is_described(document: dict[str, Any]) -> None:
    found = operations(document)
    assert set(found) == {
        "POST /boxes",
        "GET /boxes/me",
        "PUT /boxes/me/region",
        "PUT /boxes/me/settings",
        "GET /popular",
        "GET /menu",
        "GET /menu/list",
        "GET /menu/words",
        "GET /courses",
        "GET /courses/{number}",
        "GET /search",
        "GET /lessons/{lesson_id}/playback",
        "GET /plays/progress",
        "GET /plays/recent",
        "GET /favourites",
        "PUT /favourites/{number}",
        "DELETE /favourites/{number}",
        "GET /regions",
        "POST /events",
        "POST /cmcd/{lesson_id}",
        "POST /searches",
    }
    assert len({operation["operationId"] for operation in found.values()}) == len(found)
    for name, operation in found.items():
        assert operation["summary"] and operation["description"], name
        assert operation["tags"] == ["player"], name
        for status, answer in operation["responses"].items():
            if int(status) >= 400:
                assert set(answer["content"]) == {"application/problem+json"}, name
                codes = answer["content"]["application/problem+json"]["examples"]
                assert codes and all(code in answer["description"] for code in codes), name


def test_what_needs_a_box_says_so(document: dict[str, Any]) -> None:
    guarded = {name for name, one in operations(document).items() if "401" in one["responses"]}
    assert guarded == {
        "GET /boxes/me",
        "PUT /boxes/me/region",
        "PUT /boxes/me/settings",
        "GET /plays/progress",
        "GET /plays/recent",
        "GET /favourites",
        "PUT /favourites/{number}",
        "DELETE /favourites/{number}",
        "POST /events",
        "POST /cmcd/{lesson_id}",
        "POST /searches",
    }
    for name in guarded:
        assert operations(document)[name]["security"] == [{"box": []}]


def test_what_is_limited_says_when_to_come_again(document: dict[str, Any]) -> None:
    limited = {name for name, one in operations(document).items() if "429" in one["responses"]}
    assert limited == {
        "POST /boxes",
        "PUT /boxes/me/region",
        "POST /events",
        "POST /cmcd/{lesson_id}",
        "POST /searches",
    }
    for name in limited:
        assert "Retry-After" in operations(document)[name]["responses"]["429"]["headers"]


def test_every_refusal_is_explained(document: dict[str, Any]) -> None:
    schemas = document["components"]["schemas"]
    for name, codes in {
        "Refusal": REFUSALS,
        "ReportRefusal": cmcd.REFUSALS | REFUSALS,
        "SearchRefusal": searches.REFUSALS,
    }.items():
        schema = schemas[name]["properties"]["code"]
        assert schema["enum"] == list(codes)
        assert all(f"`{code}`" in schema["description"] for code in codes)


def test_the_example_batch_is_one(viewer: Viewer) -> None:
    answer = viewer.client.post(f"{PREFIX}/events", json=EVENT_EXAMPLE, headers=viewer.headers)
    assert answer.status_code == 200
    # The example's clock is years off, as on many boxes: it is corrected by when it was sent.
    assert (answer.json()["accepted"], answer.json()["refused"]) == (1, [])


def test_nothing_that_the_document_allows_or_forbids_makes_the_server_fail(
    url: str, viewer: Viewer
) -> None:
    schemathesis.serializer.alias("application/cmcd", "text/plain")
    schema = schemathesis.openapi.from_url(f"{url}/openapi.json").include(path_regex=f"^{PREFIX}/")
    tried = 0
    for result in schema.get_all_operations():
        _try_out(result.ok(), viewer.headers)
        tried += 1
    assert tried == 21


def _try_out(operation: Any, headers: dict[str, str]) -> None:
    for mode in (schemathesis.GenerationMode.POSITIVE, schemathesis.GenerationMode.NEGATIVE):

        @settings(
            max_examples=12,
            deadline=None,
            database=None,
            phases=[Phase.explicit, Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.as_strategy(generation_mode=mode))
        def conforms(case: Any) -> None:
            case.call_and_validate(headers=headers, checks=CHECKS)

        try:
            conforms()
        except (schemathesis.errors.InvalidSchema, Unsatisfiable) as error:
            # An operation without parameters has nothing that could be wrong.
            assert mode is schemathesis.GenerationMode.NEGATIVE, error
