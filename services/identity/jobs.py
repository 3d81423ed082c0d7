"""Acts of identity that no request asks for: keeping keys fresh, and the operator's."""

import asyncio
import json
from datetime import UTC, datetime, time
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from jwt.algorithms import ECAlgorithm
from sqlalchemy.exc import DBAPIError

from libs.common.database import Databases
from libs.common.jobs import Job, daily_at
from libs.common.logs import get_logger
from libs.common.problem_codes import DependencyUnavailable

from .actions import bootstrap as first_act
from .actions import (
    checkpoints,
    mails,
    resealing,
    retention,
    revocations,
    signing_keys,
    throttling,
    tidying,
    verifying,
)
from .actions.desk import Desk
from .actions.history_chain import Flaw
from .actions.sealing import KeyEncryptionKey
from .settings import IdentitySettings

log = get_logger()


async def _tidy_by_night(databases: Databases, due: datetime) -> None:
    await tidying.tidy_all(databases, datetime.now(UTC))


TIDY = Job("tidy", daily_at(time(3)), _tidy_by_night)
"""Every night: forget sessions, codes and proofs that are long over. Source: assumed."""


async def _forget_by_night(databases: Databases, due: datetime) -> None:
    await retention.forget_all(databases)


FORGET_HISTORY = Job("forget-history", daily_at(time(4)), _forget_by_night)
"""Every night: forget the oldest of access histories, by real time as they are written."""

_PAUSE_SECONDS = 600
_MAIL_PAUSE_SECONDS = 1
_CHECKPOINT_PAUSE_SECONDS = 10


async def keep_fresh(databases: Databases, settings: IdentitySettings) -> None:
    """Every ten minutes: rotate signing keys when due, forget what nobody needs any more."""
    # No job of the business clock: keys live by real time, and a clock that is set, or another
    # job that fails, must neither end nor lengthen a key. Source: architecture notes §7.15, §7.17.
    while True:
        try:
            await tidy(databases, settings, datetime.now(UTC))
        except (DBAPIError, OSError) as error:
            log.warning("tidying_failed", error=type(error).__name__)
        await asyncio.sleep(_PAUSE_SECONDS)


async def tidy(databases: Databases, settings: IdentitySettings, now: datetime) -> None:
    """Rotate and forget, once."""
    async with databases.platform() as tx:
        await signing_keys.rotate_keys(tx, _kek(settings), now)
        await checkpoints.renew_key(tx, _kek(settings), now)
        await revocations.forget_old(tx, now)
        await throttling.forget_old(tx, now)


async def deliver_mails(databases: Databases, settings: IdentitySettings) -> None:
    """Every second: send the mails that wait."""
    mailer = mails.smtp_mailer(settings)
    while True:
        try:
            await mails.deliver(databases, _kek(settings), mailer)
        except (DBAPIError, OSError) as error:
            log.warning("mails_not_delivered", error=type(error).__name__)
        await asyncio.sleep(_MAIL_PAUSE_SECONDS)


async def keep_checkpoints(databases: Databases, settings: IdentitySettings) -> None:
    """Every few seconds: sign the access histories whose checkpoint is due."""
    desk = Desk(databases, settings.issuer, _kek(settings))
    while True:
        try:
            await checkpoints.sign_due(desk, datetime.now(UTC))
        except (DBAPIError, OSError, DependencyUnavailable) as error:
            log.warning("checkpoints_not_signed", error=type(error).__name__)
        await asyncio.sleep(_CHECKPOINT_PAUSE_SECONDS)


async def bootstrap(settings: IdentitySettings, *words: str) -> None:
    """Operator's command: `bootstrap --staff-key PATH` (a P-256 private key in PEM)."""
    staff_jwk = _public_half(Path(words[-1]))
    databases = Databases(settings)
    try:
        async with databases.platform() as tx:
            await first_act.bootstrap(tx, _kek(settings), staff_jwk, datetime.now(UTC))
    finally:
        await databases.close()


async def reseal(settings: IdentitySettings, *words: str) -> None:
    """Operator's command: `reseal`, after a new key has come and before the service starts."""
    retired = settings.retired_key_encryption_key
    if retired is None:
        raise ValueError("MOYAI_RETIRED_KEY_ENCRYPTION_KEY names the key before")
    databases = Databases(settings)
    try:
        old = KeyEncryptionKey.read(retired.get_secret_value())
        log.info("resealed", values=await resealing.reseal(databases, old, _kek(settings)))
    finally:
        await databases.close()


async def verify_histories(settings: IdentitySettings, *words: str) -> None:
    """Operator's command: `verify-histories` follows every chain of the access history."""
    databases = Databases(settings)
    try:
        flaws = await verifying.verify_all(databases)
    finally:
        await databases.close()
    for flaw in flaws:
        log.error("history_broken", policyholder=flaw.tenant, seq=flaw.seq, what=flaw.what)
    if flaws:
        raise verifying.HistoryBroken(f"{len(flaws)} histories are not as they were written")


def verify_history(*words: str) -> str:
    """Anybody's command: `verify-history FILE [KEYS]` follows the chain in an exported file.

    Raises: HistoryBroken.
    """
    path, *keys = map(Path, words)
    found = verifying.verify_file(path, keys[0] if keys else None)
    if isinstance(found, Flaw):
        raise verifying.HistoryBroken(f"entry {found.seq}: {found.what}")
    unsigned = "" if keys else "; signatures not looked at"
    return f"{found.tenant}: entries {found.first_seq} to {found.last_seq} are as written{unsigned}"


def _kek(settings: IdentitySettings) -> KeyEncryptionKey:
    return KeyEncryptionKey.read(settings.key_encryption_key.get_secret_value())


def _public_half(path: Path) -> dict[str, str]:
    key = load_pem_private_key(path.read_bytes(), password=None)
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise TypeError("the staff key must be a P-256 key")
    jwk: dict[str, str] = json.loads(ECAlgorithm.to_jwk(key.public_key()))
    return jwk
