"""Others hear who may come in, and from where, and nothing that is somebody's own."""

import json

from tests.identity import people
from tests.identity.approving import decided, requested
from tests.kit import then
from tests.kit.running import Running


async def _changed(office: people.Browser, person: people.Person, verb: str) -> None:
    seen = await office.ask("GET", f"/v1/users/{person.user_id}")
    version = {"If-Match": seen.headers["etag"]}
    answer = await office.ask("POST", f"/v1/users/{person.user_id}/{verb}", headers=version)
    assert answer.status_code == 200, answer.text


async def test_a_users_life_is_told(identity: Running, boss: people.Person) -> None:
    """Given an applicant, when disabled and enabled again, then each step is a fact of theirs."""
    person = await people.applicant(identity, boss)
    async with people.browser(identity) as office:
        await office.signs_in(boss)
        await _changed(office, person, "disable")
        await _changed(office, person, "enable")

    told = await then.told(identity, person.user_id, boss.tenant)
    kinds = [kind.removeprefix("identity.user.") for kind, _ in told]
    assert kinds == ["created.v1", "disabled.v1", "enabled.v1"]
    assert told[0][1] == {
        "user_id": person.user_id,
        "policyholder_code": boss.tenant,
        "role": "APPLICANT",
    }
    assert person.mail not in json.dumps(told)


async def test_a_new_administrator_is_told(
    identity: Running, boss: people.Person, second: people.Person
) -> None:
    """Given an applicant, when two administrators grant the role, then a fact tells the new one."""
    person = await people.applicant(identity, boss)
    wish = {"kind": "ADMINISTRATOR_GRANT", "user_id": person.user_id}
    async with people.browser(identity) as office, people.browser(identity) as other:
        answer = await decided(other, second, await requested(office, boss, wish))
        assert answer.status_code == 200, answer.text

    *_, (kind, fact) = await then.told(identity, person.user_id, boss.tenant)
    assert (kind, fact["role"]) == ("identity.user.role_changed.v1", "ADMINISTRATOR")


async def test_a_restriction_is_told_without_its_ranges(
    identity: Running, boss: people.Person
) -> None:
    """Given a company, when it restricts its addresses, then others hear that, and not which."""
    async with people.browser(identity, "198.51.100.9") as office:
        await office.signs_in(boss)
        wish = {"enabled": True, "networks": ["198.51.100.0/24"]}
        path, version = "/v1/ip-restriction", {"If-Match": '"1"'}
        answer = await office.ask("PUT", path, json=wish, headers=version)
        assert answer.status_code == 200, answer.text

    told = dict(await then.told(identity, boss.tenant, boss.tenant))
    assert told["identity.ip_restriction.changed.v1"] == {
        "policyholder_code": boss.tenant,
        "enabled": True,
        "version": 2,
    }
