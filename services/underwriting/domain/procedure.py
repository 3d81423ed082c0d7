"""Procedures (手続): when one is finished, so that it may be taken off the list."""

from dataclasses import dataclass
from datetime import date

LEDGER_UPLOAD = "LEDGER_UPLOAD"

_ENDED = {"INVALID", "APPLIED", "CANCELLED", "FAILED"}


@dataclass(frozen=True, slots=True)
class Filing:
    """What is told of a paper handed in, wherever it is kept.

    Units: `received_on` is the business day on which it counts as received.
    """

    kind: str
    reference_id: str
    title: str
    mode: str
    status: str
    received_on: date

    @property
    def procedure_id(self) -> str:
        """The same paper has the same procedure, also when everything is heard again."""
        return "procedure_" + self.reference_id.rpartition("_")[2]

    @property
    def resource_url(self) -> str:
        """Where the paper itself is."""
        return f"/v1/ledger-uploads/{self.reference_id}"


def is_finished(status: str, mode: str) -> bool:
    """Tell whether nothing more will happen unless somebody acts anew.

    A dry run (試行) that found nothing stays ready until it is submitted, or never is.
    Source: API notes §6, states of uploads.
    """
    return status in _ENDED or (status, mode) == ("READY", "DRY_RUN")
