"""Why a request was not let in.

Problem
├── NotSignedIn          401  nobody is signed in, or the session is over
├── PasswordChangeNeeded 403  the one-time password must be replaced first
├── NotAllowed           403  the account's role does not reach so far
├── ForgedRequest        403  the CSRF token is missing or of another session
├── UnfitRegion          422  only an operator's account can be kept to one region
├── NoSuchAccount        404  there is no account of that name
├── NameTaken            409  another account has that name
└── UnfitName            422  the name is empty, too long or has odd characters
"""

from __future__ import annotations

from app.problems import Problem


class NotSignedIn(Problem):
    """Nobody is signed in, or the session is over; signing in again helps."""

    status = 401
    code = "not_signed_in"
    title = "Sign in first."


class PasswordChangeNeeded(Problem):
    """The account still has its one-time password; choosing an own one helps."""

    status = 403
    code = "password_change_needed"
    title = "Choose a password of your own first."


class NotAllowed(Problem):
    """The role of the account does not reach so far; an administrator can give another."""

    status = 403
    code = "not_allowed"
    title = "Your role does not allow this."


class ForgedRequest(Problem):
    """The CSRF token is missing or belongs to another session; reloading the page helps."""

    status = 403
    code = "csrf"
    title = "The request carries no valid token of this session; reload the page."


class NoSuchAccount(Problem):
    """There is no account of that name."""

    status = 404
    code = "no_such_account"
    title = "There is no account of that name."


class NameTaken(Problem):
    """Another account has that name already."""

    status = 409
    code = "name_taken"
    title = "Another account has that name."


class UnfitRegion(Problem):
    """Editors and administrators see all figures; only an operator is kept to one region."""

    status = 422
    code = "unfit_region"
    title = "Only an operator's account can be kept to one region."


class UnfitName(Problem):
    """The name is empty, longer than 40 characters, or has blanks or control characters."""

    status = 422
    code = "unfit_name"
    title = "A name has 1 to 40 characters without blanks."
