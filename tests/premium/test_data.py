"""The shipped rows: complete, sourced, and what the domain notes print."""

from decimal import Decimal

from services.premium import data


def test_every_rulebook_row_says_where_it_comes_from() -> None:
    """Given any shipped number, then it has a source and says whether it is a sample."""
    rows = [
        row
        for name in ("editions", "base_rates", "country_categories", "component_countries")
        for row in data.read(f"tariff/{name}")
    ]
    rows += [*data.read("tariff/product_coefficients"), *data.read("tariff/cover_calibrations")]
    rows += [*data.read("tariff/invoice_terms"), *data.read("exchange_rates")]
    rows += data.code_tables()

    assert all(row["source"] and row["sample"] in {"Y", "N"} for row in rows)


def test_the_tariff_keeps_the_leaflets_proportions() -> None:
    """Given the leaflet of 2004, then b is about 420 times a before shipment and 20.7 after."""
    proportions = {
        (row["phase"], row["category"]): Decimal(row["b"]) / Decimal(row["a"])
        for row in data.read("tariff/base_rates")
    }

    assert {category for _, category in proportions} == set("ABCDEFGH")
    assert all(
        (410 < times < 430) if phase == "PRE_SHIPMENT" else (Decimal("20.5") < times < 21)
        for (phase, _), times in proportions.items()
    )


def test_codes_stand_once_and_in_order() -> None:
    """Given any shipped code table, then no code is repeated and they are sorted."""
    for table in data.code_tables():
        codes = [row["code"] for row in data.codes(table["name"])]
        assert codes == sorted(set(codes)), table["name"]


def test_every_code_has_both_names() -> None:
    """Given any shipped code, then it has a Japanese and an English name."""
    for table in data.code_tables():
        assert all(row["name_ja"] and row["name_en"] for row in data.codes(table["name"]))


def test_graded_countries_are_in_the_country_table() -> None:
    """Given a category, then its country is one of the table, and the letter is one of eight."""
    countries = {row["code"] for row in data.codes("countries")}
    grades = list(data.read("tariff/country_categories"))

    assert {row["country_code"] for row in grades} <= countries
    assert {row["category"] for row in grades} <= set("ABCDEFGH")
