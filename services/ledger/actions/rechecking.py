"""The weekly re-check (再審査): what is not final yet is judged by the registers as they stand."""

import asyncio
from datetime import date

import polars as pl
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.clock import now

from ..domain.case import Case
from ..domain.layout import CHANGES_EXTENDED
from ..domain.recheck import recheck
from ..domain.recheck_reasons import with_reasons
from ..queries import cycle
from ..queries.bulk import stage
from ..queries.register import register_of, severities
from ..queries.states import states_of

_POLICIES_AT_ONCE = 20_000

# What staff have marked stays theirs, and what was marked before keeps its day.
_MARK = text("""
INSERT INTO marks (tenant, policy_number, branch_number, history_number, revision,
                   kind, rule, reason_ja, reason_en, marked_at, marked_by)
SELECT current_setting('app.tenant'), policy_number, branch_number, history_number, revision,
       'RECHECK', rule, reason_ja, reason_en, :at, 'recheck'
FROM staged ON CONFLICT DO NOTHING RETURNING policy_number
""")

# A mark of a revision that was corrected stays: ledgers of that time go on showing it.
_UNMARK = text("""
DELETE FROM marks AS mark USING contract_histories AS history
WHERE mark.kind = 'RECHECK' AND mark.policy_number = ANY(:policy_numbers)
  AND history.tenant = mark.tenant AND history.policy_number = mark.policy_number
  AND history.branch_number = mark.branch_number
  AND history.history_number = mark.history_number
  AND history.revision = mark.revision AND history.known_to IS NULL
  AND NOT EXISTS (
      SELECT FROM staged
      WHERE staged.policy_number = mark.policy_number
        AND staged.branch_number = mark.branch_number
        AND staged.history_number = mark.history_number AND staged.revision = mark.revision
  )
RETURNING mark.policy_number
""")


async def recheck_pending(tx: AsyncSession, agreement_code: str, on: date) -> bool:
    """Mark what the registers no longer allow, unmark what they allow again; say if any was.

    Source: ledger notes §2.4; architecture notes §7.16.
    """
    pending = await cycle.pending_states(tx, agreement_code)
    policies = pending["policy_number"].unique(maintain_order=True)
    changed = 0
    for some in policies.to_frame().iter_slices(_POLICIES_AT_ONCE):
        states = await states_of(tx, some["policy_number"])
        changed += await _recheck(tx, states.join(pending, on=cycle.STATE, how="semi"), on)
    return changed > 0


async def _recheck(tx: AsyncSession, states: pl.DataFrame, on: date) -> int:
    case = Case(
        layout=CHANGES_EXTENDED,
        register=await register_of(tx, states, on),
        policyholder_code=tx.info["tenant"],
        received_on=on,
        severities=await severities(tx, on),
    )
    broken = await asyncio.to_thread(recheck, states, case)
    await stage(tx, "marks", with_reasons(broken))
    numbers = states["policy_number"].unique().to_list()
    marked = (await tx.execute(_MARK, {"at": now()})).all()
    unmarked = (await tx.execute(_UNMARK, {"policy_numbers": numbers})).all()
    return len(marked) + len(unmarked)
