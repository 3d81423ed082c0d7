"""The insurer's staff: they set the clock, enter the registers and register machine clients."""

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from jwt.algorithms import ECAlgorithm

from .client import Json, PrivateKeyJwt, fresh_key, granted, until
from .erp import SCOPES, Erp

_KEY_LIFE = timedelta(days=90)
# A clock that is moved far runs everything that is due on its way.
_PATIENCE_SECONDS = 300


class Staff:
    """The staff's machine client: its token is the gateway's, its acts go to the staff port."""

    def __init__(self, gateway_url: str, staff_url: str, client_id: str, key: Path) -> None:
        """Name the client and its key; the first request fetches a token."""
        self.gateway_url = gateway_url
        self.http = httpx.Client(
            base_url=f"{staff_url}/ops/v1",
            auth=PrivateKeyJwt(gateway_url, client_id, key),
            timeout=_PATIENCE_SECONDS,
        )

    def set_clock(self, now: datetime) -> Json:
        """Set the business clock (業務時計); where a service was late, asking again goes on."""
        wish = {"now": now.isoformat()}
        return granted(
            until(
                lambda answer: answer.status_code != httpx.codes.SERVICE_UNAVAILABLE,
                lambda: self.http.put("/clock", json=wish),
            )
        )

    def enter(self, register: str, records: dict[str, Json]) -> int:
        """Enter new records in a register, each under its code; gives how many they are."""
        for code, record in records.items():
            granted(self.http.put(f"/{register}/{code}", json=record))
        return len(records)

    def publish_exchange_rates(self, rates: Json) -> int:
        """Publish exchange rates (換算率の公示); gives how many they are."""
        return len(self.create("/exchange-rates", rates)["rates"])

    def register_erp(self, policyholder_code: str, name: str, key: Path) -> Erp:
        """Register a policyholder's ERP by the public half of its key."""
        wish = {
            "policyholder_code": policyholder_code,
            "name": name,
            "authentication": {"method": "PRIVATE_KEY_JWT", "keys": [_public_key(key)]},
            "scopes": SCOPES,
        }
        client = self.create("/machine-clients", wish)
        return Erp(self.gateway_url, client["client_id"], key, policyholder_code)

    def create(self, path: str, wish: Json) -> Json:
        """Create something, or carry out an act, that is not done twice."""
        headers = {"Idempotency-Key": fresh_key()}
        return granted(self.http.post(path, json=wish, headers=headers))


def _public_key(key: Path) -> dict[str, Any]:
    private = load_pem_private_key(key.read_bytes(), password=None)
    if not isinstance(private, ec.EllipticCurvePrivateKey):
        raise TypeError("the platform takes P-256 keys from us")
    # Keys live by real time, not by the business clock.
    expires_on = date.today() + _KEY_LIFE  # noqa: DTZ011
    jwk = ECAlgorithm.to_jwk(private.public_key(), as_dict=True)
    return {"jwk": jwk, "expires_on": str(expires_on)}
