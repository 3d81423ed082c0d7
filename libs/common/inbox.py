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
    """A kind of fact, what to do when it is heard, and whether that takes the rights of staff."""

    fact: type[Event]
    act: Act
    as_staff: bool = False


class Inbox:
    """The handlers of one consumer group; the listener runs them."""

    def __init__(self, group: str) -> None:
        """Name the group, `<service>.<purpose>`."""
        self.group = group
        self.handlers: dict[str, Handler] = {}

    def on(self, act: Act) -> Act:
        """Handle the kind of fact that the second parameter's annotation names."""
        return self._enter(act, as_staff=False)

    def on_as_staff(self, act: Act) -> Act:
        """As `on`, for a policyholder's fact that changes what all read.

        The act begins in the policyholder's name and turns to the platform's rows by `act_for`.
        """
        return self._enter(act, as_staff=True)

    def _enter(self, act: Act, *, as_staff: bool) -> Act:
        name = list(inspect.signature(act).parameters)[1]
        fact = get_type_hints(act)[name]
        self.handlers[fact.event_type] = Handler(fact, act, as_staff)
        return act

    def takes_staff(self, event_type: str) -> bool:
        """Say whether handling a kind of fact takes the rights of staff."""
        handler = self.handlers.get(event_type)
        return handler is not None and handler.as_staff

    @property
    def topics(self) -> list[str]:
        """List the topics these facts come on."""
        return sorted({handler.fact.topic for handler in self.handlers.values()})
