"""Mails leave with the act they tell of, and keep trying until somebody takes them."""

from collections.abc import Iterator
from email import message_from_bytes
from email.policy import default

import pytest
import time_machine
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from sqlalchemy import text

from deploy.processes import free_port
from libs.common.database import PLATFORM
from services.identity.actions.mails import Addressed, deliver, post, smtp_mailer
from services.identity.domain.letters import activation
from tests.identity import given, people
from tests.kit.running import Running


class _Post:
    """The other side of SMTP: keeps what it is handed."""

    def __init__(self) -> None:
        self.received: list[Envelope] = []

    async def handle_DATA(  # noqa: N802 (the library's name)
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        """Take a mail."""
        self.received.append(envelope)
        return "250 taken"


@pytest.fixture
def post_office() -> Iterator[tuple[_Post, int]]:
    """A mail server on the loopback address, and its port."""
    office, port = _Post(), free_port()
    controller = Controller(office, hostname="127.0.0.1", port=port)
    controller.start()
    yield office, port
    controller.stop()


async def _waiting(service: Running) -> int:
    async with service.databases.tenant(PLATFORM) as tx:
        return int(await tx.scalar(text("SELECT count(*) FROM mails")) or 0)


async def _posted(service: Running, to: str) -> None:
    code = await people.newcomer(service)
    async with service.databases.tenant(code.tenant) as tx:
        await post(tx, people.kek_of(service), to, activation("u7k2m9p4qx", "0123456789"))


async def test_a_mail_arrives_in_both_languages(
    identity: Running, post_office: tuple[_Post, int]
) -> None:
    """Given a queued letter, when delivered by SMTP, then it arrives whole and is gone here."""
    office, port = post_office
    await _posted(identity, "arrives@example.com")
    settings = given.settings(identity).model_copy(update={"smtp_port": port})

    await deliver(identity.databases, people.kek_of(identity), smtp_mailer(settings))

    [mail] = [it for it in office.received if it.rcpt_tos == ["arrives@example.com"]]
    content = mail.content if isinstance(mail.content, bytes) else b""
    message = message_from_bytes(content, policy=default)
    assert message["Subject"] == "利用開始コード / Activation code"
    assert "code: 0123456789" in message.get_content()
    assert await people.letters(identity, "arrives@example.com") == []


async def test_a_mail_nobody_takes_is_tried_again(identity: Running) -> None:
    """Given no mail server, when delivery fails, then the mail waits, and goes out later."""
    await people.letters(identity, "x")
    await _posted(identity, "later@example.com")
    settings = given.settings(identity).model_copy(update={"smtp_port": free_port()})

    sent = await deliver(identity.databases, people.kek_of(identity), smtp_mailer(settings))

    assert (sent, await _waiting(identity) > 0) == (0, True)
    assert await people.letters(identity, "later@example.com") == []
    with time_machine.travel(people.real_now(), tick=True) as clock:
        clock.shift(120)
        [mail] = await people.letters(identity, "later@example.com")
    assert "code: 0123456789" in mail.letter.text


async def test_a_mail_is_given_up_after_a_day(identity: Running) -> None:
    """Given a mail nobody takes, when a day has passed, then it is no longer kept."""
    await people.letters(identity, "x")
    await _posted(identity, "never@example.com")

    async def refuse(addressed: Addressed) -> None:
        raise OSError(addressed.to)

    with time_machine.travel(people.real_now(), tick=True) as clock:
        clock.shift(25 * 3600)
        await deliver(identity.databases, people.kek_of(identity), refuse)
        clock.shift(3600)

        assert await people.letters(identity, "never@example.com") == []


async def test_a_code_is_readable_nowhere_in_the_database(identity: Running) -> None:
    """Given a queued activation code, when the database is read, then it is not to be seen."""
    person = await people.newcomer(identity)
    async with identity.databases.tenant(PLATFORM) as tx:
        mails = list(await tx.scalars(text("SELECT sealed_content FROM mails")))
    async with identity.databases.tenant(person.tenant) as tx:
        [mac] = await tx.scalars(text("SELECT code_mac FROM mailed_codes"))
    code = await people.mailed_code(identity, person)

    assert mails
    assert not any(code.encode() in sealed for sealed in mails)
    assert code.encode() not in mac


async def test_an_act_undone_sends_no_mail(identity: Running) -> None:
    """Given a letter posted in an act that fails, when all is undone, then nothing goes out."""
    person = await people.newcomer(identity)

    async def fail() -> None:
        async with identity.databases.tenant(person.tenant) as tx:
            await post(tx, people.kek_of(identity), "undone@example.com", activation("u", "c"))
            raise LookupError

    with pytest.raises(LookupError):
        await fail()

    assert await people.letters(identity, "undone@example.com") == []
