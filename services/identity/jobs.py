"""Acts of identity that no request asks for: its upkeep by the clock, and the operator's."""

import asyncio
import json
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from jwt.algorithms import ECAlgorithm
from sqlalchemy.exc import DBAPIError

from libs.common.database import Databases
from libs.common.jobs import Job, Missed, daily_at, every
from libs.common.logs import get_logger

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


async def rotate_keys(databases: Databases, settings: IdentitySettings, due: datetime) -> None:
    """Make the next keys when their time has come, and end those that are through."""
    now = datetime.now(UTC)
    async with databases.platform() as tx:
        await signing_keys.rotate_keys(tx, _kek(settings), now)
        await checkpoints.renew_key(tx, _kek(settings), now)


async def sign_histories(databases: Databases, settings: IdentitySettings, due: datetime) -> None:
    """Sign the access histories whose checkpoint is due."""
    desk = Desk(databases, settings.issuer, _kek(settings))
    await checkpoints.sign_due(desk, datetime.now(UTC))


async def tell_refused(databases: Databases, settings: IdentitySettings, due: datetime) -> None:
    """Write down the tries that waits have refused."""
    await throttling.tell_refused(databases)


async def forget_counts(databases: Databases, settings: IdentitySettings, due: datetime) -> None:
    """Forget counts of tries, and revocations, that no longer matter."""
    now = datetime.now(UTC)
    async with databases.platform() as tx:
        await revocations.forget_old(tx, now)
        await throttling.forget_old(tx, now)


async def tidy(databases: Databases, settings: IdentitySettings, due: datetime) -> None:
    """Forget sessions, codes and proofs that are long over."""
    await tidying.tidy_all(databases, datetime.now(UTC))


async def forget_history(databases: Databases, settings: IdentitySettings, due: datetime) -> None:
    """Forget the oldest of access histories."""
    await retention.forget_all(databases, settings.history_kept_years)


# The clock says when one looks; what is due is judged by real time, as tokens and sessions live.
# A clock that is set makes no key older, and one run is for all the instants it has passed.
ROTATE_KEYS = Job("rotate-keys", every(timedelta(minutes=10)), rotate_keys, Missed.ONCE)
SIGN_HISTORIES = Job("sign-histories", every(timedelta(seconds=10)), sign_histories, Missed.ONCE)
TELL_REFUSED = Job("tell-refused", every(timedelta(minutes=10)), tell_refused, Missed.ONCE)
FORGET_COUNTS = Job("forget-counts", every(timedelta(minutes=10)), forget_counts, Missed.ONCE)
TIDY = Job("tidy", daily_at(time(3)), tidy, Missed.ONCE)
FORGET_HISTORY = Job("forget-history", daily_at(time(4)), forget_history, Missed.ONCE)
"""The upkeep of identity, every few seconds, every ten minutes and every night. Source: assumed."""

_MAIL_PAUSE_SECONDS = 1


async def deliver_mails(databases: Databases, settings: IdentitySettings) -> None:
    """Every second: send the mails that wait."""
    mailer = mails.smtp_mailer(settings)
    while True:
        try:
            await mails.deliver(databases, _kek(settings), mailer)
        except (DBAPIError, OSError) as error:
            log.warning("mails_not_delivered", error=type(error).__name__)
        await asyncio.sleep(_MAIL_PAUSE_SECONDS)


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
    """Operator's command: `verify-histories` follows every chain of the access history.

    Beside the database it believes what was told on Kafka, and is still there.
    """
    databases = Databases(settings)
    try:
        # First: what was told by then stands in the database by now.
        told = await checkpoints.told(settings.kafka_bootstrap)
        flaws = await verifying.verify_all(databases, told)
    finally:
        await databases.close()
    for flaw in flaws:
        log.error("history_broken", policyholder=flaw.tenant, seq=flaw.seq, what=flaw.what)
    if flaws:
        raise verifying.HistoryBroken(f"{len(flaws)} histories are not as they were written")
    log.info("histories_verified", checkpoints_told=sum(map(len, told.values())))


def verify_history(*words: str) -> str:
    """Anybody's command: `verify-history FILE [KEYS]` follows the chain in an exported file.

    Raises: HistoryBroken.
    """
    path, *keys = map(Path, words)
    found = verifying.verify_file(path, keys[0] if keys else None)
    if isinstance(found, Flaw):
        entry = f"entry {found.seq}: " if found.seq else ""
        raise verifying.HistoryBroken(entry + found.what)
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
