"""The page that says what each figure means, in the words of the constants that count it."""

from __future__ import annotations

from fastapi import APIRouter, Depends
from starlette.responses import Response

from app.accounts.access import operator_only
from app.desk.answers import desk_page
from app.desk.question import QuestionDep, reading
from player_api.reports.definitions import DEFINITIONS, VERSION

router = APIRouter(prefix="/desk", include_in_schema=False, dependencies=[Depends(operator_only)])


@router.get("/definitions")
def definitions_page(question: QuestionDep) -> Response:
    """Name, sentence, formula, what is left out, and where each figure is seen."""
    settings = question.house.settings
    with reading(question.house) as session:
        return desk_page(
            session,
            question,
            "desk/definitions.html",
            definitions=DEFINITIONS,
            version=VERSION,
            surroundings={"zone": settings.time_zone, "beat_s": settings.beat_s},
        )
