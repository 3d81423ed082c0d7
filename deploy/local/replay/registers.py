"""The register of a directory of cases, as staff enter it on an empty platform."""

from pathlib import Path

from pydantic import BaseModel

from deploy.local.demo.client import Json
from services.premium import data as rulebook

from .told import Unreadable, Word, read

# No case says what an agreement covers; it changes no finding and no contract.
_COVER = {
    "pre_shipment_political": "0.80",
    "pre_shipment_credit": "0.80",
    "post_shipment_political": "0.975",
    "post_shipment_credit": "0.90",
    "sample": True,
}


class Agreement(BaseModel):
    """A special agreement (特約), as the register tells it."""

    special_contract_code: str
    branch_office_code: str
    holder_shipper_code: str
    holder_name_ja: str
    holder_short_name_ja: str
    valid_from: str
    valid_to: str
    minimum_increase_amount_jpy: Word
    file_name_waiver: bool = False
    significant_delay_count: int = 0


class Buyer(BaseModel):
    """A foreign company or bank (海外商社), as the register tells it."""

    name: str
    country: str
    kind: str = "buyer"
    grade: str | None = None


class Currency(BaseModel):
    """A currency, as the register tells it."""

    iso: str
    minor_units: int
    rate_registered: bool


class MasterData(BaseModel):
    """A register, as it is told. Shape: ledger notes §17."""

    special_contracts: list[Agreement]
    shippers: dict[str, str]
    buyers: dict[str, Buyer]
    currencies: dict[str, Currency]
    countries: dict[str, str]
    hs_codes: list[str]


class Register:
    """What `master_data.json` says, in the words of the staff's interface."""

    def __init__(self, path: Path) -> None:
        """Read it.

        Raises: Unreadable.
        """
        self.path = path
        self._told = read(MasterData, path)

    @property
    def holders(self) -> dict[str, str]:
        """The short name of each holder of an agreement, by its code."""
        return {
            it.holder_shipper_code: it.holder_short_name_ja for it in self._told.special_contracts
        }

    @property
    def policyholders(self) -> list[str]:
        """The codes of all policyholders."""
        return list(self._told.shippers)

    def records(self) -> dict[str, dict[str, Json]]:
        """Give the records of each register, by their codes."""
        told = self._told
        return {
            "code-tables": self._code_tables(),
            "policyholders": {
                code: {"name_ja": name, "name_en": name} for code, name in told.shippers.items()
            },
            "special-agreements": {
                it.special_contract_code: _agreement(it) for it in told.special_contracts
            },
            "buyers": {code: self._buyer(it) for code, it in told.buyers.items()},
        }

    def _buyer(self, told: Buyer) -> Json:
        if told.country not in self._told.countries:
            raise Unreadable(f"{self.path.name}: no country {told.country} for {told.name}")
        return {
            "name": told.name,
            "country": self._told.countries[told.country],
            "country_code": told.country,
            "kind": told.kind.upper(),
            "rating": told.grade,
            "sample": True,
        }

    def _code_tables(self) -> dict[str, Json]:
        """The shipped tables; of currencies, countries and goods the codes of the register."""
        attributes: dict[str, dict[str, Json]] = {
            "currencies": {code: _currency(it) for code, it in self._told.currencies.items()},
            "countries": {code: {"iso": iso} for code, iso in self._told.countries.items()},
            "hs_codes": {code: {} for code in self._told.hs_codes},
        }
        published = rulebook.code_table_publications()
        for name, codes in attributes.items():
            shipped = {it["code"]: it for it in published[name]["codes"]}
            like = next(iter(shipped.values()))
            published[name]["codes"] = [
                _code(code, shipped.get(code, like), own) for code, own in codes.items()
            ]
        return published


def _agreement(told: Agreement) -> Json:
    written = {"special_contract_code", "holder_shipper_code", "minimum_increase_amount_jpy"}
    return told.model_dump(exclude=written) | {
        "policyholder_code": told.holder_shipper_code,
        "minimum_increase_amount": {"amount": told.minimum_increase_amount_jpy, "currency": "JPY"},
        "cover": _COVER,
    }


def _currency(told: Currency) -> Json:
    return {
        "iso": told.iso,
        "minor_units": str(told.minor_units),
        "rate_registered": "Y" if told.rate_registered else "N",
    }


def _code(code: str, shipped: Json, attributes: Json) -> Json:
    """A code with what the register says of it; its names are those that ship, if it has any."""
    names = shipped if shipped["code"] == code else {"name_ja": code, "name_en": code}
    return {
        "code": code,
        "name_ja": names["name_ja"],
        "name_en": names["name_en"],
        "attributes": shipped["attributes"] | attributes,
    }
