"""Signing in, being shut out, and the access history: what each costs at identity.

The floor of a login is its password: Argon2id checked by itself, as many at once. A login here is
the whole of it, password and one-time password, at a service in a process of its own; each person's
telephone is moved on between rounds. On a busy machine the CPU tells more than the clock.
"""

import asyncio
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from statistics import median, quantiles

import jwt
import psutil

from bench.browsers import sign_in
from bench.engines import database
from bench.serving import Served, run, served
from deploy.local.secrets import STAFF, Secrets
from libs.common.liveness import Revocations, revocations_over_http
from services.identity import jobs
from services.identity.actions.desk import Origin
from services.identity.actions.hashing import Hasher
from services.identity.actions.history import Actor, Deed, record
from tests.identity import given, people
from tests.kit.running import Running, running

_PEOPLE = 50
_ROUNDS = 4
_TRIES = 200
_ENTRIES = 1000
_AT_ONCE = 20
_SOMEBODY = Actor("user", "user_01m804gnfyejjb59e5dbx4yqmy")


@asynccontextmanager
async def identity() -> AsyncIterator[tuple[Running, Served]]:
    """Run identity on a database of its own, with its staff and its own keys; here, and served."""
    with (
        database("identity") as urls,
        tempfile.TemporaryDirectory() as folder,
        served("identity", urls, "buyers:read") as elsewhere,
    ):
        key = Secrets(Path(folder)).client_key(STAFF)
        async with running("identity", urls) as service:
            await jobs.bootstrap(given.settings(service), "--staff-key", str(key))
            people.trusting(service)
            await people.hear(service)
            yield service, elsewhere


async def floor() -> tuple[float, float]:
    """Check passwords and nothing else; gives how many a second, and the CPU seconds of each."""
    hasher = Hasher()
    stored = await hasher.hash(people.PASSWORD)
    began, used = time.perf_counter(), time.process_time()
    for _ in range(_ROUNDS):
        await asyncio.gather(*(hasher.fits(people.PASSWORD, stored) for _ in range(_PEOPLE)))
    count = _ROUNDS * _PEOPLE
    return count / (time.perf_counter() - began), (time.process_time() - used) / count


async def logins(
    service: Running, url: str, them: list[people.Person]
) -> tuple[float, float, list[float]]:
    """Let everybody sign in at once, some times.

    Shape: logins a second; CPU seconds of each, in the service, its database and the browsers; the
    seconds each took.
    """
    took: list[float] = []
    spent = used = 0.0
    for _ in range(_ROUNDS):
        for person in them:
            await people.a_step_later(service, person)
        began, before = time.perf_counter(), _cpu()
        at_once = (sign_in(url, it, f"198.51.100.{nth}") for nth, it in enumerate(them, 1))
        took += await asyncio.gather(*at_once)
        spent, used = spent + time.perf_counter() - began, used + _cpu() - before
    return len(took) / spent, used / len(took), took


def _cpu() -> float:
    """The CPU seconds of this process and all it has started."""
    ours = psutil.Process()
    return sum(sum(it.cpu_times()[:2]) for it in [ours, *ours.children(recursive=True)])


async def shut_out(service: Running, person: people.Person) -> list[float]:
    """End sessions; gives the seconds until another service, which only listens, knows of each."""
    heard = Revocations(revocations_over_http(service.client, "http://127.0.0.1"))
    await heard.hear()
    listening = asyncio.create_task(heard.follow())
    took = []
    async with people.browser(service) as home:
        for _ in range(_TRIES):
            await home.signs_in(person)
            claims = jwt.decode(home.token, options={"verify_signature": False})
            began = time.perf_counter()
            await home.post("logout")
            while not heard.include(claims["sid"], claims["jti"]):  # noqa: ASYNC110 (heard elsewhere)
                await asyncio.sleep(0.001)
            took.append(time.perf_counter() - began)
    listening.cancel()
    await asyncio.gather(listening, return_exceptions=True)
    return took


async def entries(service: Running, tenants: int) -> float:
    """Write entries of the history, some at once; gives how many a second."""
    codes = [f"{770_000_000 + tenants * 100 + number}" for number in range(tenants)]

    async def write(number: int) -> None:
        for _ in range(_ENTRIES // _AT_ONCE):
            async with service.databases.tenant(codes[number % tenants]) as tx:
                await record(tx, _SOMEBODY, Origin(None), Deed("LOGIN"))

    began = time.perf_counter()
    await asyncio.gather(*(write(number) for number in range(_AT_ONCE)))
    return _ENTRIES / (time.perf_counter() - began)


async def measure() -> None:
    """Measure all and print."""
    async with identity() as (service, elsewhere):
        them = [await people.administrator(service) for _ in range(_PEOPLE)]
        bare, cpu_of_hash = await floor()
        rate, cpu, took = await logins(service, elsewhere.url, them)
        print(f"logins: floor {bare:.0f}/s, {rate:.0f}/s, ratio {rate / bare:.2f}", end=" ")
        print(f"(goal 0.8, proud 0.95)  p99 {quantiles(took, n=100)[98] * 1000:.0f} ms")
        print(f"CPU of a hash {cpu_of_hash * 1000:.1f} ms, of a login {cpu * 1000:.1f} ms", end=" ")
        print(f"ratio {cpu_of_hash / cpu:.2f}")
        known = await shut_out(service, them[0])
        print(f"ended until refused elsewhere, ms: p50 {median(known) * 1000:.0f}", end=" ")
        print(f"max of {_TRIES} {max(known) * 1000:.0f}  (promise 5000)")
        one, many = await entries(service, 1), await entries(service, _AT_ONCE)
        print(f"history, entries a second: one policyholder {one:.0f}, {_AT_ONCE} {many:.0f}")


def main() -> None:
    """Measure on a database of our own."""
    run(measure())


if __name__ == "__main__":
    main()
