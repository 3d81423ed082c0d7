"""People come in step by step, and nobody learns from a refusal what was wrong."""

from tests.identity import people
from tests.kit.running import Running


async def test_from_an_application_to_a_session(identity: Running) -> None:
    """Given a company's application, when accepted and followed, then its administrator is in."""
    person = await people.newcomer(identity)

    async with people.browser(identity) as home:
        answer = await people.activated(home, person)
        me = await home.ask("GET", "/v1/me")

    assert answer.json()["next"] == "done"
    assert len(answer.json()["recovery_codes"]) == 10
    assert (me.json()["role"], me.json()["login_id"]) == ("ADMINISTRATOR", person.login_id)
