"""What befalls a platform: workers and engines killed, a relay held back, databases lost."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial

from deploy.local import Stack
from deploy.local.demo.client import until
from deploy.local.schema import migrate
from deploy.local.service import ServiceProcess
from libs.common.relay import LOCK

from .moments import Moment

# Two relays of a service never work at once: each asks for this lock of its database.
_HOLD = f"SELECT pg_advisory_lock({LOCK}); SELECT pg_sleep(600)"
_LET_GO = r"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query ~ '^SELECT pg_sleep'"
_SEND_RELAYS_AWAY = f"""
SELECT pg_terminate_backend(pid) FROM pg_locks JOIN pg_stat_activity USING (pid)
WHERE objid = {LOCK} AND locktype = 'advisory' AND granted AND datname = current_database()
  AND application_name <> 'psql'
"""  # noqa: S608 (our own number)
_IS_HELD = f"""
SELECT 1 FROM pg_locks JOIN pg_stat_activity USING (pid)
WHERE objid = {LOCK} AND locktype = 'advisory' AND granted AND datname = current_database()
  AND application_name = 'psql'
"""  # noqa: S608 (our own number)


@dataclass
class Knocks:
    """Knocks a platform about, and counts what it has killed."""

    stack: Stack
    kills: int = 0

    @contextmanager
    def killing(self, *moments: Moment) -> Iterator[None]:
        """Kill a worker (SIGKILL) at each of these moments, one after the other."""
        with meanwhile(lambda: self._kill_at(*moments)):
            yield

    @contextmanager
    def ending(
        self, moment: Moment, end: Callable[[], object], start: Callable[[], object]
    ) -> Iterator[None]:
        """End an engine in the middle of something, and start it again."""

        def act() -> None:
            moment.port(self.stack.postgres)
            end()
            start()
            self.kills += 1

        with meanwhile(act):
            yield

    @contextmanager
    def relays_held(self, service: str) -> Iterator[None]:
        """Keep a service's relays from telling anything, by holding what only one may hold."""
        with meanwhile(lambda: self._hold(service)):
            until(bool, lambda: self._take_from_relays(service))
            yield
            self.stack.postgres.sql(_LET_GO)

    def lose(self, *services: str) -> None:
        """Start services on databases that were dropped and made anew (災害からの復旧)."""
        mine = [it for it in self.stack.services if it.part.service in services]
        postgres = self.stack.postgres
        for service in mine:
            service.process.kill()
        for name in services:
            postgres.sql(f"DROP DATABASE {name} WITH (FORCE)")
            postgres.create_database(name, name)
            migrate(name, postgres.urls(name, name, self.stack.secrets.passwords(name)).owner)
        for service in mine:
            service.start()
        for service in mine:
            service.wait()

    def _kill_at(self, *moments: Moment) -> None:
        killed = []
        for moment in moments:
            worker = until(lambda it: it is not None, partial(self._worker_at, moment))
            if worker is None:
                raise LookupError(moment)
            worker.process.kill()
            worker.start()
            killed.append(worker)
            self.kills += 1
        # Those only: others may be killed elsewhere at this very moment.
        for worker in killed:
            worker.wait()

    def _worker_at(self, moment: Moment) -> ServiceProcess | None:
        """Wait for the moment, and find whose connection it is seen on."""
        port = moment.port(self.stack.postgres)
        for worker in self.stack.services:
            process = worker.process.find() if worker.part.service == moment.service else None
            if process and any(port in it.laddr for it in process.net_connections("tcp")):
                return worker
        return None

    def _hold(self, service: str) -> None:
        # Ended from outside, with what the server has to say about that.
        with suppress(RuntimeError):
            self.stack.postgres.sql(_HOLD, service)

    def _take_from_relays(self, service: str) -> bool:
        self.stack.postgres.sql(_SEND_RELAYS_AWAY, service)
        return bool(self.stack.postgres.sql(_IS_HELD, service))


@contextmanager
def meanwhile(act: Callable[[], object]) -> Iterator[None]:
    """Carry out an act beside what is done here, and wait for its end."""
    with ThreadPoolExecutor(1) as other:
        begun = other.submit(act)
        yield
        begun.result()
