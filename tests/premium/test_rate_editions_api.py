"""The tariff over HTTP, as the migration has entered it."""

from tests.kit.running import Running


async def test_the_shipped_edition_is_the_leaflet_of_2004(premium: Running) -> None:
    """Given a new database, when the edition is read, then it has the leaflet's figures."""
    answer = await premium.client.get(
        "/v1/rate-editions/2004-10", headers=premium.caller("rate-editions:read")
    )

    assert answer.status_code == 200
    edition = answer.json()
    rates = {(it["phase"], it["category"]): (it["a"], it["b"]) for it in edition["base_rates"]}
    assert (edition["valid_from"], edition["valid_to"]) == ("2004-10-01", None)
    assert rates["PRE_SHIPMENT", "D"] == ("0.000304", "0.128")
    assert rates["POST_SHIPMENT", "H"] == ("0.005987", "0.124")
    assert len(rates) == 16
