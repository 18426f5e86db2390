"""What FastAPI can't say by itself in the OpenAPI document: problem details, and their codes."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel

from app.problems import MEDIA_TYPE, Problem, ProblemDetails
from player_api import errors

# The answers that say when the same request may be let through.
COME_AGAIN = (429, 503)
RETRY_AFTER = {"description": "Seconds to wait", "schema": {"type": "integer", "minimum": 1}}


UNKNOWN_BOX = (
    errors.BoxTokenMissing,
    errors.BoxTokenInvalid,
    errors.BoxTokenForeign,
    errors.BoxTokenRotated,
    errors.BoxRevoked,
)


class InvalidRequest(Problem):
    """A parameter or the body does not have the right form; `errors` names what and where."""

    status = 422
    code = "invalid_request"
    title = "The request does not have the right form."


def inlined_schema(model: type[BaseModel]) -> dict[str, Any]:
    """The model's JSON schema in one piece, for places where FastAPI takes no model."""
    schema = model.model_json_schema()
    definitions = schema.pop("$defs", {})

    def resolved(node: Any) -> Any:
        if isinstance(node, list):
            return [resolved(part) for part in node]
        if not isinstance(node, dict):
            return node
        if "$ref" in node:
            return resolved(definitions[node["$ref"].rpartition("/")[2]])
        return {key: resolved(part) for key, part in node.items()}

    inlined: dict[str, Any] = resolved(schema)
    return inlined


def codes_explained(codes: dict[str, str]) -> str:
    """Codes with their texts, as a list in a description."""
    return "\n".join(f"- `{code}`: {text}" for code, text in codes.items())


def problems(*given: type[Problem]) -> dict[int | str, dict[str, Any]]:
    """The OpenAPI answers for these errors, with an example of each code."""
    answers: dict[int | str, dict[str, Any]] = {}
    for error in given:
        answer = answers.setdefault(error.status, _empty_answer())
        if error.status in COME_AGAIN:
            answer["headers"] = {"Retry-After": RETRY_AFTER}
        answer["description"] += f"`{error.code}`: {(error.__doc__ or '').strip()}\n\n"
        answer["content"][MEDIA_TYPE]["examples"][error.code] = {
            "value": {
                "type": "about:blank",
                "title": error.title,
                "status": error.status,
                "code": error.code,
            }
        }
    return answers


def _empty_answer() -> dict[str, Any]:
    schema = inlined_schema(ProblemDetails)
    return {"description": "", "content": {MEDIA_TYPE: {"schema": schema, "examples": {}}}}
