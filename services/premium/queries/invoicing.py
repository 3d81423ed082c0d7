"""What makes invoices: lines that are noted, premiums they wait for, and what they ask for.

Source: ledger notes §2.6 (the invoice comes with the fixed ledger), §9 (corrections follow an
invoice). That they ask for the difference to what the branch was asked for: assumed.
"""

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import Row, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.dates import fiscal_year
from libs.common.money import Money

from .. import tables
from ..domain.invoice import Asked, ListedLine, ReturnedPremium, StatedHistory, Terms
from .editions import origin_of

_LINES = TypeAdapter(list[ListedLine])
_HISTORIES = TypeAdapter(list[StatedHistory])

# A premium that is being made does not see a ledger that is being noted, nor the other way round:
# whoever comes second waits for the first. Premiums do not wait for each other.
_TURN = "hashtextextended('premium.invoices:' || CAST(:tenant AS text), 0)"
_AMONG_PREMIUMS = text(f"SELECT pg_advisory_xact_lock_shared({_TURN})")
_ALONE = text(f"SELECT pg_advisory_xact_lock({_TURN})")

# A plan that was made while the tables were small and then kept would look at every line once
# for each line: each ledger is planned for by itself.
_PLAN_ANEW = text("SET LOCAL plan_cache_mode = force_custom_plan")

_NOTE = text("""
INSERT INTO invoice_lines (tenant, fixed_ledger_id, line, policy_number, branch_number,
                           history_number, revision, late_surcharge, superseded)
SELECT :tenant, :fixed_ledger_id, listed.*, false
FROM json_to_recordset(CAST(:lines AS json)) AS listed
    (line integer, policy_number text, branch_number text, history_number text, revision smallint,
     late_surcharge boolean)
ON CONFLICT (tenant, fixed_ledger_id, line) DO NOTHING
""")

# The first line of a branch asks for the difference to what earlier invoices have asked for, each
# following one for the difference to the line before it: together, for the last premium. A state
# that a later one went before has been paid with it.
_ASK = text("""
WITH stated AS (
    SELECT line.line, line.policy_number, line.branch_number, line.history_number, line.revision,
           made.premium, made.sample, coalesce(earlier.invoiced, 0) AS invoiced,
           coalesce(earlier.last > ARRAY[line.history_number::integer, line.revision],
                    false) AS superseded
    FROM invoice_lines AS line
    JOIN assessments AS made USING (tenant, policy_number, branch_number, history_number, revision)
    CROSS JOIN LATERAL (
        SELECT sum(was.amount) AS invoiced,
               max(ARRAY[was.history_number::integer, was.revision]) AS last
        FROM invoice_lines AS was
        WHERE was.tenant = line.tenant AND was.policy_number = line.policy_number
          AND was.branch_number = line.branch_number AND was.amount IS NOT NULL
    ) AS earlier
    WHERE line.tenant = :tenant AND line.fixed_ledger_id = :fixed_ledger_id
), following AS (
    SELECT *,
           CASE WHEN superseded THEN invoiced ELSE coalesce(lag(premium) OVER branch, invoiced)
           END AS already_invoiced
    FROM stated
    WINDOW branch AS (PARTITION BY policy_number, branch_number, superseded
                      ORDER BY history_number, revision)
), asked AS (
    -- Every line is there already. An update would have to be joined, and a planner that knows
    -- nothing of new rows yet may join it the wrong way round: as many times as there are lines.
    INSERT INTO invoice_lines (tenant, fixed_ledger_id, line, policy_number, branch_number,
                               history_number, revision, superseded, premium, already_invoiced,
                               amount)
    SELECT :tenant, :fixed_ledger_id, line, policy_number, branch_number,
           history_number, revision, superseded, premium, already_invoiced,
           CASE WHEN superseded THEN 0 ELSE premium - already_invoiced END
    FROM following
    ON CONFLICT (tenant, fixed_ledger_id, line) DO UPDATE
    SET superseded = EXCLUDED.superseded, premium = EXCLUDED.premium,
        already_invoiced = EXCLUDED.already_invoiced, amount = EXCLUDED.amount
    RETURNING amount
)
SELECT coalesce(sum(amount), 0) AS total, coalesce(bool_or(amount < 0), false) AS gives_back,
       (SELECT coalesce(bool_or(sample), false) FROM following) AS sample
FROM asked
""")

_ADDS_UP = text("""
SELECT :total = (
    SELECT coalesce(sum(amount), 0) FROM invoice_lines
    WHERE tenant = :tenant AND fixed_ledger_id = :fixed_ledger_id
) AND NOT EXISTS (
    SELECT FROM (
        SELECT DISTINCT policy_number, branch_number FROM invoice_lines
        WHERE tenant = :tenant AND fixed_ledger_id = :fixed_ledger_id
    ) AS branch
    CROSS JOIN LATERAL (
        SELECT sum(amount) AS asked,
               (array_agg(premium ORDER BY history_number DESC, revision DESC))[1] AS owed
        FROM invoice_lines AS line
        WHERE line.tenant = :tenant AND line.policy_number = branch.policy_number
          AND line.branch_number = branch.branch_number AND line.amount IS NOT NULL
    ) AS whole
    WHERE whole.asked <> whole.owed
)
""")

_COMPLETE = text("""
SELECT id FROM invoices AS invoice
WHERE tenant = :tenant AND status = 'PENDING' AND fixed_ledger_id = ANY(:fixed_ledger_ids)
  AND line_count = (
      SELECT count(*) FROM invoice_lines AS line
      WHERE line.tenant = :tenant AND line.fixed_ledger_id = invoice.fixed_ledger_id
  ) AND NOT EXISTS (
      SELECT FROM invoice_lines AS line
      LEFT JOIN assessments AS made
          USING (tenant, policy_number, branch_number, history_number, revision)
      WHERE line.tenant = :tenant AND line.fixed_ledger_id = invoice.fixed_ledger_id
        AND made.premium IS NULL
  )
""")

_WAITING_FOR = text("""
SELECT DISTINCT line.fixed_ledger_id
FROM json_to_recordset(CAST(:made AS json)) AS made
    (policy_number text, branch_number text, history_number text, revision smallint)
JOIN invoice_lines AS line USING (policy_number, branch_number, history_number, revision)
WHERE line.tenant = :tenant AND line.fixed_ledger_id = ANY(:fixed_ledger_ids)
""")

_NEXT_NUMBER = text("""
INSERT INTO invoice_counters AS counter (tenant, fiscal_year, last)
VALUES (:tenant, :fiscal_year, 1)
ON CONFLICT (tenant, fiscal_year) DO UPDATE SET last = counter.last + 1
RETURNING last
""")


async def alone(tx: AsyncSession) -> None:
    """Let no premium of this policyholder be made until this transaction ends."""
    await tx.execute(_ALONE, _owner(tx))
    await tx.execute(_PLAN_ANEW)


async def waiting_for(tx: AsyncSession, made: Sequence[Row[Any]]) -> Sequence[str]:
    """Find the fixed ledgers whose invoices waited for some of these premiums."""
    await tx.execute(_AMONG_PREMIUMS, _owner(tx))
    invoice = tables.Invoice
    pending = await tx.scalars(select(invoice.fixed_ledger_id).where(invoice.status == "PENDING"))
    ledgers = pending.all()
    if not ledgers:
        return ()
    await tx.execute(_PLAN_ANEW)
    stated = [
        StatedHistory(it.policy_number, it.branch_number, it.history_number, it.revision)
        for it in made
        if it.premium is not None
    ]
    asked = {"made": _HISTORIES.dump_json(stated).decode(), "fixed_ledger_ids": ledgers}
    return (await tx.scalars(_WAITING_FOR, _owner(tx) | asked)).all()


async def note_lines(tx: AsyncSession, fixed_ledger_id: str, lines: Sequence[ListedLine]) -> None:
    """Note lines of a fixed ledger; what is noted stays as it is."""
    listed = {"fixed_ledger_id": fixed_ledger_id, "lines": _LINES.dump_json(list(lines)).decode()}
    await tx.execute(_NOTE, _owner(tx) | listed)


async def complete(tx: AsyncSession, fixed_ledger_ids: Collection[str]) -> Sequence[tables.Invoice]:
    """Find, of these ledgers' invoices, those that wait for nothing more, earliest first."""
    invoice = tables.Invoice
    # Locked all together and in one order: premiums made side by side see each other's, and
    # the invoices of one branch follow each other.
    pending = await tx.scalars(
        select(invoice)
        .where(invoice.status == "PENDING")
        .order_by(invoice.published_on, invoice.id)
        .with_for_update()
    )
    waited = pending.all()
    asked = _owner(tx) | {"fixed_ledger_ids": list(fixed_ledger_ids)}
    done = set(await tx.scalars(_COMPLETE, asked))
    return [invoice for invoice in waited if invoice.id in done]


async def ask(tx: AsyncSession, fixed_ledger_id: str) -> Asked:
    """Let every line of a ledger ask for its amount, and tell what they come to."""
    row = (await tx.execute(_ASK, _owner(tx) | {"fixed_ledger_id": fixed_ledger_id})).one()
    return Asked(Money(row.total, "JPY"), row.sample, row.gives_back)


async def adds_up(tx: AsyncSession, fixed_ledger_id: str, total: Money) -> bool:
    """Tell whether lines come to their total, and each branch's lines to its last premium."""
    asked = {"fixed_ledger_id": fixed_ledger_id, "total": total.amount}
    return bool(await tx.scalar(_ADDS_UP, _owner(tx) | asked))


async def next_number(tx: AsyncSession, issued_on: date) -> int:
    """Take the next number of a fiscal year; whoever else wants one waits for our commit."""
    taken = _owner(tx) | {"fiscal_year": fiscal_year(issued_on)}
    return int((await tx.execute(_NEXT_NUMBER, taken)).scalar_one())


async def terms(tx: AsyncSession, issued_on: date) -> Terms:
    """Read the terms of payment that hold on a day."""
    term = tables.InvoiceTerm
    begun = select(term).where(term.valid_from <= issued_on).order_by(term.valid_from)
    last = {row.name: row for row in await tx.scalars(begun)}
    day, returned = last["payment_day"], last["returned_premium"]
    return Terms(
        payment_day=int(day.value),
        issue_day_counts=last["issue_day_counts"].value == "Y",
        returned_premium=ReturnedPremium(returned.value),
        payment_origin=origin_of(day),
        return_origin=origin_of(returned),
    )


def _owner(tx: AsyncSession) -> dict[str, Any]:
    return {"tenant": tx.info["tenant"]}
