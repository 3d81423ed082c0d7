"""The proof at the end of a drill: what was told and heard, and that all stands as it must."""

import json
import time
from dataclasses import asdict, dataclass, field

from tests.kit.engines import ROOT

from .platform import Platform, listeners, topics_of
from .replay import Replay
from .standing import compared
from .topics import Told, gaps

_KEPT = ROOT / ".local" / "drills.json"
_HEARD = "SELECT id FROM inbox_facts"


@dataclass(frozen=True)
class Proof:
    """The figures of a drill (訓練の結果), and every fault that was found.

    Units: `facts_told` and `told_again` are records on the topics; `seconds` since the last proof.
    """

    kills: int
    files: int
    rows_compared: int
    facts_told: int
    told_again: int
    lost: int
    doubled: int
    different: int
    seconds: float
    faults: list[str]


@dataclass
class Prover:
    """Proves after each drill what has happened since the one before."""

    platform: Platform
    _replay: Replay = field(default_factory=Replay)
    _at: float = field(default_factory=time.monotonic)
    _kills: int = 0
    _files: int = 0
    _facts: int = 0
    _again: int = 0

    def prove(self, drill: str) -> Proof:
        """Wait for rest, compare all that stands, and keep the figures under the drill's name."""
        self.platform.settle()
        told = self.platform.topics.told()
        facts = len({it.envelope.id for it in told})
        for upload in self.platform.sender.handed[self._files :]:
            self._replay.work_off(upload)
        found = compared(self.platform.stack, self._replay.tables)
        unheard, strange = self._misheard(told)
        proof = Proof(
            kills=self.platform.knocks.kills - self._kills,
            files=len(self.platform.sender.handed) - self._files,
            rows_compared=found.rows,
            facts_told=facts - self._facts,
            told_again=len(told) - facts - self._again,
            lost=len(found.lost) + len(unheard),
            doubled=len(found.doubled) + len(strange),
            different=len(found.different),
            seconds=round(time.monotonic() - self._at, 1),
            faults=[
                *found.lost,
                *found.doubled,
                *found.different,
                *unheard,
                *strange,
                *gaps(told),
            ],
        )
        self._at, self._facts, self._again = time.monotonic(), facts, len(told) - facts
        self._kills, self._files = self.platform.knocks.kills, len(self.platform.sender.handed)
        _keep(drill, proof)
        return proof

    def end_the_month(self, month: str, invoice_number: str) -> None:
        """Say that all there is was shown, made final and invoiced."""
        self._replay.end_the_month(month, invoice_number)

    def _misheard(self, told: list[Told]) -> tuple[list[str], list[str]]:
        """List what a service has not heard of its topics, and what it has heard of no topic."""
        unheard, strange = [], []
        for service in listeners():
            of_topics = {str(it.envelope.id) for it in told if it.topic in topics_of(service)}
            heard = set(self.platform.stack.postgres.sql(_HEARD, service).splitlines())
            unheard += [f"{service} has not heard {it}" for it in of_topics - heard]
            strange += [f"{service} has heard {it}" for it in heard - of_topics]
        return unheard, strange


def _keep(drill: str, proof: Proof) -> None:
    kept = json.loads(_KEPT.read_text()) if _KEPT.exists() else {}
    figures = asdict(proof) | {"faults": len(proof.faults)}
    _KEPT.write_text(json.dumps(kept | {drill: figures}, indent=2, ensure_ascii=False) + "\n")
