"""Many at once get no more than one after another: every counter, every code for one use."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any
from uuid import uuid4

import httpx
import pytest

from tests.identity import people
from tests.identity.test_codes_api import completed
from tests.kit.running import Running

_MANY = 12

Asking = Coroutine[Any, Any, httpx.Response]


async def _statuses(*asked: Asking) -> Counter[int]:
    """Ask everything at once; gives how often each status was answered."""
    return Counter(answer.status_code for answer in await asyncio.gather(*asked))


@asynccontextmanager
async def _browsers(identity: Running, count: int) -> AsyncIterator[list[people.Browser]]:
    async with AsyncExitStack() as stack:
        yield [await stack.enter_async_context(people.browser(identity)) for _ in range(count)]


@pytest.mark.attack("S05")
@pytest.mark.parametrize("factor", ["otp", "recovery_code"])
async def test_a_second_factor_lets_one_in(
    identity: Running, boss: people.Person, factor: str
) -> None:
    """Given four sign-ins of one user, when all bring one code at once, then one gets in."""
    async with _browsers(identity, 4) as browsers:
        for browser in browsers:
            await browser.post("login", login_id=boss.login_id, password=boss.password)
        await people.a_step_later(identity, boss)
        code = boss.otp() if factor == "otp" else boss.recovery_codes[0]

        statuses = await _statuses(*(it.post("login/otp", **{factor: code}) for it in browsers))

    assert statuses == {200: 1, 401: 3}


@pytest.mark.attack("S13")
async def test_a_reissue_code_renews_once(identity: Running, boss: people.Person) -> None:
    """Given a mailed code, when it comes four times at once with factors, then it counts once."""
    async with people.browser(identity) as home:
        await home.post("password-reissues", login_id=boss.login_id)
        code = await people.mailed_code(identity, boss)

        statuses = await _statuses(
            *(completed(home, boss, code, recovery_code=it) for it in boss.recovery_codes[:4])
        )

    assert statuses == {204: 1, 401: 3}


@pytest.mark.attack("S07")
async def test_five_codes_are_judged_in_one_sign_in(identity: Running, boss: people.Person) -> None:
    """Given a sign-in, when twelve wrong codes come at once, then it is burnt for the right one."""
    async with people.browser(identity) as home:
        await home.post("login", login_id=boss.login_id, password=boss.password)

        statuses = await _statuses(*(home.post("login/otp", otp="000000") for _ in range(_MANY)))
        await people.a_step_later(identity, boss)
        right = await home.post("login/otp", otp=boss.otp())

    assert statuses == {401: _MANY}
    assert right.status_code == 401


async def test_ten_codes_of_a_user_are_judged_in_all_sign_ins(
    identity: Running, boss: people.Person
) -> None:
    """Given four sign-ins, when sixteen wrong codes come at once, then six of them must wait."""
    async with _browsers(identity, 4) as browsers:
        for browser in browsers:
            await browser.post("login", login_id=boss.login_id, password=boss.password)

        statuses = await _statuses(
            *(it.post("login/otp", otp="000000") for it in browsers for _ in range(4))
        )

    assert statuses == {401: 10, 429: 6}


@pytest.mark.attack("S13")
async def test_a_mailed_code_is_tried_five_times(identity: Running) -> None:
    """Given a code in the mail, when twelve wrong ones come at once, then it is worthless."""
    newcomer = await people.newcomer(identity)
    code = await people.mailed_code(identity, newcomer)
    async with people.browser(identity) as home:
        await _statuses(*(people.activation(home, newcomer, "0" * 10) for _ in range(_MANY)))
        answer = await people.activation(home, newcomer, code)

    assert answer.status_code == 401


@pytest.mark.attack("S11")
async def test_three_mails_go_to_a_user_in_an_hour(identity: Running, boss: people.Person) -> None:
    """Given one account, when eight browsers ask for a code at once, then three mails go out."""
    before = len(await people.letters(identity, boss.mail))
    async with _browsers(identity, 8) as browsers:
        statuses = await _statuses(
            *(it.post("password-reissues", login_id=boss.login_id) for it in browsers)
        )

    assert statuses == {202: 8}
    assert len(await people.letters(identity, boss.mail)) - before == 3


async def test_ten_wishes_come_from_an_address_in_an_hour(identity: Running) -> None:
    """Given one address, when fifteen registrations are wished at once, then ten are taken."""
    wish = {
        "name_ja": "舫商事株式会社",
        "name_en": "Moyai Trading Co., Ltd.",
        "administrator_name": "舫 花子",
        "administrator_mail": "hanako@example.com",
    }
    async with people.browser(identity) as visitor:

        def send() -> Asking:
            headers = {"Idempotency-Key": uuid4().hex}
            return visitor.client.post("/v1/registrations", json=wish, headers=headers)

        statuses = await _statuses(*(send() for _ in range(15)))

    assert statuses == {201: 10, 429: 5}


@pytest.mark.attack("S03")
async def test_thirty_failures_come_from_an_address(identity: Running) -> None:
    """Given one address, when forty login ids are tried at once, then ten tries must wait."""
    async with people.browser(identity) as guesser:
        statuses = await _statuses(
            *(guesser.post("login", login_id=uuid4().hex, password="wrong") for _ in range(40))
        )

    assert statuses == {401: 30, 429: 10}


async def test_ten_proofs_of_a_user_are_judged_in_a_minute(
    identity: Running, boss: people.Person
) -> None:
    """Given a session, when fifteen wrong proofs come at once, then no more than five are judged.

    The password's own counter is the narrower one.
    """
    async with people.browser(identity) as home:
        await home.signs_in(boss)
        proof = {"password": "wrong", "otp": "000000"}

        statuses = await _statuses(
            *(home.ask("POST", "/v1/auth/step-up", json=proof) for _ in range(15))
        )

    assert statuses == {401: 5, 429: 10}


@pytest.mark.attack("S04")
async def test_a_known_browser_fails_five_times(identity: Running, boss: people.Person) -> None:
    """Given a browser that was here before, when twelve wrong tries come at once, then it ends.

    Five are its own; after them it counts as a stranger's, who has five of theirs.
    """
    async with people.browser(identity) as home:
        await home.signs_in(boss)

        tries = (home.post("login", login_id=boss.login_id, password="wrong") for _ in range(_MANY))
        statuses = await _statuses(*tries)

    assert statuses[401] <= 10
    assert statuses[401] + statuses[429] == _MANY
