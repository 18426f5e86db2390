"""What counts, in numbers: the one place of every constant of the counting.

The generated columns of the plays, the judgement on events, the reports and the page that
explains them to operators all say the same, since they read it here or are proved equal to it.
By the definitions of the NRTA's 《网络视听收视指标及计算方法》; nobody has certified it.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from player_api.clock import LONGEST_PLAY_MS

# Statements name it: figures of another version may mean something else.
VERSION = "2026-11.3"

# A play counts when more than this was seen …
COUNTED_ABOVE_MS = 3_000
# … at less than this many times the normal speed.
COUNTED_BELOW_SPEED = 3.0
# A play is effective from so much different content on, or from this share of a shorter lesson.
EFFECTIVE_MS = 30_000
EFFECTIVE_PERCENT = 50
# A play is complete from this share of the lesson on, where the lesson names no other.
COMPLETE_PERCENT = 90
# Without movement for so long, the next one begins another play.
IDLE_MIN = 30
# More is no household: all of the box's plays of that day are left out.
MOST_ACTIONS_A_MINUTE = 60
MOST_ACTIONS_A_DAY = 10_000
# So have days; who watches longer plays several lessons beside each other.
MOST_WATCH_A_DAY_H = 24
# So many people are a group; more than a square holds is a slip of the remote.
SMALLEST_GROUP = 2
MOST_PEOPLE = 9_999
# Events that are older when they arrive are refused.
OLDEST_DAYS = 30
# The retention curve has a point for each step of the lesson.
RETENTION_STEP_MS = 10_000
# A box that said nothing for so long is silent.
SILENT_DAYS = 30


@dataclass(frozen=True, kw_only=True, slots=True)
class Definition:
    """A figure that the desk shows.

    key: its texts are ``define.<key>``, ``.sentence``, ``.formula``, ``.excludes``.
    numbers: what the texts fill in. seen_at: the desk's address that shows it.
    """

    key: str
    seen_at: str
    numbers: dict[str, float] = field(default_factory=dict)


DEFINITIONS = (
    Definition(
        key="plays",
        seen_at="/desk/",
        numbers={
            "counted_s": COUNTED_ABOVE_MS // 1000,
            "speed": round(COUNTED_BELOW_SPEED),
            "idle_min": IDLE_MIN,
        },
    ),
    Definition(
        key="effective",
        seen_at="/desk/",
        numbers={"effective_s": EFFECTIVE_MS // 1000, "percent": EFFECTIVE_PERCENT},
    ),
    Definition(key="completion", seen_at="/desk/", numbers={"percent": COMPLETE_PERCENT}),
    Definition(key="watch", seen_at="/desk/"),
    Definition(key="distinct", seen_at="/desk/"),
    Definition(key="boxes", seen_at="/desk/", numbers={"counted_s": COUNTED_ABOVE_MS // 1000}),
    Definition(
        key="peak",
        seen_at="/desk/live",
        numbers={"longest_h": LONGEST_PLAY_MS // (3600 * 1000)},
    ),
    Definition(key="retention", seen_at="/desk/", numbers={"step_s": RETENTION_STEP_MS // 1000}),
    Definition(key="coverage", seen_at="/desk/coverage", numbers={"silent": SILENT_DAYS}),
    Definition(
        key="invalid",
        seen_at="/desk/flags",
        numbers={
            "minute": MOST_ACTIONS_A_MINUTE,
            "day": MOST_ACTIONS_A_DAY,
            "hours": MOST_WATCH_A_DAY_H,
        },
    ),
    Definition(key="when", seen_at="/desk/", numbers={"days": OLDEST_DAYS}),
    Definition(key="receipts", seen_at="/desk/receipts"),
    Definition(
        key="groups",
        seen_at="/desk/groups",
        numbers={"least": SMALLEST_GROUP, "most": MOST_PEOPLE},
    ),
    Definition(key="misses", seen_at="/desk/searches"),
)
