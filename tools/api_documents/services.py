"""Every service as its code declares it: each folder with a front door, found by itself."""

import importlib
import inspect
from collections.abc import Callable, Iterator
from pathlib import Path

from fastapi import FastAPI
from fastapi.routing import RouteContext, iter_route_contexts

from libs.common.command import load
from libs.common.events import Event
from libs.common.problems import Problem
from libs.common.refusals import AccessRefused, tell
from libs.common.service import Service, build_app

ROOT = Path(__file__).parents[2]

_NOWHERE = "postgresql://nobody@127.0.0.1/nowhere"  # never connected to: nothing starts


def every_service() -> list[Service]:
    """Every service of the platform, in alphabetical order."""
    return [load(front_door.parent.name) for front_door in sorted(ROOT.glob("services/*/app.py"))]


def app_of(service: Service) -> FastAPI:
    """Build a service's application without starting it."""
    settings = service.settings(
        service=service.name,
        database_url=_NOWHERE,
        database_staff_url=_NOWHERE,
        database_relay_url=_NOWHERE,
    )
    return build_app(service, settings)


def routes_of(app: FastAPI, wanted: Callable[[str], bool]) -> list[RouteContext]:
    """The described routes of an application whose path is wanted."""
    return [
        route
        for route in iter_route_contexts(app.routes)
        if route.path and route.include_in_schema and wanted(route.path)
    ]


def facts_told(service: Service) -> list[type[Event]]:
    """The facts a service tells, from its `events.py`, and whom it has refused."""
    kinds: list[type] = [AccessRefused] if service.note_refusal is tell else []
    if (ROOT / "services" / service.name / "events.py").exists():
        module = importlib.import_module(f"services.{service.name}.events")
        kinds += [kind for _, kind in inspect.getmembers(module, inspect.isclass)]
    return sorted(
        (kind for kind in kinds if issubclass(kind, Event) and hasattr(kind, "event_type")),
        key=lambda kind: kind.event_type,
    )


def every_reason() -> Iterator[type[Problem]]:
    """Every exact reason that the shared library and the services refuse with."""
    every_service()  # what is imported is known
    waiting = Problem.__subclasses__()
    while waiting:
        kind = waiting.pop()
        waiting.extend(kind.__subclasses__())
        if kind.reason_name() and kind.__module__.startswith(("libs.", "services.")):
            yield kind
