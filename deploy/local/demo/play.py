"""The whole story, from an empty folder to a stopped platform."""

import signal
from collections.abc import Callable
from pathlib import Path

import httpx
from rich.console import Console

from deploy.local import Ports, Stack
from deploy.local.secrets import STAFF
from deploy.processes import StartFailed

from . import closing, ledgers, losses, outcomes, preparing
from .client import Refused
from .display import Display
from .staff import Staff
from .story import Scene, Story
from .summary import tell

STEPS: tuple[Callable[[Scene], None], ...] = (
    preparing.set_the_clock,
    preparing.publish_the_rulebook,
    preparing.fill_the_registers,
    preparing.register_erps,
    outcomes.look_before_anything_happens,
    ledgers.submit_three_contracts,
    ledgers.submit_two_branches,
    ledgers.submit_fixed_width,
    ledgers.hand_in_a_wrong_count,
    ledgers.hand_in_a_wrong_width,
    ledgers.hand_in_bad_dates_and_amounts,
    outcomes.find_contracts,
    outcomes.assess_premiums,
    outcomes.see_buyers_used,
    outcomes.list_policies_and_procedures,
    outcomes.look_back_in_time,
    closing.receive_the_check_ledger,
    closing.confirm_the_check_ledger,
    closing.close_the_month,
    closing.issue_the_invoice,
    closing.refuse_a_late_correction,
    losses.file_a_loss_notice,
    losses.refuse_a_late_notice,
    losses.lower_the_buyer,
    losses.refuse_new_cover,
    outcomes.keep_to_oneself,
    outcomes.open_the_reference,
)
"""The story, in order; the first line of each step's docstring tells it."""


def play(folder: Path, console: Console) -> bool:
    """Play the story and tell it; gives whether every step had the expected result.

    The platform is the story's own, below `folder`, on ports nobody uses: one that is up
    is left alone. Whatever an earlier story left there is stopped and removed first.
    """
    # To be told to end is as good a reason to clean up as Ctrl-C.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    story, report = Story(), folder / "demo-report.json"
    display = Display(console, story)
    stack = Stack(folder / "demo", Ports.free(), durable=False, say=display.begin)
    try:
        with display:
            display.begin("emptying databases and topics")
            stack.drop()
            stack.start()
            _perform(stack, story, display)
    except (Refused, StartFailed, httpx.HTTPError, RuntimeError) as error:
        story.broken_by = str(error)
    finally:
        with console.status("stopping the platform"):
            _leave(stack, story)
        story.write(report)
    tell(story, console, logs=stack.folder / "logs", report=report)
    return story.is_good


def _perform(stack: Stack, story: Story, display: Display) -> None:
    key = stack.secrets.client_key(STAFF)
    staff = Staff(stack.ports.gateway_url, stack.ports.staff_url, STAFF, key)
    scene = Scene(stack, staff, story=story)
    for step in STEPS:
        scene.step = (step.__doc__ or step.__name__).splitlines()[0].rstrip(".")
        display.begin(scene.step, total=len(STEPS))
        step(scene)
    story.ended = True


def _leave(stack: Stack, story: Story) -> None:
    """Stop the platform; what explains a failure stays."""
    if story.is_good:
        stack.drop()
    else:
        stack.stop()
