"""Refusals in the access history (アクセス履歴): of callers by any service, of programs by us."""

from ipaddress import ip_address

from sqlalchemy.ext.asyncio import AsyncSession

from libs.common import context, jose
from libs.common.database import PLATFORM, Databases
from libs.common.refusals import AccessRefused

from .. import queries
from ..domain.token_form import Secret, TokenForm
from ..errors import TokenRefused
from .desk import Origin
from .history import Actor, Deed, kind_of, record
from .sealing import KeyEncryptionKey


async def note(databases: Databases, tenant: str, refused: AccessRefused) -> None:
    """Write down that identity itself has refused a caller, in a transaction of its own."""
    async with databases.tenant(tenant) as tx:
        await enter(tx, refused)


async def enter(tx: AsyncSession, refused: AccessRefused) -> None:
    """Enter a refusal of any service in the history of its caller's policyholder."""
    actor = Actor(
        kind_of(refused.role),
        refused.principal,
        refused.role.upper(),
        refused.sid_hash,
        refused.acr,
    )
    address = ip_address(refused.source_address) if refused.source_address else None
    deed = Deed("access", "FAILURE", refused.wanted, refused.reason, at=refused.occurred_at)
    # The request it tells of is another service's, by its own id.
    context.request_id.set(refused.request_id)
    await record(tx, actor, Origin(address, refused.user_agent), deed)


async def note_program(
    databases: Databases,
    kek: KeyEncryptionKey,
    form: TokenForm,
    origin: Origin,
    why: TokenRefused,
) -> None:
    """Write down that a program was given no token; of an unknown one a hash of its name only."""
    claimed = _claimed(form)
    async with databases.tenant(PLATFORM) as tx:
        tenant = await queries.client_tenant(tx, claimed)
    if tenant is None:
        actor = Actor("unknown", kek.mac("client-id", claimed).hex())
    else:
        actor = Actor("staff" if tenant == PLATFORM else "client", claimed)
    async with databases.tenant(tenant or PLATFORM) as tx:
        await record(tx, actor, origin, Deed("token.issue", "FAILURE", reason=why.error))


def _claimed(form: TokenForm) -> str:
    """Say who a form claims to come from; nothing of it is believed."""
    if isinstance(form.proof, Secret):
        return form.proof.client_id
    try:
        said = jose.read(form.proof.text).payload.get("iss")
    except jose.Malformed:
        said = None
    return said if isinstance(said, str) else form.proof.client_id or ""
