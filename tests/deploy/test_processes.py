"""Processes that outlive their starter: found again, and never mistaken for another."""

import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.processes import Process

_SLEEP = [sys.executable, "-c", "import signal; signal.pause()"]


@pytest.fixture
def process(tmp_path: Path) -> Iterator[Process]:
    """A process that does nothing until it is told to end."""
    process = Process(tmp_path / "pid", tmp_path / "log")
    process.start(_SLEEP)
    yield process
    process.kill()


def test_a_process_is_found_again(process: Process) -> None:
    """Given a running process, when a later run reads its pid file, then it can stop it."""
    later = Process(process.pid_file, process.log)

    later.stop()

    assert process.find() is None
    assert not process.pid_file.exists()


def test_a_stranger_with_the_same_number_is_left_alone(process: Process) -> None:
    """Given a pid file whose number now is somebody else's, when it is read, then none is found."""
    process.pid_file.write_text(json.dumps({"pid": os.getpid(), "command": _SLEEP}))

    assert Process(process.pid_file, process.log).find() is None


def test_a_killed_process_is_gone(process: Process) -> None:
    """Given a running process, when it is killed, then nothing is found of it."""
    process.kill()

    assert process.find() is None
