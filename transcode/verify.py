"""Check a package, ours or anybody's, on its actual bytes."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from transcode import hevc
from transcode.errors import PackageInvalid
from transcode.package_facts import read_package
from transcode.reading import FolderReader, Reader, Unreadable, open_target
from transcode.rulebook import Rule
from transcode.rules import RULES

_FAULTS_SHOWN = 5


@dataclass(frozen=True, kw_only=True)
class RuleResult:
    """passed is None where a rule doesn't apply to this package."""

    code: str
    description: str
    passed: bool | None
    detail: str


@dataclass(frozen=True, kw_only=True)
class Verification:
    results: tuple[RuleResult, ...]

    @property
    def passed(self) -> bool:
        return all(result.passed is not False for result in self.results)

    @property
    def failures(self) -> tuple[RuleResult, ...]:
        return tuple(result for result in self.results if result.passed is False)

    def to_dict(self) -> dict[str, Any]:
        return {"passed": self.passed, "results": [asdict(result) for result in self.results]}

    def raise_for_failures(self) -> None:
        """Raise PackageInvalid with every failed rule."""
        if self.failures:
            told = [f"{result.code}: {result.detail}" for result in self.failures]
            raise PackageInvalid("; ".join(told), told)


def verify(target: str | Path | Reader) -> Verification:
    """Check every rule. target: a folder, a playlist, an http address, or a Reader."""
    try:
        reader = open_target(target) if isinstance(target, str | Path) else target
        package = read_package(reader)
    except (Unreadable, ValueError) as error:
        return Verification(results=(_unreadable(error),))
    return Verification(results=tuple(_result(rule, rule.check(package)) for rule in RULES))


def verify_own(folder: Path) -> Verification:
    """Check a package of ours, with its extra ladder if it has one."""
    plain = verify(folder)
    if not (folder / hevc.PLAYLIST).exists():
        return plain
    extra = verify(FolderReader(folder / hevc.PLAYLIST)).failures
    failures = [result for result in extra if result.code not in hevc.EXEMPT_RULES]
    return Verification(results=(*plain.results, *failures))


def _unreadable(error: Exception) -> RuleResult:
    return RuleResult(
        code="multivariant_playlist",
        description="There is a multivariant playlist",
        passed=False,
        detail=str(error),
    )


def _result(rule: Rule, faults: list[str] | None) -> RuleResult:
    shown = (faults or [])[:_FAULTS_SHOWN]
    more = len(faults or []) - len(shown)
    detail = "; ".join([*shown, *([f"and {more} more"] if more else [])])
    return RuleResult(
        code=rule.code,
        description=rule.description,
        passed=None if faults is None else not faults,
        detail="does not apply" if faults is None else detail,
    )
