"""What a rule of a good package is, and the list of all of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from transcode.package_facts import Package

# What a rule found wrong, at best nothing; None where it has nothing to say.
Faults = list[str] | None


@dataclass(frozen=True, kw_only=True)
class Rule:
    code: str
    description: str
    check: Callable[[Package], Faults]


Check = Callable[[Package], Faults]


def chapter() -> tuple[list[Rule], Callable[[str, str], Callable[[Check], Check]]]:
    """An empty list of rules, and the decorator that adds a function to it."""
    rules: list[Rule] = []

    def rule(code: str, description: str) -> Callable[[Check], Check]:
        def register(check: Check) -> Check:
            rules.append(Rule(code=code, description=description, check=check))
            return check

        return register

    return rules, rule
