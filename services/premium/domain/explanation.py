"""The statement of a premium (保険料計算書), step by step, for a reader to work it out again."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from libs.common.money import Money, canonical

from .assessment import Assessed, Part
from .tariff import Origin, Phase

_FORMULA = Origin("Domain notes §1.1", sample=False)
_PERIOD = Origin("Domain notes §1.1, §1.2", sample=False)
_ROUNDING = Origin("Domain notes §1.1, §1.3", sample=False)
_YEN = Origin("Domain notes §9", sample=False)

# What each step is called, in Japanese and English.
_NAMES = {
    "PERIOD": ("保険料計算期間", "Days charged"),
    "EXCHANGE_RATE": ("為替換算率(TTB)", "Exchange rate (TTB)"),
    "INSURED": ("円換算額", "Amount in yen"),
    "CATEGORY": ("国カテゴリー", "Country category"),
    "DAILY_RATE": ("期間料率 a", "Daily rate a"),
    "LEAST_RATE": ("最低料率 b", "Least rate b"),
    "BASE_RATE": ("基本料率", "Base rate"),
    "COVER_ADJUSTMENT": ("てん補調整係数", "Cover adjustment"),
    "PRODUCT": ("商品係数", "Product coefficient"),
    "PART": ("保険料(部分)", "Premium of this phase"),
    "TOTAL": ("保険料合計", "Premium"),
}


@dataclass(frozen=True, slots=True)
class Step:
    """One line of the statement: a figure, how it came about, and on whose word.

    Units:  `unit` is DAYS, JPY, PERCENT, PERCENT_A_DAY, TIMES, JPY_A_UNIT or CATEGORY.
    """

    code: str
    phase: Phase | None
    name_ja: str
    name_en: str
    formula: str
    figure: str
    unit: str
    source: str
    sample: bool


def explain(assessed: Assessed) -> list[Step]:
    """Write the statement of a premium, in the order in which it is worked out."""
    steps = [step for part in assessed.parts for step in _part(part)]
    formula = " + ".join(canonical(part.premium.amount) for part in assessed.parts) or "0"
    total = canonical(assessed.premium.amount)
    return [*steps, _step("TOTAL", None, formula, total, "JPY", _FORMULA)]


def _part(part: Part) -> Iterator[Step]:
    """Write the lines of one phase."""
    yield from _amount(part)
    yield from _rate(part)
    yield from _premium(part)


def _amount(part: Part) -> Iterator[Step]:
    this, phase = part.component, part.component.phase
    asked, ttb, insured = this.amount, this.exchange.ttb, part.insured
    yield _step("EXCHANGE_RATE", phase, "", canonical(ttb), "JPY_A_UNIT", this.exchange.origin)
    formula = f"{asked} × {canonical(ttb)}"
    yield _step("INSURED", phase, formula, _yen(insured), "JPY", _YEN)


def _rate(part: Part) -> Iterator[Step]:
    this, phase, rates = part.component, part.component.phase, part.component.rates
    days = this.period
    worked = f"{days.working} = {days.counted}"
    formula = worked if days.charged == days.counted else f"{worked}, at least {days.charged}"
    yield _step("PERIOD", phase, formula, str(days.charged), "DAYS", _PERIOD)
    graded = f"{this.country_role} {this.country_code}"
    yield _step(
        "CATEGORY",
        phase,
        graded,
        this.category.letter,
        "CATEGORY",
        this.category.origin,
    )
    yield _step("DAILY_RATE", phase, "", canonical(rates.a), "PERCENT_A_DAY", rates.origin)
    yield _step("LEAST_RATE", phase, "", canonical(rates.b), "PERCENT", rates.origin)
    exact = rates.a * days.charged + rates.b
    formula = f"{canonical(rates.a)} × {days.charged} + {canonical(rates.b)} = {canonical(exact)}"
    yield _step("BASE_RATE", phase, formula, _decimals(part.base_rate), "PERCENT", _ROUNDING)


def _premium(part: Part) -> Iterator[Step]:
    this, phase = part.component, part.component.phase
    cover, product = canonical(this.cover.value), canonical(this.product.value)
    yield _step("COVER_ADJUSTMENT", phase, this.cover.working, cover, "TIMES", this.cover.origin)
    yield _step("PRODUCT", phase, this.product.working, product, "TIMES", this.product.origin)
    formula = f"{_yen(part.insured)} × {_decimals(part.base_rate)} % × {cover} × {product}"
    yield _step("PART", phase, formula, _yen(part.premium), "JPY", _FORMULA)


def _step(
    code: str, phase: Phase | None, formula: str, figure: str, unit: str, origin: Origin
) -> Step:
    name_ja, name_en = _NAMES[code]
    source, sample = origin.source, origin.sample
    return Step(code, phase, name_ja, name_en, formula, figure, unit, source, sample)


def _yen(amount: Money) -> str:
    return canonical(amount.amount)


def _decimals(rate: Decimal) -> str:
    return format(rate, "f")
