"""Files of changes as they may come, and what may be known when they do."""

from collections.abc import Mapping
from functools import cache

import polars as pl
from hypothesis import strategies as st

from services.ledger.domain.layout import CHANGES_EXTENDED, Kind, Layout

from .changing import (
    FINAL,
    PUMPS,
    VALVES,
    after,
    cancellation,
    change,
    changed,
    contract,
    correction,
    extended,
    increase,
    restated,
    split,
    whole,
    with_facts,
)
from .given import SIAM_VALVE, THAILAND, YEN, Application, in_two_settlements, register

_GARBAGE = ["-", "0", "x", "9", "999999999", "１"]
_OF_A_FIELD: Mapping[str, list[str]] = {
    "processing_type": ["2", "3", "4", "5"],
    "serial_number": ["000501", "000502", "000777"],
    "branch_number": ["00", "01", "02", "03"],
    "original_branch_number": ["00", "01", "05"],
    "history_number": ["00", "01", "02"],
    "applicant_code": ["045012300", "045012301"],
    "insured_code": ["045012301"],
    "usance_period": ["1", "24", "60", "120"],
    "goods_hs_code": [VALVES, PUMPS, "847989"],
    "change_reason": ["01", "02", "03", "04", "06", "12", "15", "99"],
    "settlement_method": ["10", "40", "41", "49", "60", "70", "73", "80"],
    "contract_number": ["TKT-26-E01", "TKT-26-E02"],
}
_OF_A_KIND: Mapping[Kind, list[str]] = {
    Kind.BUYER: ["3344550", "123456-0", "7788990"],
    Kind.DATE: ["260910", "260901", "260911", "260720", "261030", "270131", "270226", "270701"],
    Kind.AMOUNT: ["250000", "150000", "100000", "0", "262500", "50000", "1000.5"],
    Kind.RATE: ["79.9999", "100"],
    Kind.BLOCK_FLAG: ["1", "2", "3"],
    Kind.TEXT: ["R-1"],
}


def _texts(layout: Layout, name: str) -> st.SearchStrategy[str | None]:
    """Texts an item of a change may hold: likely ones, the marker, and nonsense."""
    column = layout[name]
    likely = _OF_A_FIELD.get(column.field) or _OF_A_KIND.get(column.kind)
    if likely is None and column.code_table:
        likely = register().tables[column.code_table].codes()[:6]
    return st.none() | st.sampled_from(likely or ["1"]) | st.sampled_from(_GARBAGE)


@cache
def worlds() -> dict[str, pl.DataFrame]:
    """What may be known when a file comes."""
    simple = contract()
    parts = after(simple, *split())
    return {
        "final": simple,
        "not final": contract(finalised=False),
        "awaiting": contract(finalised=True, awaiting_invoice=True),
        "marked": contract(marked=True),
        "changed": after(simple, change()),
        "changed and final": with_facts(after(simple, change()), **FINAL),
        "split": parts,
        "split and final": with_facts(parts, **FINAL),
        "split again": after(
            parts,
            changed("12", branch_number="01", **restated("60000")),
            {**split(original_branch_number="01", **restated("40000"))[1], "branch_number": "02"},
            upload="upload_3",
        ),
        "increased": after(simple, increase()),
        "cancelled change": after(after(simple, change()), cancellation(history_number="01")),
        "over": after(simple, changed("02", **restated("0"))),
        "two branches": contract(whole(branch_number="00"), whole(branch_number="01")),
        "two settlements": contract(in_two_settlements()),
        "two contracts": contract(whole(), whole(serial_number="000502")),
    }


_REQUESTS: list[list[Application]] = [
    [change()],
    [correction()],
    [correction("3")],
    [cancellation()],
    [cancellation(history_number="01")],
    [cancellation(history_number="01"), cancellation(branch_number="01")],
    [increase()],
    [increase("12500", exchange_rate="80")],
    list(split()),
    [changed("02", **restated("200000"))],
    [changed("02", **restated("0"))],
    [changed("03", **restated("36000000", currency_code=YEN))],
    [changed("99", **restated("262500"))],
    [changed("15", settlement_flag_1="2", usance_period_1="120")],
    [changed("10", payer_code=SIAM_VALVE, payment_country=THAILAND)],
    [changed("06", shipment_flag="2", last_shipment_date="270131")],
    [change(contract_change_date="260720")],
    [correction("4", contract_change_date="260801", change_reason="99")],
]


@st.composite
def files(draw: st.DrawFn, layout: Layout) -> list[Application]:
    """One to three requests that are good in some world, often with a few items changed."""
    requests: list[Application] = []
    for _ in range(draw(st.integers(1, 3))):
        requests += [{**one} for one in draw(st.sampled_from(_REQUESTS))]
    if layout is CHANGES_EXTENDED:
        requests = [extended(one) for one in requests]
    columns = st.sampled_from(layout.columns)
    for one in requests:
        for column in draw(st.just([]) | st.just([]) | st.lists(columns, max_size=3)):
            one[column.name] = draw(_texts(layout, column.name))
        one.update(draw(_branches))
    return requests


_branches = st.sampled_from([*[{}] * 6, {"branch_number": "01"}, {"branch_number": "02"}])

worlds_known = st.sampled_from(
    [
        "final",
        "not final",
        "awaiting",
        "marked",
        "changed",
        "changed and final",
        "split",
        "split and final",
        "split again",
        "increased",
        "cancelled change",
        "over",
        "two branches",
        "two settlements",
        "two contracts",
    ]
)
