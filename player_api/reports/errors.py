"""Why a month cannot be frozen, proved, exported or reduced.

Problem
├── MonthNotOver, MonthFrozen, OutOfOrder, NothingToFreeze (409)
├── StatementNotFound (404), StatementDamaged (409)
├── WrongMonth, NotWholeMonths (422), BadKey
├── MonthNotFrozen, TooRecent, NotRolledUp, NothingToReduce (409)
└── PlaysReduced, TooFewBoxes (409)
"""

from __future__ import annotations

from app.problems import Problem


class MonthNotOver(Problem):
    """The month's last events may still be under way; try again an hour after its end."""

    status = 409
    code = "month_not_over"
    title = "The month is not over."


class MonthFrozen(Problem):
    """There is a statement of this month already; it never changes."""

    status = 409
    code = "month_frozen"
    title = "The month is frozen already."


class OutOfOrder(Problem):
    """Months are frozen one after the other; freeze the one that is named first."""

    status = 409
    code = "out_of_order"
    title = "Another month must be frozen first."


class NothingToFreeze(Problem):
    """No ended month is left, or nothing was ever played; wait, or name a month."""

    status = 409
    code = "nothing_to_freeze"
    title = "There is no month to freeze."


class StatementNotFound(Problem):
    """The month was not frozen."""

    status = 404
    code = "statement_not_found"
    title = "There is no statement of this month."


class StatementDamaged(Problem):
    """The statement's text was changed until it could not be read; take it from a copy."""

    status = 409
    code = "statement_damaged"
    title = "The text of this statement was damaged."


class WrongMonth(Problem):
    """A month is written like 2026-10."""

    status = 422
    code = "wrong_month"
    title = "A month has the form YYYY-MM."


class NotWholeMonths(Problem):
    """Open data are of calendar months that are over; choose their first and last days."""

    status = 422
    code = "not_whole_months"
    title = "Open data are of whole calendar months that are over."


class BadKey(Problem):
    """The file holds no Ed25519 key in PEM; name another."""

    code = "bad_key"
    title = "The file holds no Ed25519 key."


class MonthNotFrozen(Problem):
    """Plays are let go only when a statement holds what they counted; freeze the month first."""

    status = 409
    code = "month_not_frozen"
    title = "A month of these plays is not frozen."


class TooRecent(Problem):
    """Boxes may still report on the month's plays; wait until all such reports are too old."""

    status = 409
    code = "too_recent"
    title = "The month may still get late events."


class NotRolledUp(Problem):
    """Sets of boxes and peaks of the month are not made yet; run `nongke reports rollup`."""

    status = 409
    code = "not_rolled_up"
    title = "The month is not rolled up."


class NothingToReduce(Problem):
    """There are no plays before that month."""

    status = 409
    code = "nothing_to_reduce"
    title = "There are no plays before that month."


class PlaysReduced(Problem):
    """The plays of these days were reduced to their tallies; choose later days."""

    status = 409
    code = "plays_reduced"
    title = "The plays of these days are gone; their tallies and statements stay."


class TooFewBoxes(Problem):
    """Even all together, fewer boxes watched in the month than may be published."""

    status = 409
    code = "too_few_boxes"
    title = "Too few boxes watched to publish anything."
