"""People in front of identity: with a browser, a mailbox and a telephone."""

import json
import re
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from itertools import count
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import httpx
import pyotp
from sqlalchemy import text

from libs.common.jwks import KeyCache, keys_over_http
from libs.common.liveness import Revocations, revocations_over_http
from libs.common.security import Gate
from libs.common.tokens import Verifier
from services.identity.actions.mails import Addressed, deliver
from services.identity.actions.sealing import KeyEncryptionKey
from tests.identity import given
from tests.kit.running import Running
from tests.kit.stand_in_identity import ISSUER

PASSWORD = "the tide lifts 37 old boats"
ANOTHER_PASSWORD = "seven herons sleep on one leg"

_addresses = count(1)
_codes = count(600_000_000)
_CODE = re.compile(r"code: ([0-9a-z]{10})")


@dataclass
class Person:
    """A Web user, and all that only they have."""

    tenant: str
    name: str
    mail: str
    role: str = "ADMINISTRATOR"
    login_id: str = ""
    user_id: str = ""
    password: str = PASSWORD
    otp_secret: str = ""
    recovery_codes: list[str] = field(default_factory=list)

    def otp(self, steps: int = 0) -> str:
        """What their telephone shows now, or so many steps of 30 s from now."""
        return pyotp.TOTP(self.otp_secret).at(int(time.time()) + 30 * steps)


@dataclass
class Browser:
    """A browser at an address of its own, with its cookies."""

    service: Running
    client: httpx.AsyncClient
    address: str
    token: str = ""

    async def post(self, path: str, **members: Any) -> httpx.Response:
        """Send a step of a sign-in, as our own page does; nothing to say is no body."""
        return await self.client.post(f"/v1/auth/{path}", json=members or None)

    async def ask(self, method: str, path: str, **options: Any) -> httpx.Response:
        """Ask for anything with the access token; a POST under a key of its own."""
        own = {"Authorization": f"Bearer {self.token}", "Idempotency-Key": uuid4().hex}
        headers = own | options.pop("headers", {})
        return await self.client.request(method, path, headers=headers, **options)

    async def signs_in(self, person: Person) -> httpx.Response:
        """Sign in with whatever the person has; gives the last answer."""
        answer = await self.post("login", login_id=person.login_id, password=person.password)
        if answer.status_code == 200 and answer.json()["next"] == "otp":
            await a_step_later(self.service, person)
            answer = await self.post("login/otp", otp=person.otp())
        if answer.status_code == 200 and answer.json()["next"] == "done":
            self.token = answer.json()["access_token"]
        return answer

    async def steps_up(self, person: Person, **intent: str) -> None:
        """Prove who is sitting there; with an intent, for one request."""
        await a_step_later(self.service, person)
        proof: dict[str, Any] = {"password": person.password, "otp": person.otp()}
        if intent:
            proof["intent"] = intent
        answer = await self.ask("POST", "/v1/auth/step-up", json=proof)
        assert answer.status_code == 200, answer.text
        self.token = answer.json()["access_token"]

    async def proves_and_asks(
        self, person: Person, path: str, wish: object = None, **headers: str
    ) -> httpx.Response:
        """Send a POST right after proving oneself for exactly that."""
        body = b"" if wish is None else json.dumps(wish).encode()
        digest = sha256(body).hexdigest()
        await self.steps_up(person, method="POST", path=path, body_sha256=digest)
        kind = {"Content-Type": "application/json"} if body else {}
        return await self.ask("POST", path, content=body, headers=headers | kind)


@asynccontextmanager
async def browser(service: Running, address: str = "") -> AsyncIterator[Browser]:
    """Open a browser."""
    number = next(_addresses)
    own = address or f"198.51.{number // 250}.{number % 250 + 1}"
    transport = httpx.ASGITransport(service.app, raise_app_exceptions=False, client=(own, 4711))
    headers = {"Origin": ISSUER, "X-Requested-By": "web", "User-Agent": "Lighthouse/1"}
    async with httpx.AsyncClient(
        transport=transport, base_url="https://127.0.0.1", headers=headers
    ) as client:
        yield Browser(service, client, own)


async def letters(service: Running, to: str) -> list[Addressed]:
    """What has come for an address, oldest first."""
    if not hasattr(service.app.state, "letters"):
        service.app.state.letters = []
    box: list[Addressed] = service.app.state.letters

    async def put(addressed: Addressed) -> None:
        box.append(addressed)

    await deliver(service.databases, kek_of(service), put)
    return [it for it in box if it.to == to]


async def mailed_code(service: Running, person: Person) -> str:
    """The newest code in a person's mailbox."""
    codes = [_CODE.search(it.letter.text) for it in await letters(service, person.mail)]
    newest = [it for it in codes if it][-1]
    return newest[1]


def trusting(service: Running) -> None:
    """Let a service believe its own tokens beside the stand-in's, and hear what it revokes."""
    own = keys_over_http(service.client, "http://127.0.0.1/.well-known/jwks.json")

    async def both() -> list[Any]:
        return [*await own(), service.identity.jwk()]

    proxies = service.settings.trusted_proxies
    heard = Revocations(revocations_over_http(service.client, "http://127.0.0.1"), lambda: 0.0)
    service.app.state.gate = Gate(Verifier(ISSUER, "identity", KeyCache(both)), heard, proxies)


async def hear(service: Running) -> None:
    """Let a service hear what has been revoked."""
    await service.app.state.gate.revocations.hear()


async def applied(service: Running, mail: str, **members: object) -> httpx.Response:
    """A company's application to be registered."""
    wish = {
        "name_ja": "舫商事株式会社",
        "name_en": "Moyai Trading Co., Ltd.",
        "administrator_name": "舫 花子",
        "administrator_mail": mail,
    }
    async with browser(service) as visitor:
        return await visitor.client.post(
            "/v1/registrations", json=wish | members, headers={"Idempotency-Key": uuid4().hex}
        )


async def accepted(service: Running, registration_id: str, code: str) -> httpx.Response:
    """Staff's yes to a registration."""
    decision = {"policyholder_code": code, "reason_ja": "確認済み", "reason_en": "Checked"}
    headers = service.staff("ops:registrations:write")
    return await service.client.post(
        f"/ops/v1/registrations/{registration_id}/accept",
        json=decision,
        headers=headers | {"If-Match": '"1"', "Idempotency-Key": uuid4().hex},
    )


async def newcomer(service: Running, code: str = "") -> Person:
    """A first administrator who has an activation code in the mail, and nothing else yet."""
    code = code or str(next(_codes))
    person = Person(code, "舫 花子", f"hanako-{uuid4().hex[:8]}@example.com")
    made = (await applied(service, person.mail)).json()
    answer = await accepted(service, made["registration_id"], code)
    assert answer.status_code == 200, answer.text
    await _found(service, person)
    return person


async def administrator(service: Running, code: str = "") -> Person:
    """An administrator with password, telephone and recovery codes."""
    person = await newcomer(service, code)
    async with browser(service) as home:
        await activated(home, person)
    return person


async def activated(home: Browser, person: Person) -> httpx.Response:
    """Go all the way from the code in the mail to a session; gives the last answer."""
    code = await mailed_code(home.service, person)
    steps = [
        ("login/activation", {"login_id": person.login_id, "activation_code": code}),
        ("login/password", {"new_password": person.password}),
        ("login/enrolment", {}),
    ]
    for path, members in steps:
        answer = await home.post(path, **members)
        assert answer.status_code == 200, answer.text
    person.otp_secret = secret_of(answer.json()["otpauth_uri"])
    answer = await home.post("login/otp", otp=person.otp())
    assert answer.status_code == 200, answer.text
    person.recovery_codes = answer.json()["recovery_codes"]
    home.token = answer.json()["access_token"]
    return answer


async def activation(home: Browser, person: Person, code: str) -> httpx.Response:
    """Bring an activation code."""
    return await home.post("login/activation", login_id=person.login_id, activation_code=code)


async def applicant(service: Running, by: Person) -> Person:
    """An applicant of an administrator's company, signed up and ready."""
    person = Person(by.tenant, "舫 次郎", f"jiro-{uuid4().hex[:8]}@example.com", "APPLICANT")
    async with browser(service) as office:
        await office.signs_in(by)
        wish = {"name": person.name, "mail": person.mail}
        made = await office.ask("POST", "/v1/users", json=wish)
        assert made.status_code == 201, made.text
        await _found(service, person)
    async with browser(service) as home:
        await activated(home, person)
    return person


async def second_administrator(service: Running, of: Person) -> Person:
    """Another administrator of the company, as if granted long ago."""
    person = await applicant(service, of)
    person.role = "ADMINISTRATOR"
    await changed(
        service, person, "role = 'ADMINISTRATOR', trusted_from = now() - interval '1 day'"
    )
    return person


def real_now() -> datetime:
    """The real time, for a test to go on from."""
    return datetime.now(UTC)


def kek_of(service: Running) -> KeyEncryptionKey:
    """The key a service seals with."""
    return KeyEncryptionKey.read(given.settings(service).key_encryption_key.get_secret_value())


def secret_of(otpauth_uri: str) -> str:
    """The secret a telephone reads out of an otpauth URI."""
    return parse_qs(urlsplit(otpauth_uri).query)["secret"][0]


async def a_step_later(service: Running, person: Person) -> None:
    """Let the telephone show something new, as it does half a minute later."""
    await changed(service, person, "last_otp_step = 0")


async def changed(service: Running, person: Person, values: str) -> None:
    """Bring a user into a state that would take days."""
    async with service.databases.tenant(person.tenant) as tx:
        await tx.execute(
            text(f"UPDATE users SET {values} WHERE user_id = :id"),  # noqa: S608 (our own words)
            {"id": person.user_id},
        )


async def _found(service: Running, person: Person) -> None:
    async with service.databases.tenant(person.tenant) as tx:
        row = (
            await tx.execute(
                text("SELECT user_id, login_id FROM users WHERE mail = :mail"),
                {"mail": person.mail},
            )
        ).one()
    person.user_id, person.login_id = row.user_id, row.login_id
