"""What a submission is judged against: the registers of the trade, as small frames."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property

import polars as pl

from .states import NO_STATES


@dataclass(frozen=True)
class CodeTable:
    """A code table (コード表) in force: each code of the file with its attributes.

    Shape: attributes are the columns of the published table, `Y`/`N` where they say yes or no.
    """

    rows: Mapping[str, Mapping[str, str]]

    def codes(self, **attributes: str) -> list[str]:
        """List the codes that have all these attributes (all codes if none is asked)."""
        wanted = attributes.items()
        return [code for code, row in self.rows.items() if wanted <= row.items()]


@dataclass(frozen=True)
class Register:
    """The registers as they stand for one part of a submission (登録情報).

    The caller may bring only what the part can ask for; what is missing counts as unregistered.

    Shape:
        agreements     agreement_code, branch_office_code, policyholder_code, valid_from, valid_to
        policyholders  every shipper code that is registered
        buyers         buyer_code, country (the three digits of the file), rating (格付) or null;
                       one row per buyer
        policy_numbers the numbers already used, 19 digits
        delays         significant delays counted so far, by agreement code
        tables         branch_offices, contract_forms, currencies, hs_codes, delivery_terms,
                       countries, settlement_methods, payment_guarantees, usance_units;
                       for changes also change_reasons; ratings, where they are published
        states         as `states.SCHEMA`, of the policies of the part; changes need them
        minimum_increase  by agreement code, the least increase to be notified (yen)
    """

    agreements: pl.DataFrame
    policyholders: pl.Series
    buyers: pl.DataFrame
    policy_numbers: pl.Series
    delays: Mapping[str, int]
    tables: Mapping[str, CodeTable]
    states: pl.DataFrame = field(default_factory=lambda: NO_STATES)
    minimum_increase: Mapping[str, Decimal] = field(default_factory=dict)

    @cached_property
    def accident_buyers(self) -> pl.Series:
        """List the buyers in an accident class (事故格付); none while no ratings are published."""
        ratings = self.tables.get("ratings", CodeTable({})).codes(accident="Y")
        return self.buyers.filter(pl.col("rating").is_in(ratings))["buyer_code"]

    @cached_property
    def spellings(self) -> pl.DataFrame:
        """Every way to write a buyer code: seven digits, or a hyphen before the last (A35)."""
        code = pl.col("buyer_code")
        hyphened = code.str.slice(0, 6) + "-" + code.str.slice(6)
        plain = self.buyers.select(spelling=code, buyer_code=code, country="country")
        return pl.concat([plain, plain.with_columns(spelling=hyphened)])
