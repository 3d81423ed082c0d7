"""The first act on a new platform: keys to sign with, and staff who can enter."""

from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.database import PLATFORM
from libs.common.dates import today_in_japan
from libs.common.permissions import OPERATOR, grantable

from .. import queries, tables
from . import checkpoints
from .client_keys import NewKey, thumbprint
from .machine_clients import Registration, register_machine_client, replace_keys
from .sealing import KeyEncryptionKey
from .signing_keys import rotate_keys

STAFF = "staff"

_KEY_LIFE = timedelta(days=365)


async def bootstrap(
    tx: AsyncSession, kek: KeyEncryptionKey, staff_jwk: dict[str, str], now: datetime
) -> None:
    """Make the first signing keys and register the staff's key; doing it again changes nothing.

    A different staff key takes the old one's place, and the old one's tokens end.
    """
    await rotate_keys(tx, kek, now)
    await checkpoints.renew_key(tx, kek, now)
    key = NewKey(staff_jwk, None, today_in_japan(now) + _KEY_LIFE)
    scopes = sorted(grantable(OPERATOR))
    staff = await tx.get(tables.MachineClient, (PLATFORM, STAFF), with_for_update=True)
    if staff is None:
        wish = Registration(PLATFORM, "Insurer's staff", [key], scopes, [], client_id=STAFF)
        await register_machine_client(tx, wish, now)
        return
    staff.scopes = scopes
    known = {it.kid for it in await queries.client_keys(tx, STAFF)}
    if known != {thumbprint(staff_jwk)}:
        await replace_keys(tx, staff, [key], now)
