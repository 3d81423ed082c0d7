"""The register of a directory of cases, as staff enter it on an empty platform."""

import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from deploy.local.demo.client import Json
from services.premium import data as rulebook

# No case says what an agreement covers; it changes no finding and no contract.
_COVER = {
    "pre_shipment_political": "0.80",
    "pre_shipment_credit": "0.80",
    "post_shipment_political": "0.975",
    "post_shipment_credit": "0.90",
    "sample": True,
}


@dataclass(frozen=True)
class Register:
    """What `master_data.json` says, in the words of the staff's interface.

    Shape: ledger notes §17.
    """

    path: Path

    @cached_property
    def _told(self) -> Json:
        told: Json = json.loads(self.path.read_text(encoding="utf-8"))
        return told

    @property
    def holders(self) -> dict[str, str]:
        """The short name of each holder of an agreement, by its code."""
        return {
            it["holder_shipper_code"]: it["holder_short_name_ja"]
            for it in self._told["special_contracts"]
        }

    @property
    def policyholders(self) -> list[str]:
        """The codes of all policyholders."""
        return list(self._told["shippers"])

    def records(self) -> dict[str, dict[str, Json]]:
        """Give the records of each register, by their codes."""
        return {
            "code-tables": self._code_tables(),
            "policyholders": {
                code: {"name_ja": name, "name_en": name}
                for code, name in self._told["shippers"].items()
            },
            "special-agreements": {
                it["special_contract_code"]: _agreement(it)
                for it in self._told["special_contracts"]
            },
            "buyers": {code: self._buyer(it) for code, it in self._told["buyers"].items()},
        }

    def _buyer(self, told: Json) -> Json:
        return {
            "name": told["name"],
            "country": self._told["countries"][told["country"]],
            "country_code": told["country"],
            "kind": told["kind"].upper(),
            "rating": told.get("grade"),
            "sample": True,
        }

    def _code_tables(self) -> dict[str, Json]:
        """The shipped tables; of currencies, countries and goods the codes of the register."""
        attributes: dict[str, dict[str, Json]] = {
            "currencies": {code: _currency(it) for code, it in self._told["currencies"].items()},
            "countries": {code: {"iso": iso} for code, iso in self._told["countries"].items()},
            "hs_codes": {code: {} for code in self._told["hs_codes"]},
        }
        published = rulebook.code_table_publications()
        for name, codes in attributes.items():
            shipped = {it["code"]: it for it in published[name]["codes"]}
            like = next(iter(shipped.values()))
            published[name]["codes"] = [
                _code(code, shipped.get(code, like), own) for code, own in codes.items()
            ]
        return published


def _agreement(told: Json) -> Json:
    return {
        "policyholder_code": told["holder_shipper_code"],
        "branch_office_code": told["branch_office_code"],
        "holder_name_ja": told["holder_name_ja"],
        "holder_short_name_ja": told["holder_short_name_ja"],
        "valid_from": told["valid_from"],
        "valid_to": told["valid_to"],
        "minimum_increase_amount": {
            "amount": told["minimum_increase_amount_jpy"],
            "currency": "JPY",
        },
        "file_name_waiver": told["file_name_waiver"],
        "significant_delay_count": told["significant_delay_count"],
        "cover": _COVER,
    }


def _currency(told: Json) -> Json:
    return {
        "iso": told["iso"],
        "minor_units": str(told["minor_units"]),
        "rate_registered": "Y" if told["rate_registered"] else "N",
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
