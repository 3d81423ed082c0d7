"""A platform to be knocked about: two workers of everything, and somebody who keeps it busy."""

import asyncio
import json
from dataclasses import dataclass
from datetime import datetime

import httpx

from deploy.local import Stack
from deploy.local.demo import preparing
from deploy.local.demo.client import Refused, until
from deploy.local.demo.material import TOTO
from deploy.local.demo.staff import Staff
from deploy.local.layout import SERVICES, Part
from deploy.local.secrets import STAFF
from deploy.local.service import ServiceProcess
from deploy.local.silence import Silence
from deploy.processes import free_port
from libs.common.command import load
from libs.common.dead_letters import put_back
from libs.common.envelope import headers_of, kafka_key
from libs.common.packing import data_of
from libs.common.topics import GROUPS

from .knocks import Knocks
from .sender import Sender
from .topics import Message, Topics

_PATIENCE_SECONDS = 120
_UNTOLD = "SELECT json_agg(outbox ORDER BY position) FROM outbox WHERE sent_at IS NULL"


@dataclass(frozen=True)
class Platform:
    """A whole platform with a second worker, and so a second relay, for whoever hears facts."""

    stack: Stack
    staff: Staff
    sender: Sender
    knocks: Knocks
    topics: Topics

    @classmethod
    def start(cls, stack: Stack) -> "Platform":
        """Start it, on 25 August 2026, with the registers of the demo."""
        stack.services += [_twin(stack, service) for service in listeners()]
        stack.start()
        key = stack.secrets.client_key(STAFF)
        staff = Staff(stack.ports.gateway_url, stack.ports.staff_url, STAFF, key)
        staff.set_clock(preparing.OPENING)
        preparing.enter_rulebook(staff)
        preparing.enter_registers(staff)
        sender = Sender(preparing.register_erp(staff, stack.secrets, TOTO))
        platform = cls(stack, staff, sender, Knocks(stack), Topics(stack.kafka.bootstrap))
        platform.settle()
        return platform

    def settle(self) -> None:
        """Wait until nothing is left to do: no task, no untold fact, no fact unheard."""
        Silence(self.stack).wait(_PATIENCE_SECONDS)

    def live_until(self, instant: str) -> None:
        """Let time pass for the trade; if somebody is killed meanwhile, it is asked again."""
        until(bool, lambda: self._has_come(datetime.fromisoformat(instant)), _PATIENCE_SECONDS)

    def untold(self, service: str) -> list[Message]:
        """Read what a service has not told yet, as its relay would tell it."""
        rows = json.loads(self.stack.postgres.sql(_UNTOLD, service) or "[]")
        return [
            Message(
                row["topic"],
                kafka_key(row["tenant"], row["key"]),
                data_of(row | {"packed": row["packed"] and bytes.fromhex(row["packed"][2:])}),
                headers_of(row | {"told_at": datetime.fromisoformat(row["told_at"])}, service),
            )
            for row in rows
        ]

    def put_back(self) -> None:
        """Put every dead letter back on its topic."""
        for group in GROUPS:
            asyncio.run(put_back(group, self.stack.kafka.bootstrap))

    def _has_come(self, instant: datetime) -> bool:
        try:
            self.staff.set_clock(instant)
        except (httpx.TransportError, Refused):
            return False
        return True


def listeners() -> list[str]:
    """List the services that hear facts."""
    return [name for name in SERVICES if load(name).inbox is not None]


def topics_of(service: str) -> list[str]:
    """List the topics a service hears."""
    inbox = load(service).inbox
    return inbox.topics if inbox is not None else []


def _twin(stack: Stack, service: str) -> ServiceProcess:
    part = Part(f"{service}-twin", service, free_port(), ("--no-api",))
    return ServiceProcess.of(part, stack.folder, stack.environment(service))
