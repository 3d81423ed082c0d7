"""Facts underwriting hears, and the act each one leads to."""

from datetime import date

from pydantic import BaseModel
from sqlalchemy.ext.asyncio import AsyncSession

from libs.common import clock
from libs.common.events import Event
from libs.common.inbox import Inbox

from .actions import policies, procedures
from .domain.procedure import LEDGER_ENTRY, LEDGER_UPLOAD, LOSS_NOTICE, Filing

inbox = Inbox("underwriting.inbox")


class UploadFact(BaseModel):
    """What we need of a ledger handed in: what it is, and how far it is."""

    upload_id: str
    file_name: str
    mode: str
    status: str
    received_on: date

    def filing(self) -> Filing:
        """Give it in the words of the rules."""
        return Filing(
            LEDGER_UPLOAD, self.upload_id, self.file_name, self.status, self.received_on, self.mode
        )


class UploadReceived(UploadFact, Event, type="ledger.upload.received.v1", key="upload_id"):
    """What we need of a ledger that was handed in (台帳の受付)."""


class UploadValidated(UploadFact, Event, type="ledger.upload.validated.v1", key="upload_id"):
    """What we need of a ledger that was judged (台帳の審査)."""


class UploadSubmitted(UploadFact, Event, type="ledger.upload.submitted.v1", key="upload_id"):
    """What we need of a ledger that is applied for after a dry run (申込み)."""


class UploadApplied(UploadFact, Event, type="ledger.upload.applied.v1", key="upload_id"):
    """What we need of a ledger whose contracts were taken in (台帳の受理)."""


class UploadCancelled(UploadFact, Event, type="ledger.upload.cancelled.v1", key="upload_id"):
    """What we need of a ledger that was taken back (台帳の取下げ)."""


class UploadFailed(UploadFact, Event, type="ledger.upload.failed.v1", key="upload_id"):
    """What we need of a ledger that we failed to read."""


class EntryApplied(Event, type="ledger.entry.applied.v1", key="entry_id"):
    """What we need of a row of a ledger that was entered by hand (個別入力)."""

    entry_id: str
    policy_number: str
    status: str
    received_on: date

    def filing(self) -> Filing:
        """Give it in the words of the rules."""
        return Filing(
            LEDGER_ENTRY, self.entry_id, self.policy_number, self.status, self.received_on
        )


class ContractsApplied(Event, type="ledger.contracts.applied.v1", key="bucket"):
    """What we need of applied contracts (申込台帳の受理): their histories."""

    bucket: int
    histories: list[policies.AppliedBranch]


class LossNoticeFact(BaseModel):
    """What we need of a loss notice: its number, when it came, and until when it could."""

    loss_notice_id: str
    reference: str
    received_on: date
    deadline_on: date

    def filing(self, status: str) -> Filing:
        """Give it in the words of the rules."""
        return Filing(
            LOSS_NOTICE,
            self.loss_notice_id,
            self.reference,
            status,
            self.received_on,
            deadline_on=self.deadline_on,
        )


class LossNoticeSubmitted(
    LossNoticeFact, Event, type="claims.loss_notice.submitted.v1", key="loss_notice_id"
):
    """What we need of a notified loss (損失等発生通知)."""


class LossNoticeWithdrawn(
    LossNoticeFact, Event, type="claims.loss_notice.withdrawn.v1", key="loss_notice_id"
):
    """What we need of a notice that was taken back (取下げ)."""


@inbox.on
async def list_received(tx: AsyncSession, fact: UploadReceived) -> None:
    """A ledger that is handed in becomes a procedure."""
    await procedures.follow_filing(tx, fact.filing(), clock.now())


@inbox.on
async def list_validated(tx: AsyncSession, fact: UploadValidated) -> None:
    """A ledger that was judged shows its verdict."""
    await procedures.follow_filing(tx, fact.filing(), clock.now())


@inbox.on
async def list_submitted(tx: AsyncSession, fact: UploadSubmitted) -> None:
    """A ledger that was tried and then submitted is under way again."""
    await procedures.follow_filing(tx, fact.filing(), clock.now())


@inbox.on
async def list_applied(tx: AsyncSession, fact: UploadApplied) -> None:
    """A ledger that was applied is finished."""
    await procedures.follow_filing(tx, fact.filing(), clock.now())


@inbox.on
async def list_cancelled(tx: AsyncSession, fact: UploadCancelled) -> None:
    """A ledger that was taken back is finished."""
    await procedures.follow_filing(tx, fact.filing(), clock.now())


@inbox.on
async def list_failed(tx: AsyncSession, fact: UploadFailed) -> None:
    """A ledger that we could not read is finished."""
    await procedures.follow_filing(tx, fact.filing(), clock.now())


@inbox.on
async def list_entry(tx: AsyncSession, fact: EntryApplied) -> None:
    """A row that was entered by hand and taken in is a finished procedure."""
    await procedures.follow_filing(tx, fact.filing(), clock.now())


@inbox.on
async def list_loss_notice(tx: AsyncSession, fact: LossNoticeSubmitted) -> None:
    """A loss that is notified becomes a procedure."""
    await procedures.follow_filing(tx, fact.filing("SUBMITTED"), clock.now())


@inbox.on
async def list_withdrawn_notice(tx: AsyncSession, fact: LossNoticeWithdrawn) -> None:
    """A notice that was taken back is finished."""
    await procedures.follow_filing(tx, fact.filing("WITHDRAWN"), clock.now())


@inbox.on
async def list_policies(tx: AsyncSession, fact: ContractsApplied) -> None:
    """Applied contracts become policies."""
    await policies.note_branches(tx, fact.histories, clock.now())
