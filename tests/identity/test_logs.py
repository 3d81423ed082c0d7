"""What people prove themselves by is in no line of any log."""

import io
import json

import pytest

from tests.identity import given, people
from tests.identity.approving import ACCOUNT, NEW_ACCOUNT
from tests.identity.test_codes_api import completed
from tests.kit.running import Running


@pytest.mark.attack("S63")
async def test_no_secret_of_a_person_is_logged(identity: Running, logged: io.StringIO) -> None:
    """Given every proof a person has, used well and badly, when logs are read, then none is there.

    Also where a password is typed for a login id, and where a database fails in the middle.
    """
    person = await people.newcomer(identity)
    used = {await people.mailed_code(identity, person)}
    async with people.browser(identity) as home, people.browser(identity) as other:
        await people.activated(home, person)
        used |= {person.password, person.otp_secret, *person.recovery_codes, home.token}
        used.add(home.client.cookies["__Host-rt"])
        await home.post("refresh")
        used |= {home.client.cookies["__Host-rt"], home.client.cookies["__Host-dv"]}
        await home.steps_up(person)
        await home.proves_and_asks(person, "/v1/approvals", NEW_ACCOUNT)
        used |= {home.token, ACCOUNT["number"]}
        await other.post("login", login_id=person.password, password=person.password)
        await other.post("login", login_id=person.login_id, password=people.ANOTHER_PASSWORD)
        await other.post("login", login_id=person.login_id, password=person.password)
        used |= {people.ANOTHER_PASSWORD, other.client.cookies["__Host-ltx"]}
        await other.post("login/otp", recovery_code="0" * 25)
        await other.post("login/otp", recovery_code=person.recovery_codes[0])
        await other.post("password-reissues", login_id=person.login_id)
        code = await people.mailed_code(identity, person)
        used.add(code)
        await completed(other, person, code, recovery_code=person.recovery_codes[1])
        await given.as_owner(identity, "REVOKE UPDATE, INSERT ON users, mails FROM identity_app")
        faults = [
            await other.post("login", login_id=person.login_id, password=people.ANOTHER_PASSWORD),
            await other.post("password-reissues", login_id=person.login_id),
            await home.ask("POST", "/v1/me/otp"),
        ]
        await given.as_owner(identity, "GRANT UPDATE, INSERT ON users, mails TO identity_app")

    lines = [json.loads(line) for line in logged.getvalue().splitlines()]
    told = {line.get("request_id") for line in lines if line["event"] == "fault"}
    assert {it.headers["X-Request-Id"] for it in faults} & told
    assert not [word for word in used if word in logged.getvalue()]
