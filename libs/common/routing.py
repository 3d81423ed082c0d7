"""The router of every service: its routes keep the answers of idempotent writes."""

from collections.abc import Callable, Coroutine
from contextlib import AsyncExitStack
from functools import cached_property
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response, params
from fastapi.dependencies.utils import get_flat_params
from fastapi.routing import APIRoute
from sqlalchemy.ext.asyncio import AsyncSession

from . import etags, idempotency, problem_handlers
from .bodies import StrictRequest
from .database import Databases, OpenTransaction, act_for
from .problem_codes import NotFound, ValidationFailed
from .security import Guard, Public
from .tokens import Caller


class Route(APIRoute):
    """A route that knows what it takes, and keeps the answers of idempotent writes."""

    @cached_property
    def parameters(self) -> frozenset[str]:
        """Every query parameter this route understands."""
        return frozenset(
            parameter.alias
            for parameter in get_flat_params(self.dependant)
            if isinstance(parameter.field_info, params.Query)
        )

    @property
    def takes_body(self) -> bool:
        """Whether it reads a body: as a model, or by itself, as it describes."""
        return self.body_field is not None or "requestBody" in (self.openapi_extra or {})

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Wrap FastAPI's handler; the transaction is still open when it returns."""
        answer_anew = super().get_route_handler()
        doors = [it.dependency for it in self.dependencies]
        guards = [it for it in doors if isinstance(it, Guard | Public)]

        async def answer(plain: Request) -> Response:
            request = StrictRequest(plain.scope, plain.receive)
            # Before FastAPI reads the body: who may not ask is not told what is wrong with it.
            for guard in guards:
                await guard(request)
            _check_address(request, self.parameters)
            if not self.takes_body:
                await _check_empty(request)
            try:
                # The commit runs before the answer leaves, so a failed commit is never a 200.
                async with AsyncExitStack() as request.state.opened:
                    response = await answer_anew(request)
                    await _keep(request, response)
            except idempotency.Replayed as replayed:
                return replayed.response
            return etags.unless_held(request, response)

        return answer


async def _keep(request: Request, response: Response) -> None:
    wish: idempotency.Wish | None = getattr(request.state, "wish", None)
    if wish is not None:
        # A staff act may have turned to a policyholder; its key is still its own.
        await act_for(request.state.tx, wish.tenant)
        shown_once = getattr(request.state, "shown_once", ())
        await idempotency.keep(request.state.tx, wish, response, without=shown_once)


def _check_address(request: Request, known: frozenset[str]) -> None:
    # No database takes a NUL: nothing can be found there.
    if "\0" in request.scope["path"]:
        raise NotFound
    sent = request.query_params.multi_items()
    wrong = {name: "bad-format" for name, value in sent if "\0" in value} | {
        name: "unknown-field" for name, _ in sent if name not in known
    }
    if wrong:
        items = [problem_handlers.item(code, parameter=name) for name, code in wrong.items()]
        raise ValidationFailed(items=items)


async def _check_empty(request: StrictRequest) -> None:
    # Whoever sends something means something by it, and must not believe that it was heard.
    if not await request.is_empty():
        raise ValidationFailed(items=[problem_handlers.item("not-allowed-here", pointer="#")])


class Router(APIRouter):
    """An APIRouter whose routes are ours."""

    def __init__(self, **options: Any) -> None:
        """Take what an APIRouter takes."""
        super().__init__(route_class=Route, **options)


async def _reading(request: Request) -> AsyncSession:
    caller: Caller = request.state.caller
    return await _open(request, _databases(request).tenant(caller.tenant))


async def _transaction(request: Request) -> AsyncSession:
    caller: Caller = request.state.caller
    tx = await _open(request, _databases(request).tenant(caller.tenant))
    await _once(request, tx, caller)
    return tx


async def _staff_transaction(request: Request) -> AsyncSession:
    caller: Caller = request.state.caller
    tx = await _open(request, _databases(request).platform())
    await _once(request, tx, caller)
    return tx


async def _open(request: Request, transaction: OpenTransaction) -> AsyncSession:
    """Open a transaction until the answer is made; its route ends it."""
    opened: AsyncExitStack = request.state.opened
    return await opened.enter_async_context(transaction)


async def _once(request: Request, tx: AsyncSession, caller: Caller) -> None:
    key = idempotency.key_of(request)
    if key is None:
        return
    fingerprint = idempotency.fingerprint_of(await request.body())
    wish = idempotency.wish_of(request, caller, key, fingerprint)
    await idempotency.take(tx, wish)
    request.state.tx, request.state.wish = tx, wish


def _databases(request: Request) -> Databases:
    databases: Databases = request.app.state.databases
    return databases


Reading = Annotated[AsyncSession, Depends(_reading)]
"""A transaction for a GET or a check that changes nothing."""

Transaction = Annotated[AsyncSession, Depends(_transaction)]
"""A transaction for a business act of the caller's tenant, carried out once per key."""

StaffTransaction = Annotated[AsyncSession, Depends(_staff_transaction)]
"""A transaction for an act of staff; it may write reference data."""
