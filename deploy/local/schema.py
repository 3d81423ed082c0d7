"""What an empty engine needs before a service can use it: tables and topics.

In this process: a command of its own for each would load the whole platform each time.
"""

import asyncio
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from libs.common import migrations, topics
from libs.common.command import load


def migrate(service: str, owner_url: str) -> None:
    """Bring a service's database to its newest tables."""
    _finish(migrations.upgrade(service, load(service).metadata, owner_url))


def create_topics(bootstrap: str) -> None:
    """Create the topics that do not exist yet."""
    _finish(topics.create_topics(bootstrap))


def _finish(act: Coroutine[Any, Any, None]) -> None:
    """Wait for an act, on a thread of its own: the caller may be inside a running loop."""
    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, act).result()
