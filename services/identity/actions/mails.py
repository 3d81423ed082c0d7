"""Mails: queued with the act they tell of, sealed until they are sent, sent until they arrive."""

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage

import aiosmtplib
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.database import PLATFORM, Databases
from libs.common.driver import Statement
from libs.common.logs import get_logger
from libs.common.wire import new_id

from .. import tables
from ..domain.letters import Letter
from ..settings import IdentitySettings
from .platform import at_platform
from .sealing import KeyEncryptionKey, Place, SealBroken

log = get_logger()

_GIVEN_UP_AFTER = timedelta(hours=24)
_PAUSE = timedelta(minutes=1)


_QUEUE = Statement("""
INSERT INTO mails (tenant, mail_id, sealed_content, tries, next_try_at, queued_at)
VALUES ('platform', :mail_id, :sealed_content, 0, :now, :now)
""")


@dataclass(frozen=True, slots=True, repr=False)
class Addressed:
    """A letter and where it goes."""

    to: str
    letter: Letter


Mailer = Callable[[Addressed], Awaitable[None]]
"""Hands a letter over to be delivered. Raises SMTPException or OSError when it cannot."""


async def post(tx: AsyncSession, kek: KeyEncryptionKey, to: str, letter: Letter) -> None:
    """Queue a letter: it goes out if, and only if, this transaction commits."""
    mail_id, now = new_id("mail"), datetime.now(UTC)
    content = json.dumps([to, letter.subject, letter.text]).encode()
    sealed = kek.seal(content, _at(mail_id))
    async with at_platform(tx):
        await _QUEUE.rows(tx, mail_id=mail_id, sealed_content=sealed, now=now)


async def deliver(databases: Databases, kek: KeyEncryptionKey, mailer: Mailer) -> int:
    """Send what waits, each mail once; gives how many went out."""
    sent = 0
    while True:
        async with databases.tenant(PLATFORM) as tx:
            mail = await _next(tx, datetime.now(UTC))
            if mail is None:
                return sent
            sent += await _hand_over(tx, mail, kek, mailer)


def smtp_mailer(settings: IdentitySettings) -> Mailer:
    """Give letters to the SMTP server the settings name."""

    async def hand_over(addressed: Addressed) -> None:
        message = EmailMessage()
        message["From"] = settings.mail_from
        message["To"] = addressed.to
        message["Subject"] = addressed.letter.subject
        message.set_content(addressed.letter.text)
        password = settings.smtp_password
        await aiosmtplib.send(
            message,
            hostname=settings.smtp_host,
            port=settings.smtp_port,
            username=settings.smtp_username,
            password=password.get_secret_value() if password else None,
            use_tls=settings.smtp_security == "tls",
            start_tls=settings.smtp_security == "starttls",
            timeout=settings.http_timeout_seconds,
        )

    return hand_over


async def _next(tx: AsyncSession, now: datetime) -> tables.Mail | None:
    waiting = select(tables.Mail).where(tables.Mail.next_try_at <= now)
    # Skipped, if another process has it in its hands just now.
    in_turn = waiting.order_by(tables.Mail.next_try_at).limit(1).with_for_update(skip_locked=True)
    return (await tx.scalars(in_turn)).first()


async def _hand_over(
    tx: AsyncSession, mail: tables.Mail, kek: KeyEncryptionKey, mailer: Mailer
) -> int:
    now = datetime.now(UTC)
    try:
        to, subject, words = json.loads(kek.open(mail.sealed_content, place(mail)))
        await mailer(Addressed(to, Letter(subject, words)))
    except (aiosmtplib.SMTPException, OSError, SealBroken) as why:
        log.warning("mail_not_sent", error=type(why).__name__, tries=mail.tries + 1)
        mail.tries += 1
        mail.next_try_at = now + mail.tries * _PAUSE
        if now - mail.queued_at < _GIVEN_UP_AFTER:
            return 0
        log.warning("mail_given_up", mail_id=mail.mail_id)
        await tx.delete(mail)
        return 0
    await tx.delete(mail)
    return 1


def place(mail: tables.Mail) -> Place:
    """Say where a mail's content belongs."""
    return _at(mail.mail_id)


def _at(mail_id: str) -> Place:
    return Place("mail", PLATFORM, "mails", mail_id)
