"""Ledger files through the whole platform: dry runs as an ERP meets them, and a second worker."""

import json
import os
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import psutil

from bench.ledger import write_file
from deploy.local import Ports, Stack
from deploy.local.demo.client import Json, fresh_key, granted, until
from deploy.local.demo.erp import Erp
from deploy.local.demo.material import TOTO
from deploy.local.demo.preparing import OPENING, enter_registers, enter_rulebook, register_erp
from deploy.local.demo.staff import Staff
from deploy.local.layout import Part
from deploy.local.secrets import STAFF
from deploy.local.service import ServiceProcess
from deploy.local.silence import Silence
from deploy.processes import free_port

_IDLE_CPU_SECONDS = 0.1  # in a second: what pollers take
_ELSEWHERE = 300_001  # numbers that no other file here has
_NAME = "東都機械貿易(260825).csv"


def main() -> None:
    """Start a platform, hand in files, and print."""
    with tempfile.TemporaryDirectory() as folder:
        stack = Stack(Path(folder) / "platform", Ports.free(), profile="test", durable=True)
        try:
            stack.start()
            erp = _prepared(stack)
            _dry_run(erp, Path(folder))
            _first_finding(erp, Path(folder))
            _heard_by_all(stack, erp, Path(folder))
            _two_workers(stack, erp, Path(folder))
        finally:
            stack.drop()


def _prepared(stack: Stack) -> Erp:
    key = stack.secrets.client_key(STAFF)
    staff = Staff(stack.ports.gateway_url, stack.ports.staff_url, STAFF, key)
    staff.set_clock(OPENING)
    enter_rulebook(staff)
    enter_registers(staff)
    return register_erp(staff, stack.secrets, TOTO)


def _dry_run(erp: Erp, folder: Path) -> None:
    content = _file(folder, 10_000, spoil_every=10)
    until(lambda it: it["accepted_count"] == 9_000, lambda: _handed_in(erp, content, 10_000))
    began = time.perf_counter()
    upload = _handed_in(erp, content, 10_000)
    found = len(erp.findings(upload))
    seconds = time.perf_counter() - began
    print(f"dry run of 10,000 rows, {found:,} findings: {seconds:.2f} s  (goal 2, proud 1)")


def _first_finding(erp: Erp, folder: Path) -> None:
    content = _file(folder, 100_000, spoil_every=100)
    upload = _sent(erp, content, 100_000, mode="DRY_RUN")
    began = time.perf_counter()
    until(bool, lambda: erp.read(f"/ledger-uploads/{upload['id']}/findings", limit=1)["items"])
    seconds = time.perf_counter() - began
    print(f"first finding of 100,000 rows: {seconds:.2f} s after the file  (goal 1, proud 0.3)")
    erp.judged(upload)


def _heard_by_all(stack: Stack, erp: Erp, folder: Path) -> None:
    began = time.perf_counter()
    erp.judged(_sent(erp, _file(folder, 20_000, _ELSEWHERE), 20_000, mode="SUBMIT"))
    applied = time.perf_counter() - began
    Silence(stack).wait()
    heard = time.perf_counter() - began
    print(f"20,000 contracts: applied after {applied:.1f} s,", end=" ")
    print(f"heard by every service, with their premiums, after {heard:.1f} s")


def _two_workers(stack: Stack, erp: Erp, folder: Path) -> None:
    database = _Database(psutil.Process(_pid(stack.processes()["postgres"].pid_file)))
    one = stack.service("ledger-worker")
    alone = _of_100_000(erp, folder, 1, [one], database)
    part = Part("ledger-worker-2", "ledger", free_port(), ("--no-api",))
    other = ServiceProcess.of(part, stack.folder, stack.environment("ledger"))
    other.start()
    try:
        other.wait()
        together = _of_100_000(erp, folder, 100_001, [one, other], database)
    finally:
        other.process.stop()
    print("100,000 rows, each worker held to one core:", end=" ")
    print(f"CPU of one {alone.cpu:.1f} s, of two {together.cpu:.1f} s,", end=" ")
    print(f"ratio {together.cpu / alone.cpu:.2f}  (goal 1.1, proud 1.03);", end=" ")
    print(f"time of one {alone.seconds:.1f} s, of two {together.seconds:.1f} s,", end=" ")
    print(f"ratio {together.seconds / alone.seconds:.2f}  (goal 0.75, proud 0.6)")


@dataclass(frozen=True)
class _Spent:
    """What a file took: CPU of workers and database, and seconds until it was applied."""

    cpu: float
    seconds: float


@dataclass(frozen=True)
class _Database:
    """What PostgreSQL does for the ledger: the others read its facts in databases of their own."""

    server: psutil.Process

    def cpu(self) -> float:
        """CPU seconds of the ledger's connections."""
        own = (it for it in self.server.children() if "postgres: ledger" in it.cmdline()[0])
        return sum(map(_cpu, own))


def _of_100_000(
    erp: Erp, folder: Path, first: int, workers: list[ServiceProcess], database: _Database
) -> _Spent:
    processes = [psutil.Process(_pid(it.process.pid_file)) for it in workers]
    for core, process in enumerate(processes):
        for thread in process.threads():
            os.sched_setaffinity(thread.id, {core})

    def spent() -> float:
        return database.cpu() + sum(map(_cpu, processes))

    before = _at_rest(spent)
    content = _file(folder, 100_000, first)
    began = time.perf_counter()
    applied = erp.judged(_sent(erp, content, 100_000, mode="SUBMIT"))
    seconds = time.perf_counter() - began
    if applied["accepted_count"] != 100_000:
        raise RuntimeError(f"not all applied: {applied['status']}")
    return _Spent(_at_rest(spent) - before, seconds)


def _at_rest(spent: Callable[[], float]) -> float:
    """Wait until what was told before has been carried away, too; gives what was spent by then."""
    before, now = -1.0, spent()
    while now - before > _IDLE_CPU_SECONDS:
        time.sleep(1)
        before, now = now, spent()
    return now


def _cpu(process: psutil.Process) -> float:
    return sum(process.cpu_times()[:2])


def _file(folder: Path, rows: int, first: int = 1, spoil_every: int = 0) -> bytes:
    path = folder / "ledger.csv"
    write_file(path, rows, first)
    if not spoil_every:
        return path.read_bytes()
    # A settlement method nobody knows.
    lines = path.read_bytes().splitlines(keepends=True)
    for number in range(0, rows, spoil_every):
        lines[number] = lines[number].replace(b",41,,2,", b",04,,2,")
    return b"".join(lines)


def _handed_in(erp: Erp, content: bytes, declared: int) -> Json:
    return erp.judged(_sent(erp, content, declared, mode="DRY_RUN"))


def _sent(erp: Erp, content: bytes, declared: int, **fields: str) -> Json:
    answer = erp.http.post(
        "/ledger-uploads",
        headers={"Idempotency-Key": fresh_key()},
        files={"file": (_NAME, content, "text/csv")},
        data={"declared_count": str(declared), **fields},
    )
    return granted(answer)


def _pid(pid_file: Path) -> int:
    return int(json.loads(pid_file.read_text())["pid"])


if __name__ == "__main__":
    main()
