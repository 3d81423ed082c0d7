"""What a reader sees while the story is played: the step at hand, and those that are done."""

import time
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from .story import Story


class Display:
    """A bar that fills step by step; each finished step stays above it with its time."""

    def __init__(self, console: Console, story: Story) -> None:
        """Show nothing yet."""
        self._console = console
        self._story = story
        self._step: str | None = None
        self._began = 0.0
        self._progress = Progress(
            SpinnerColumn(),
            TextColumn("{task.description}"),
            BarColumn(24),
            TimeElapsedColumn(),
            console=console,
            transient=True,
        )
        self._bar = self._progress.add_task("", total=None)

    def __enter__(self) -> Self:
        """Show the bar."""
        self._progress.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Take the bar away; a step that was left in the middle is marked."""
        self._close(good=error is None)
        self._progress.stop()

    def begin(self, step: str, total: int | None = None) -> None:
        """Show that a step begins, and that the one before has ended."""
        self._close(good=True)
        self._step, self._began = step, time.monotonic()
        self._progress.update(self._bar, description=step, total=total)

    def _close(self, *, good: bool) -> None:
        step = self._step
        if step is None:
            return
        seconds = time.monotonic() - self._began
        self._story.steps[step] = round(seconds, 2)
        good = good and all(check.step != step for check in self._story.failed)
        mark = "[green]✓[/]" if good else "[red]✗[/]"
        self._console.print(f"{mark} {step} [dim]{seconds:.1f} s[/]")
        self._progress.advance(self._bar)
        self._step = None
