"""The steps of the round: check ledgers, the month's end, and what may still be corrected."""

import csv
from datetime import datetime
from functools import partial
from io import StringIO

from .client import Json, fresh_key, granted
from .erp import Erp
from .ledgers import handed_in_late
from .material import LATE_CORRECTION, NANIWA, RIGHT_CORRECTION, TOTO, expected
from .story import Scene

MONTH_END = datetime.fromisoformat("2026-08-31T10:15:00+09:00")
"""The last business day of August: offices make final what was checked."""


def receive_the_check_ledger(scene: Scene) -> None:
    """That day is a Wednesday: head office has published its check ledger, Osaka not yet."""
    toto, naniwa = scene.erps[TOTO], scene.erps[NANIWA]
    scene.check_in_time("東都's check ledger", expected=1, ask=partial(_how_many, toto))
    scene.check("浪速's has days of its own", expected=0, got=_how_many(naniwa))

    [ledger] = toto.items("/check-ledgers")
    lines = toto.items(f"/check-ledgers/{ledger['id']}/lines")

    covered = (ledger["to_on"], ledger["line_count"], ledger["marked_count"])
    scene.check("all that came until Tuesday", expected=("2026-08-25", 4, 0), got=covered)
    numbers = sorted(expected()["contracts"][TOTO])
    scene.check("line by line", expected=numbers, got=[it["policy_number"] for it in lines])
    scene.story.facts["check_ledger"] = ledger | {"lines": lines}


def confirm_the_check_ledger(scene: Scene) -> None:
    """東都機械貿易 takes it as a CP932 file for its own system, and confirms it."""
    erp, ledger = scene.erps[TOTO], scene.story.facts["check_ledger"]
    path = f"/check-ledgers/{ledger['id']}"
    file = erp.file(f"{path}/export", format="csv", charset="cp932")
    rows = list(csv.DictReader(StringIO(file.decode("cp932"))))
    scene.check("every line is OK", expected=["OK"] * 4, got=[row["mark"] for row in rows])

    seen = {"If-Match": f'"{ledger["version"]}"', "Idempotency-Key": fresh_key()}
    confirmed = granted(erp.http.post(f"{path}/confirm", headers=seen))

    scene.check("it is confirmed", expected="CONFIRMED", got=confirmed["status"])
    scene.story.facts["check_ledger"] |= confirmed


def close_the_month(scene: Scene) -> None:
    """At the end of August the checked contracts become final: the fixed ledger (確定用台帳)."""
    scene.staff.set_clock(MONTH_END)

    erp = scene.erps[TOTO]
    [fixed] = erp.items("/fixed-ledgers")
    statuses = [it["status"] for it in erp.items("/ledger-contracts")]

    scene.check("every checked contract is in it", expected=4, got=fixed["line_count"])
    scene.check("and in force", expected=["IN_FORCE"] * 4, got=statuses)
    osaka = (_how_many(scene.erps[NANIWA]), len(scene.erps[NANIWA].items("/fixed-ledgers")))
    scene.check("Osaka only now asks to check", expected=(1, 0), got=osaka)


def issue_the_invoice(scene: Scene) -> None:
    """The invoice (保険料請求書) follows, with a statement that adds up to the yen."""
    erp = scene.erps[TOTO]
    wanted = {"status": "ISSUED", "total": expected()["invoice"], "due_on": "2026-09-19"}
    scene.check_in_time("the invoice", expected=wanted, ask=partial(_invoice, erp))

    [invoice] = erp.items("/invoices")
    lines = erp.items(f"/invoices/{invoice['id']}/lines")
    statement = erp.file(f"/invoices/{invoice['id']}/export", format="csv")

    amounts = [int(it["amount"]["amount"]) for it in lines]
    scene.check("its lines add up", expected=int(wanted["total"]), got=sum(amounts))
    rows = list(csv.DictReader(StringIO(statement.decode())))
    stated = sum(int(row["amount"]) for row in rows if row["amount"])
    scene.check("so does the statement", expected=int(wanted["total"]), got=stated)
    number = invoice["invoice_number"]
    ask = partial(_number_on_the_fixed_ledger, erp)
    scene.check_in_time("the fixed ledger names it", expected=number, ask=ask)
    scene.story.facts["invoice"] = invoice | {"lines": lines}


def refuse_a_late_correction(scene: Scene) -> None:
    """From then on a correction before invoice (修正) is refused, and says what is right."""
    upload, findings = handed_in_late(scene, "late correction", LATE_CORRECTION)
    errors = [(it["rule"], it["row"], it["item_nos"]) for it in findings]
    scene.check("it comes too late", expected=[("L105", 1, [1])], got=errors)
    scene.check("nothing is applied", expected=0, got=upload["accepted_count"])

    right, _ = handed_in_late(scene, "correction of what was invoiced", RIGHT_CORRECTION)

    scene.check("訂正内変 is the way", expected=("READY", 1), got=_verdict(right))


def _how_many(erp: Erp) -> int:
    return len(erp.items("/check-ledgers"))


def _invoice(erp: Erp) -> Json:
    found = erp.items("/invoices")
    total = found[0]["total"] if found else None
    shown = {name: found[0][name] if found else None for name in ("status", "due_on")}
    return shown | {"total": total and total["amount"]}


def _number_on_the_fixed_ledger(erp: Erp) -> str | None:
    [fixed] = erp.items("/fixed-ledgers")
    number: str | None = fixed["invoice_number"]
    return number


def _verdict(upload: Json) -> tuple[str, int]:
    return upload["status"], upload["accepted_count"]
