"""Code tables (コード表): what a table must carry before anybody relies on it."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from .period import PeriodRule
from .rating import ATTRIBUTES

# Attributes other rules read, by table. Source: ledger notes §12; domain notes §1.2, §2.3, §2.4.
_NEEDED = {
    "countries": ("iso",),
    "currencies": ("iso", "minor_units", "rate_registered"),
    "ratings": tuple(ATTRIBUTES),
    "settlement_methods": ("ls_rule", "ms_rule", "input_method"),
}
# Attributes that rules can read in these words only.
_WORDS: Mapping[str, Mapping[str, Collection[str]]] = {
    "ratings": ATTRIBUTES,
    "settlement_methods": {"ls_rule": frozenset(PeriodRule)},
}


@dataclass(frozen=True, slots=True)
class Code:
    """One code with its names and the attributes rules read."""

    code: str
    name_ja: str
    name_en: str
    attributes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with one code of a table, by its place in the list."""

    position: int
    kind: str
    attribute: str | None = None


def faults(name: str, codes: Sequence[Code]) -> Iterator[Fault]:
    """Find repeated codes, missing attributes, and attributes in words that no rule can read."""
    times = Counter(code.code for code in codes)
    for position, code in enumerate(codes):
        if times[code.code] > 1:
            yield Fault(position, "duplicate-key")
        for attribute in _NEEDED.get(name, ()):
            if attribute not in code.attributes:
                yield Fault(position, "required", attribute)
        for attribute, words in _WORDS.get(name, {}).items():
            word = code.attributes.get(attribute)
            if word is not None and word not in words:
                yield Fault(position, "bad-format", attribute)
