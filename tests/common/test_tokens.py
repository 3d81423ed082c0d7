"""Access tokens are believed only when every part of them is as identity writes it."""

import hmac
import json
import time
from base64 import urlsafe_b64encode
from typing import Any

import jwt
import pytest
import time_machine
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from libs.common.database import PLATFORM
from libs.common.jwks import KeyCache, keys_over_http
from libs.common.problem_codes import InvalidToken
from libs.common.tokens import Verifier
from tests.common.test_jwks import Monotonic
from tests.kit.stand_in_identity import ISSUER, TENANT, StandInIdentity

READ = ["buyers:read"]


@pytest.fixture
def identity() -> StandInIdentity:
    """An identity with one key."""
    return StandInIdentity()


@pytest.fixture
def verifier(identity: StandInIdentity) -> Verifier:
    """The verifier of the buyers service."""
    keys = KeyCache(keys_over_http(identity.client(), "http://identity/.well-known/jwks.json"))
    return Verifier(ISSUER, "buyers", keys)


def _segment(text: str) -> str:
    return urlsafe_b64encode(text.encode()).rstrip(b"=").decode()


def _signed_text(identity: StandInIdentity, header: str, payload: str) -> str:
    """Sign two texts as they are, so that even broken JSON has a good signature."""
    algorithm = jwt.get_algorithm_by_name("ES256")
    signed = f"{_segment(header)}.{_segment(payload)}"
    signature = algorithm.sign(signed.encode(), identity.key)
    return f"{signed}.{urlsafe_b64encode(signature).rstrip(b'=').decode()}"


async def test_a_good_token_tells_who_calls(identity: StandInIdentity, verifier: Verifier) -> None:
    """Given a token of a machine client, when verified, then the caller is known."""
    verdict = await verifier.verify(identity.token("buyers:read", "policies:read"))

    assert verdict.caller.tenant == TENANT
    assert verdict.caller.scopes == {"buyers:read", "policies:read"}


async def test_staff_have_no_policyholder(identity: StandInIdentity, verifier: Verifier) -> None:
    """Given a staff token, when verified, then the caller belongs to the platform."""
    verdict = await verifier.verify(identity.staff_token("ops:buyers:write"))

    assert verdict.caller.tenant == PLATFORM


@pytest.mark.attack("S17")
@pytest.mark.parametrize(
    "header",
    [
        {"jku": "https://evil.test/jwks.json"},
        {"x5u": "https://evil.test/cert.pem"},
        {"jwk": {"kty": "EC"}},
        {"crit": ["exp"]},
        {"kid": "unknown"},
        {"kid": ""},
    ],
)
async def test_a_header_cannot_choose_the_key(
    identity: StandInIdentity, verifier: Verifier, header: dict[str, object]
) -> None:
    """Given a header that brings a key along, when verified, then refused; only we were asked."""
    token = identity.sign(identity.claims(READ), **header)

    with pytest.raises(InvalidToken):
        await verifier.verify(token)

    assert set(identity.asked) <= {"/.well-known/jwks.json"}


@pytest.mark.attack("S17")
async def test_the_algorithm_is_ours_to_choose(
    identity: StandInIdentity, verifier: Verifier
) -> None:
    """Given `none`, or HS256 keyed with the public key, when verified, then refused."""
    public = identity.key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    header = {"typ": "at+jwt", "kid": identity.kid}
    unsigned = jwt.encode(identity.claims(READ), "", "none", headers=header)
    # By hand: PyJWT will not help anybody make this mistake.
    confused = f"{_segment(json.dumps(header | {'alg': 'HS256'}))}.{unsigned.split('.')[1]}"
    mac = hmac.digest(public, confused.encode(), "sha256")
    confused += "." + urlsafe_b64encode(mac).rstrip(b"=").decode()

    for token in (unsigned, confused):
        with pytest.raises(InvalidToken):
            await verifier.verify(token)


@pytest.mark.attack("S17")
async def test_a_foreign_key_signs_nothing(identity: StandInIdentity, verifier: Verifier) -> None:
    """Given another key under our key id, when verified, then refused."""
    stranger = StandInIdentity(kid=identity.kid, key=ec.generate_private_key(ec.SECP256R1()))

    with pytest.raises(InvalidToken):
        await verifier.verify(stranger.token("buyers:read"))


@pytest.mark.attack("S18")
@pytest.mark.parametrize(
    "spoil",
    [
        {"exp": 0},
        {"nbf": 100},
        {"iat": 100, "exp": 200},
        {"exp": 601},
        {"iat": 50, "exp": 40},
    ],
)
async def test_the_times_must_hold(
    identity: StandInIdentity, verifier: Verifier, spoil: dict[str, int]
) -> None:
    """Given a token too late, too early or too long, when verified, then refused."""
    now = int(time.time()) - (311 if spoil == {"exp": 0} else 0)
    claims = identity.claims(READ) | {"iat": now, "exp": now + 300}
    if spoil != {"exp": 0}:
        claims |= {name: now + offset for name, offset in spoil.items()}

    with pytest.raises(InvalidToken):
        await verifier.verify(identity.sign(claims))


@pytest.mark.attack("S18")
@pytest.mark.parametrize(
    "name",
    ["iss", "sub", "aud", "exp", "iat", "jti", "client_id", "sid", "tenant", "role", "scope"],
)
@pytest.mark.parametrize("value", [None, "", 7.5, True, [], {}])
async def test_each_claim_must_be_there_and_of_its_type(
    identity: StandInIdentity, verifier: Verifier, name: str, value: Any
) -> None:
    """Given a claim missing, empty or of another type, when verified, then refused."""
    claims = identity.claims(READ)
    if value is None:
        del claims[name]
    else:
        claims[name] = value
    # PyJWT refuses to *write* some of these, so the text is signed by hand.
    header = json.dumps({"alg": "ES256", "typ": "at+jwt", "kid": identity.kid})
    token = _signed_text(identity, header, json.dumps(claims))

    with pytest.raises(InvalidToken):
        await verifier.verify(token)


@pytest.mark.attack("S18")
@pytest.mark.parametrize("name", ["acr", "amr", "auth_time"])
async def test_a_person_says_how_they_signed_in(
    identity: StandInIdentity, verifier: Verifier, name: str
) -> None:
    """Given an administrator's token without sign-in claims, when verified, then refused."""
    claims = identity.claims(READ, role="administrator")
    del claims[name]

    with pytest.raises(InvalidToken):
        await verifier.verify(identity.sign(claims))


@pytest.mark.attack("S18")
@pytest.mark.parametrize("tenant", ["platform", "04501230", "0450123000"])
async def test_nobody_is_the_platform_by_claim(
    identity: StandInIdentity, verifier: Verifier, tenant: str
) -> None:
    """Given a tenant that is no policyholder code, when verified, then refused."""
    with pytest.raises(InvalidToken):
        await verifier.verify(identity.token("buyers:read", tenant=tenant))


@pytest.mark.attack("S19")
@pytest.mark.parametrize("typ", ["JWT", "client-authentication+jwt", "dpop+jwt", "AT+JWT", ""])
async def test_other_tokens_are_no_access_tokens(
    identity: StandInIdentity, verifier: Verifier, typ: str
) -> None:
    """Given a token of another type, when verified, then refused."""
    with pytest.raises(InvalidToken):
        await verifier.verify(identity.sign(identity.claims(READ), typ=typ))


@pytest.mark.attack("S20")
@pytest.mark.parametrize(
    "spoil",
    [
        {"aud": ["ledger"]},
        {"aud": "buyers"},
        {"iss": ISSUER + "/"},
        {"iss": ISSUER[:-1]},
        {"iss": ISSUER + ".evil.test"},
    ],
)
async def test_a_token_for_another_reader_is_refused(
    identity: StandInIdentity, verifier: Verifier, spoil: dict[str, object]
) -> None:
    """Given another audience or issuer, when verified, then refused."""
    with pytest.raises(InvalidToken):
        await verifier.verify(identity.sign(identity.claims(READ) | spoil))


@pytest.mark.attack("S17")
@pytest.mark.parametrize(
    ("header", "payload"),
    [
        ('{"alg":"none","alg":"ES256","typ":"at+jwt","kid":"key-1"}', "{}"),
        ('{"alg":"ES256","typ":"at+jwt","kid":"key-1"}', '{"sub":"a","sub":"b"}'),
        ('{"alg":"ES256","typ":"at+jwt","kid":"key-1"}', '{"exp":NaN}'),
        ('{"alg":"ES256","typ":"at+jwt","kid":"key-1"}', "[]"),
        ('{"alg":"ES256","typ":"at+jwt","kid":"key-1"}', "[" * 3000),
        ('{"alg":"ES256","typ":"at+jwt","kid":["key-1"]}', "{}"),
        ("not json", "{}"),
    ],
)
async def test_ambiguous_json_is_refused(
    identity: StandInIdentity, verifier: Verifier, header: str, payload: str
) -> None:
    """Given duplicate members or no object at all, when verified, then refused."""
    claims = json.dumps(identity.claims(READ))
    spoilt = claims[:-1] + "," + payload[1:] if payload.startswith('{"') else payload

    with pytest.raises(InvalidToken):
        await verifier.verify(_signed_text(identity, header, spoilt))


@pytest.mark.parametrize("text", ["", ".", "..", "a.b.c", "a.b.c.d", "é.b.c", "x" * 9000, "\ud800"])
async def test_no_text_breaks_the_reader(verifier: Verifier, text: str) -> None:
    """Given any text at all, when verified, then it is refused and nothing else happens."""
    with pytest.raises(InvalidToken):
        await verifier.verify(text)


async def test_a_remembered_verdict_ends_with_its_token(
    identity: StandInIdentity, verifier: Verifier
) -> None:
    """Given a token verified once, when ten seconds past its end, then it is refused."""
    with time_machine.travel("2026-08-25T00:00:00Z", tick=False) as clock:
        token = identity.token("buyers:read")
        await verifier.verify(token)

        clock.shift(309)
        await verifier.verify(token)
        clock.shift(1)
        with pytest.raises(InvalidToken):
            await verifier.verify(token)


async def test_memory_of_verdicts_is_bounded(
    identity: StandInIdentity, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Given room for two verdicts and a withdrawn key, when the third came, the first is gone."""
    monkeypatch.setattr("libs.common.tokens._REMEMBERED_VERDICTS", 2)
    monotonic = Monotonic()
    fetch = keys_over_http(identity.client(), "http://identity/.well-known/jwks.json")
    verifier = Verifier(ISSUER, "buyers", KeyCache(fetch, monotonic))
    first, *others = [identity.token("buyers:read") for _ in range(3)]
    for token in (first, *others):
        await verifier.verify(token)

    identity.kid = "key-2"
    monotonic.now += 600

    for token in others:
        await verifier.verify(token)
    with pytest.raises(InvalidToken):
        await verifier.verify(first)
