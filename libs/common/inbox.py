"""Which facts a service listens to, and the business act each one leads to."""

import inspect
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, get_type_hints

from sqlalchemy.ext.asyncio import AsyncSession

from .events import Event

Act = Callable[[AsyncSession, Any], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Handler:
    """A kind of fact and what to do when it is heard."""

    fact: type[Event]
    act: Act


class Inbox:
    """The handlers of one consumer group; the listener runs them."""

    def __init__(self, group: str) -> None:
        """Name the group, `<service>.<purpose>`."""
        self.group = group
        self.handlers: dict[str, Handler] = {}

    def on(self, act: Act) -> Act:
        """Handle the kind of fact that the second parameter's annotation names."""
        name = list(inspect.signature(act).parameters)[1]
        fact = get_type_hints(act)[name]
        self.handlers[fact.event_type] = Handler(fact, act)
        return act

    @property
    def topics(self) -> list[str]:
        """List the topics these facts come on."""
        return sorted({handler.fact.topic for handler in self.handlers.values()})
