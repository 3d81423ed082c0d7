"""Procedures (手続): when one is finished, so that it may be taken off the list."""

from dataclasses import dataclass
from datetime import date

LEDGER_UPLOAD = "LEDGER_UPLOAD"
LEDGER_ENTRY = "LEDGER_ENTRY"
LOSS_NOTICE = "LOSS_NOTICE"

_PLACES = {
    LEDGER_UPLOAD: "ledger-uploads",
    LEDGER_ENTRY: "ledger-entries",
    LOSS_NOTICE: "loss-notices",
}
_ENDED = {"INVALID", "APPLIED", "CANCELLED", "FAILED", "WITHDRAWN"}


@dataclass(frozen=True, slots=True)
class Filing:
    """What is told of a paper handed in, wherever it is kept.

    Units: `received_on` is the business day on which it counts as received, `deadline_on` the last
           one on which it could; `mode` is a ledger's, which may be tried first.
    """

    kind: str
    reference_id: str
    title: str
    status: str
    received_on: date
    mode: str | None = None
    deadline_on: date | None = None

    @property
    def procedure_id(self) -> str:
        """The same paper has the same procedure, also when everything is heard again."""
        return "procedure_" + self.reference_id.rpartition("_")[2]

    @property
    def resource_url(self) -> str:
        """Where the paper itself is."""
        return f"/v1/{_PLACES[self.kind]}/{self.reference_id}"


def is_finished(status: str, mode: str | None) -> bool:
    """Tell whether nothing more will happen unless somebody acts anew.

    A dry run (試行) that found nothing stays ready until it is submitted, or never is.
    Source: API notes §6, states of uploads; §2, states of other papers.
    """
    return status in _ENDED or (status, mode) == ("READY", "DRY_RUN")
