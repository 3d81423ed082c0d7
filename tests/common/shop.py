"""A small service for tests of the plumbing: notes of policyholders, on every kind of route."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated

import httpx
from alembic.migration import MigrationContext
from alembic.operations import Operations
from fastapi import Query, Response
from pydantic import Field
from sqlalchemy import Connection, UniqueConstraint, func, select
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine
from sqlalchemy.orm import Mapped, mapped_column

from deploy.postgres import DatabaseUrls
from libs.common import schema
from libs.common.answers import may_answer
from libs.common.database import act_for
from libs.common.driver import driver_url
from libs.common.etags import IfMatch, etag, match
from libs.common.problem_codes import NotFound
from libs.common.routing import Reading, Router, StaffTransaction, Transaction
from libs.common.security import requires
from libs.common.service import Service, build_app
from libs.common.tables import Reference, Table, TenantOwned, new_metadata
from libs.common.wire import Input, Output, PolicyholderCode, new_id
from tests.common.errors import NotesAreFull
from tests.kit.running import Running, settings_for
from tests.kit.stand_in_identity import StandInIdentity

READ, STAFF = "buyers:read", "ops:buyers:write"


class Base(Table):
    """Root of the shop's tables."""

    __abstract__ = True
    metadata = new_metadata()


class Note(TenantOwned, Base):
    """A note; that no text is noted twice is found out at the commit."""

    __tablename__ = "notes"
    __table_args__ = (UniqueConstraint("tenant", "text", deferrable=True, initially="DEFERRED"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    text: Mapped[str]


class Sign(Reference, Base):
    """A sign everybody may read."""

    __tablename__ = "signs"

    text: Mapped[str] = mapped_column(primary_key=True)


class NoteCreate(Input):
    """A note to be made."""

    text: str
    parts: Annotated[list[str], Field(default_factory=list)]


class NoteShown(Output):
    """A note as it is shown."""

    id: str
    text: str


router = Router(tags=["notes"], dependencies=[requires(READ)])
staff_router = Router(tags=["notes"], dependencies=[requires(STAFF)])


@router.get("/notes")
async def list_notes(
    tx: Reading,
    text: Annotated[list[str], Query(max_length=3)] = [],  # noqa: B006
) -> list[NoteShown]:
    """List the notes."""
    found = select(Note).where(Note.text.in_(text)) if text else select(Note)
    return [NoteShown.model_validate(note) for note in await tx.scalars(found)]


@router.get("/notes/{note_id}", responses=may_answer(NotFound))
async def get_note(note_id: str, tx: Reading, response: Response) -> NoteShown:
    """Read a note."""
    note = (await tx.scalars(select(Note).where(Note.id == note_id))).one_or_none()
    if note is None:
        raise NotFound
    response.headers["ETag"] = etag(1)
    return NoteShown.model_validate(note)


@router.post("/notes", status_code=201)
async def create_note(wish: NoteCreate, tx: Transaction, response: Response) -> NoteShown:
    """Make a note."""
    note = await _noted(tx, wish.text)
    response.headers["Location"] = f"/v1/notes/{note.id}"
    return note


@router.delete("/notes/{note_id}", status_code=204)
async def delete_note(note_id: str, tx: Transaction, seen_version: IfMatch) -> None:
    """Take a note away."""
    note = await tx.get(Note, (tx.info["tenant"], note_id))
    if note is None:
        raise NotFound
    match(seen_version, 1)
    await tx.delete(note)


@router.post("/refusals", status_code=201)
async def refuse_note(wish: NoteCreate, tx: Transaction) -> NoteShown:
    """Make a note, then find that it may not be."""
    await _noted(tx, wish.text)
    raise NotesAreFull


@router.post("/pauses", status_code=201)
async def pause_and_note(wish: NoteCreate, tx: Transaction) -> NoteShown:
    """Make a note of one who takes longer than anybody waits."""
    note = await _noted(tx, wish.text)
    pauses[wish.text].began.set()
    await pauses[wish.text].may_end.wait()
    return note


@router.get("/faults")
async def fail() -> None:
    """Break."""
    raise RuntimeError("secret-of-the-house")


@staff_router.post("/policyholders/{policyholder_code}/notes", status_code=201)
async def note_for(
    policyholder_code: PolicyholderCode, wish: NoteCreate, tx: StaffTransaction
) -> NoteShown:
    """Make a note for a policyholder."""
    await act_for(tx, policyholder_code)
    return await _noted(tx, wish.text)


async def _noted(tx: AsyncSession, text: str) -> NoteShown:
    note = Note(tenant=tx.info["tenant"], id=new_id("note"), text=text)
    tx.add(note)
    await tx.flush()
    return NoteShown.model_validate(note)


class Pause:
    """Somebody who is in the middle of an act."""

    def __init__(self) -> None:
        """Not begun yet."""
        self.began, self.may_end = asyncio.Event(), asyncio.Event()


pauses: dict[str, Pause] = {}

service = Service(
    name="buyers",
    title="Shop",
    title_ja="店",
    metadata=Base.metadata,
    routers=(router,),
    staff_routers=(staff_router,),
)


@asynccontextmanager
async def opened(urls: DatabaseUrls) -> AsyncIterator[Running]:
    """The shop, open, on a copy of a service's database with two tables more."""
    await _make_tables(urls.owner)
    settings = settings_for("buyers", urls)
    identity = StandInIdentity()
    app = build_app(service, settings, worker=False)
    app.state.gate, app.state.tasks = await identity.gate("buyers"), []
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
        yield Running(app, client, app.state.databases, settings, identity)
    await app.state.databases.close()


async def _make_tables(owner_url: str) -> None:
    engine = create_async_engine(driver_url(owner_url))
    async with engine.begin() as connection:
        await connection.run_sync(_migrate)
    await engine.dispose()


def _migrate(connection: Connection) -> None:
    Base.metadata.create_all(connection)
    context = MigrationContext.configure(connection, opts={"service": "buyers"})
    with Operations.context(context):
        schema.secure_tenant_table("notes")
        schema.secure_reference_table("signs")


async def noted(shop: Running, text: str, tenant: str) -> int:
    """Count the notes a policyholder has of a text."""
    async with shop.databases.tenant(tenant) as tx:
        count = select(func.count()).select_from(Note).where(Note.text == text)
        return await tx.scalar(count) or 0
