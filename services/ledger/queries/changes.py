"""Changed contracts, written by set in two times: what was believed is closed, never replaced.

All of it works on the results of a part in the table `staged` (`bulk.stage`), whose columns are
those of `contract_histories`, and at one instant.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.clock import now

from .. import tables
from ..errors import LedgerBeingApplied

_KEY = "policy_number, branch_number, history_number"
_TOLD_ANEW = ("tenant", "known_from", "known_to", "valid_from", "valid_to")
_SAID = ", ".join(
    column.name
    for column in tables.ContractHistory.__table__.columns
    if column.name not in _TOLD_ANEW
)

# Parts of files are applied beside each other, for they share no policy; what is entered by hand
# could be of a policy that a part just opens.
_TURN = "hashtext('ledger.applying'), hashtext(current_setting('app.tenant'))"
_BESIDE_OTHERS = text(f"SELECT pg_advisory_xact_lock_shared({_TURN})")
_LONGEST_WAIT = text("SELECT set_config('lock_timeout', '5s', true)")
_ALONE = text(f"SELECT pg_advisory_xact_lock({_TURN})")
_NO_LIMIT = text("SELECT set_config('lock_timeout', '0', true)")
_LOCK_NOT_AVAILABLE = "55P03"
RETRY_AFTER_SECONDS = 5

# In order of number: two who change the same policies wait for each other, never in a ring.
_LOCK = text("""
SELECT max(updated_at) FROM (
    SELECT updated_at FROM contracts WHERE policy_number = ANY(:policy_numbers)
    ORDER BY policy_number FOR UPDATE
) AS locked
""")

# Each history of a branch holds until the next one that is not cancelled begins; a corrected or
# cancelled one begins when it began. What does not change by that is left out.
_TIMELINE = text(f"""
CREATE TEMP TABLE timeline ON COMMIT DROP AS
WITH known AS (
    SELECT {_KEY}, known_from AS known_since, status, valid_from, valid_to
    FROM contract_histories
    WHERE known_to IS NULL
      AND (policy_number, branch_number) IN (SELECT policy_number, branch_number FROM staged)
), told AS (
    SELECT {_KEY}, known_since, coalesce(staged.status, known.status) AS status,
           coalesce(known.valid_from, staged.valid_from) AS valid_from, known.valid_to AS held_to,
           staged.status IS NOT NULL AS is_result
    FROM known FULL JOIN staged USING ({_KEY})
), timed AS (
    SELECT {_KEY}, known_since, is_result, valid_from, held_to, CASE
        WHEN status = 'CANCELLED' THEN held_to
        ELSE lead(valid_from) OVER (
            PARTITION BY policy_number, branch_number, status = 'CANCELLED'
            ORDER BY history_number
        ) END AS holds_to
    FROM told
)
SELECT {_KEY}, known_since, is_result, valid_from AS holds_from, holds_to FROM timed
WHERE is_result OR holds_to IS DISTINCT FROM held_to
""")  # noqa: S608  # our own names

# What was once notified as a significant change, and when, a correction does not make different.
_KEEP = text(f"""
UPDATE staged SET significant_items = former.significant_items, notify_by = former.notify_by,
    late_notification = former.late_notification
FROM timeline JOIN contract_histories AS former USING ({_KEY})
WHERE former.known_from = known_since AND staged.policy_number = timeline.policy_number
  AND staged.branch_number = timeline.branch_number
  AND staged.history_number = timeline.history_number
""")  # noqa: S608  # our own names

# By the whole key, so that no belief is looked for in any other way, however many there are.
_CLOSE_AND_SAY_AGAIN = text(f"""
WITH closed AS (
    UPDATE contract_histories AS history SET known_to = :at
    FROM timeline
    WHERE history.policy_number = timeline.policy_number
      AND history.branch_number = timeline.branch_number
      AND history.history_number = timeline.history_number
      AND history.known_from = timeline.known_since
    RETURNING history.*, is_result, holds_to
)
INSERT INTO contract_histories (tenant, known_from, valid_to, valid_from, {_SAID})
SELECT tenant, CAST(:at AS timestamptz), holds_to, valid_from, {_SAID}
FROM closed WHERE NOT is_result
""")  # noqa: S608  # our own names

_SAY = text(f"""
INSERT INTO contract_histories (tenant, known_from, valid_to, valid_from, {_SAID})
SELECT current_setting('app.tenant'), CAST(:at AS timestamptz), holds_to, holds_from, {_SAID}
FROM staged JOIN timeline USING ({_KEY})
""")  # noqa: S608  # our own names

# What became of a contract shows in the last state of each of its branches.
_CONTRACTS = text("""
WITH branches AS (
    SELECT DISTINCT ON (policy_number, branch_number) policy_number, status
    FROM contract_histories
    WHERE known_to IS NULL AND policy_number IN (SELECT policy_number FROM staged)
    ORDER BY policy_number, branch_number, status = 'CANCELLED', history_number DESC
), changed AS (
    SELECT policy_number, bool_and(status = 'CANCELLED') AS cancelled,
           bool_and(status <> 'ACTIVE') AS ended
    FROM branches GROUP BY policy_number
)
UPDATE contracts AS contract SET version = version + 1, updated_at = :at, status = CASE
    WHEN cancelled THEN 'CANCELLED'
    WHEN ended THEN 'TERMINATED'
    WHEN EXISTS (
        SELECT FROM fixed_ledger_lines AS line WHERE line.policy_number = contract.policy_number
    ) THEN 'IN_FORCE'
    ELSE 'APPLIED' END
FROM changed WHERE contract.policy_number = changed.policy_number
""")


async def beside_others(tx: AsyncSession) -> None:
    """Apply rows of a policyholder while other files may; not while anything is entered by hand."""
    await tx.execute(_BESIDE_OTHERS)


async def alone(tx: AsyncSession) -> None:
    """Apply something of a policyholder while nobody else does; wait for them, but not for long.

    Raises: LedgerBeingApplied.
    """
    await tx.execute(_LONGEST_WAIT)
    try:
        await tx.execute(_ALONE)
    except DBAPIError as error:
        if getattr(error.orig, "sqlstate", None) != _LOCK_NOT_AVAILABLE:
            raise
        raise LedgerBeingApplied(retry_after=RETRY_AFTER_SECONDS) from error
    await tx.execute(_NO_LIMIT)


async def lock_contracts(tx: AsyncSession, policy_numbers: Sequence[str]) -> datetime:
    """Keep others from changing these contracts, and give the instant of what is done to them.

    Whoever judges a change locks first: of two requests for one policy the second is judged by
    what the first one made of it. The instant comes after all that is known of them already.
    """
    found = await tx.execute(_LOCK, {"policy_numbers": list(policy_numbers)})
    last: datetime | None = found.scalar_one()
    return now() if last is None else max(now(), last + timedelta(microseconds=1))


async def write_changes(tx: AsyncSession, at: datetime) -> None:
    """Write the staged results of changes (内容変更・訂正・取消), known from an instant on."""
    await tx.execute(text("DROP TABLE IF EXISTS pg_temp.timeline"))
    await tx.execute(_TIMELINE)
    await tx.execute(_KEEP)
    for statement in (_CLOSE_AND_SAY_AGAIN, _SAY, _CONTRACTS):
        await tx.execute(statement, {"at": at})
