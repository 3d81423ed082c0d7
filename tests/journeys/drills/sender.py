"""A policyholder's ERP that does not give up: it sends again until it is answered."""

import threading
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field

import httpx

from deploy.local.demo.client import Json, Refused, fresh_key, granted, until
from deploy.local.demo.erp import Erp

from . import ledgers
from .replay import Handed

NO_ANSWER = 0
_PATIENCE_SECONDS = 120


@dataclass
class Sender:
    """Hands in ledger files nobody has handed in before, and remembers them.

    Shape: `answers` counts the statuses that came; `NO_ANSWER` where none did.
    """

    erp: Erp
    handed: list[Handed] = field(default_factory=list)
    answers: Counter[int] = field(default_factory=Counter)
    _serial: int = 1
    _small: Iterator[int] = field(default_factory=lambda: ledgers.ordinary_serials(900_000))

    def hand_in(self, rows: int) -> str:
        """Hand in a ledger of so many rows, to be applied; gives the upload's id."""
        return self._sent(self._next_ledger(rows), "SUBMIT")

    def hand_in_one(self) -> str:
        """Hand in a ledger of one contract, and wait until it is applied."""
        content = ledgers.ledger(next(self._small), 1)
        return self.finished(self._sent(content, "SUBMIT"))

    def try_out(self, rows: int) -> str:
        """Hand in a ledger of so many rows, to be judged only; gives the upload's id."""
        return self._sent(self._next_ledger(rows), "DRY_RUN")

    def submit(self, upload_id: str) -> None:
        """Have a file applied that was judged."""
        upload = until(lambda it: it["status"] == "READY", lambda: self._look(upload_id))
        granted(self.erp.ask_to_submit(upload, fresh_key()))

    def finished(self, upload_id: str) -> str:
        """Wait until an upload is applied; gives its id."""
        until(lambda it: it["finished_at"], lambda: self._look(upload_id), _PATIENCE_SECONDS)
        return upload_id

    @contextmanager
    def busy(self) -> Iterator[None]:
        """Hand in small ledgers all the while, one after the other."""
        enough = threading.Event()
        with ThreadPoolExecutor(1) as caller:
            calling = caller.submit(until, lambda _: enough.is_set(), self.hand_in_one, 600)
            try:
                yield
            finally:
                enough.set()
            calling.result()

    def _next_ledger(self, rows: int) -> bytes:
        content = ledgers.ledger(self._serial, rows)
        self._serial += rows
        return content

    def _sent(self, content: bytes, mode: str) -> str:
        """Send a file under one key until it is answered."""
        key = fresh_key()
        [upload_id] = until(bool, lambda: self._sent_once(content, mode, key), _PATIENCE_SECONDS)
        self.handed.append(Handed(upload_id, content, tried_first=mode == "DRY_RUN"))
        return upload_id

    def _sent_once(self, content: bytes, mode: str, key: str) -> list[str]:
        try:
            answer = self.erp.http.post(
                "/ledger-uploads",
                headers={"Idempotency-Key": key},
                files={"file": (ledgers.FILE_NAME, content, "text/csv")},
                data={"declared_count": str(ledgers.policies_in(content)), "mode": mode},
            )
        except (httpx.TransportError, Refused):
            self.answers[NO_ANSWER] += 1
            return []
        self.answers[answer.status_code] += 1
        return [answer.json()["id"]] if answer.is_success else []

    def _look(self, upload_id: str) -> Json:
        """Read an upload; while nobody answers, nothing is known of it."""
        try:
            return self.erp.read(f"/ledger-uploads/{upload_id}")
        except (httpx.TransportError, Refused):
            return {"status": None, "finished_at": None}
