"""What each figure means, in the words of the constants that count it: the page, and in short."""

from __future__ import annotations

from fastapi import APIRouter, Depends
from starlette.responses import Response

from app.accounts.access import operator_only
from app.desk.answers import desk_page
from app.desk.question import QuestionDep, reading
from app.pages.texts import Translate
from player_api.reports.definitions import DEFINITIONS, VERSION

router = APIRouter(prefix="/desk", include_in_schema=False, dependencies=[Depends(operator_only)])

# What the first page and the statements show, in this order.
IN_SHORT = ("plays", "effective", "completion", "watch", "boxes", "when")


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


def definitions_in_short(t: Translate, zone: str) -> list[tuple[str, str]]:
    """Name and sentence of the figures of the first page, as the definitions' page has them."""
    by_key = {one.key: one for one in DEFINITIONS}
    return [
        (t(f"define.{key}"), t(f"define.{key}.sentence", zone=zone, **by_key[key].numbers))
        for key in IN_SHORT
    ]
