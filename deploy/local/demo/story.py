"""The story so far: what each step was to show, what it showed, and what is told at the end."""

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from deploy.local import Stack

from .client import Json, until
from .erp import Erp
from .staff import Staff


@dataclass(frozen=True, slots=True)
class Check:
    """One thing a step had to show."""

    step: str
    name: str
    expected: Any
    got: Any

    @property
    def holds(self) -> bool:
        """Whether it was shown."""
        return bool(self.expected == self.got)


@dataclass(slots=True)
class Story:
    """Everything that happened, for the reader and for the report."""

    steps: dict[str, float] = field(default_factory=dict)
    checks: list[Check] = field(default_factory=list)
    facts: Json = field(default_factory=dict)
    ended: bool = False
    broken_by: str | None = None

    @property
    def failed(self) -> list[Check]:
        """The checks that do not hold."""
        return [check for check in self.checks if not check.holds]

    @property
    def is_good(self) -> bool:
        """Whether every step was played and had the expected result."""
        return self.ended and not self.failed

    def write(self, path: Path) -> None:
        """Write the story down, for machines."""
        told = {
            "good": self.is_good,
            "broken_by": self.broken_by,
            "seconds": self.steps,
            "checks": [asdict(check) | {"holds": check.holds} for check in self.checks],
            **self.facts,
        }
        path.write_text(json.dumps(told, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


@dataclass(slots=True)
class Scene:
    """Who acts where: the platform, its staff, the policyholders' ERPs by their code."""

    stack: Stack
    staff: Staff
    erps: dict[str, Erp] = field(default_factory=dict)
    story: Story = field(default_factory=Story)
    step: str = ""

    def check(self, name: str, *, expected: object, got: object) -> None:
        """Note whether a step shows what it must."""
        self.story.checks.append(Check(self.step, name, expected, got))

    def check_in_time(self, name: str, *, expected: object, ask: Callable[[], object]) -> None:
        """Note whether a step shows what it must as soon as the news has arrived."""
        self.check(name, expected=expected, got=until(expected.__eq__, ask))
