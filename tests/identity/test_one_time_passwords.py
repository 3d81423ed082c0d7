"""One-time passwords and recovery codes: once, in time, in the browser they were asked for in."""

import httpx
import pytest
import time_machine

from tests.identity import given, people
from tests.identity.test_guessing import told
from tests.kit import then
from tests.kit.running import Running


async def _asked_for_otp(home: people.Browser, person: people.Person) -> None:
    """Bring a sign-in to where it waits for a one-time password."""
    answer = await home.post("login", login_id=person.login_id, password=person.password)
    assert answer.json() == {"next": "otp"}, answer.text


@pytest.mark.attack("S05")
async def test_a_one_time_password_is_used_once(identity: Running) -> None:
    """Given an accepted code, when it comes again anywhere, then 401 as for a wrong one."""
    person = await people.administrator(identity)
    await people.a_step_later(identity, person)
    async with people.browser(identity) as home, people.browser(identity) as other:
        await _asked_for_otp(home, person)
        await _asked_for_otp(other, person)
        code = person.otp()
        first = await home.post("login/otp", otp=code)
        home.token = first.json()["access_token"]

        crossed = await other.post("login/otp", otp=code)
        await _asked_for_otp(other, person)
        anew = await other.post("login/otp", otp=code)
        proof = {"password": person.password, "otp": code}
        step_up = await home.ask("POST", "/v1/auth/step-up", json=proof)
        wrong = await home.ask("POST", "/v1/auth/step-up", json=proof | {"otp": "000000"})

    assert first.status_code == 200
    for answer in (crossed, anew, step_up):
        then.refused(answer, 401, "authentication-failed")
    assert told(step_up) == told(wrong)
    assert told(crossed) == told(anew)


@pytest.mark.attack("S06")
async def test_a_code_holds_a_step_before_and_after(identity: Running) -> None:
    """Given codes of five steps, when brought, then the outer two fail and the inner pass once."""
    person = await people.administrator(identity)
    statuses: dict[int, int] = {}
    for steps in (-2, 2, -1, 0, 1, -1):
        async with people.browser(identity) as home:
            if steps != 1:
                await people.a_step_later(identity, person)
            await _asked_for_otp(home, person)
            with time_machine.travel(people.real_now(), tick=False):
                answer = await home.post("login/otp", otp=person.otp(steps))
            statuses.setdefault(steps, answer.status_code)

    assert statuses == {-2: 401, 2: 401, -1: 200, 0: 200, 1: 200}


@pytest.mark.attack("S06")
async def test_an_older_code_does_not_follow_a_newer_one(identity: Running) -> None:
    """Given the code of the next step accepted, when this step's comes, then 401."""
    person = await people.administrator(identity)
    await people.a_step_later(identity, person)
    with time_machine.travel(people.real_now(), tick=False):
        async with people.browser(identity) as home:
            await _asked_for_otp(home, person)
            newer = await home.post("login/otp", otp=person.otp(1))
            await _asked_for_otp(home, person)
            older = await home.post("login/otp", otp=person.otp(0))

    assert newer.status_code == 200
    then.refused(older, 401, "authentication-failed")


@pytest.mark.attack("S07")
async def test_five_wrong_codes_burn_the_sign_in(identity: Running) -> None:
    """Given five wrong codes, when the right one comes in the same sign-in, then 401."""
    person = await people.administrator(identity)
    await people.a_step_later(identity, person)
    async with people.browser(identity) as home:
        await _asked_for_otp(home, person)
        for _ in range(5):
            wrong = await home.post("login/otp", otp="000000")
            then.refused(wrong, 401, "authentication-failed")

        right = await home.post("login/otp", otp=person.otp())

    assert told(right) == told(wrong)
    assert "one-time password" in (await people.letters(identity, person.mail))[-1].letter.text


async def test_a_malformed_code_is_no_try(identity: Running) -> None:
    """Given codes that are none, when sent ten times, then 422 each and the sign-in lives."""
    person = await people.administrator(identity)
    await people.a_step_later(identity, person)
    async with people.browser(identity) as home:
        await _asked_for_otp(home, person)
        for code in ["12345", "1234567", "12345a", "１２３４５６", "", " 12345", "-12345"]:
            then.refused(await home.post("login/otp", otp=code), 422, "validation-failed")

        assert (await home.post("login/otp", otp=person.otp())).status_code == 200


async def test_twenty_wrong_codes_end_the_enrolment(identity: Running) -> None:
    """Given twenty wrong codes over hours, when the right one comes, then it is worth nothing."""
    person = await people.administrator(identity)
    async with people.browser(identity) as home:
        with time_machine.travel(people.real_now(), tick=True) as clock:
            for _ in range(20):
                await _asked_for_otp(home, person)
                then.refused(
                    await home.post("login/otp", otp="000000"), 401, "authentication-failed"
                )
                clock.shift(901)
            answer = await home.post("login", login_id=person.login_id, password=person.password)

    assert answer.json() == {"next": "activation"}


async def test_twenty_wrong_codes_inside_a_session_end_it_too(identity: Running) -> None:
    """Given a session, when twenty step-ups bring wrong codes, then told at three, void at last."""
    person = await people.administrator(identity)
    wish = {"password": person.password, "otp": "000000"}
    async with people.browser(identity) as home:
        with time_machine.travel(people.real_now(), tick=True) as clock:
            await home.signs_in(person)
            for number in range(20):
                home.token = (await home.post("refresh")).json()["access_token"]
                wrong = await home.ask("POST", "/v1/auth/step-up", json=wish)
                then.refused(wrong, 401, "authentication-failed")
                clock.shift(61 if number < 9 else 901)
            answer = await home.post("login", login_id=person.login_id, password=person.password)
            told_of = [it.letter.text for it in await people.letters(identity, person.mail)]

    assert answer.json() == {"next": "activation"}
    assert sum("entered three times" in it for it in told_of) == 1
    assert sum("your enrolment is void" in it for it in told_of) == 1


@pytest.mark.attack("S15")
@pytest.mark.parametrize("what", ["reset", "disabled", "suspended"])
async def test_a_sign_in_half_done_ends_with_its_user(identity: Running, what: str) -> None:
    """Given a right password, when its user is reset or shut out, then no code completes it."""
    boss = await people.administrator(identity)
    person = await people.applicant(identity, boss)
    path = f"/v1/users/{person.user_id}"
    async with people.browser(identity) as home, people.browser(identity) as office:
        await office.signs_in(boss)
        version = {"If-Match": (await office.ask("GET", path)).headers["etag"]}
        await _asked_for_otp(home, person)
        if what == "suspended":
            await given.suspended(identity, person.tenant)
        else:
            verb = "reset-password" if what == "reset" else "disable"
            done = await office.ask("POST", f"{path}/{verb}", headers=version)
            assert done.status_code == 200, done.text
        await people.a_step_later(identity, person)

        answer = await home.post("login/otp", otp=person.otp())

    then.refused(answer, 401, "authentication-failed")


@pytest.mark.attack("S08")
async def test_half_a_sign_in_opens_nothing(identity: Running) -> None:
    """Given a sign-in that waits for a code, when used as a token or a session, then 401."""
    person = await people.administrator(identity)
    async with people.browser(identity) as home:
        await _asked_for_otp(home, person)
        handle = home.client.cookies["__Host-ltx"]
        home.token = handle
        answers = [await home.ask("GET", path) for path in ("/v1/me", "/v1/users", "/v1/sessions")]
        home.client.cookies.set("__Host-rt", handle, domain="127.0.0.1", path="/")
        refresh = await home.post("refresh")

    for answer in answers:
        then.refused(answer, 401, "invalid-token")
    then.refused(refresh, 401, "refresh-rejected")


@pytest.mark.attack("S08")
@pytest.mark.parametrize(
    ("path", "members"),
    [
        ("login/password", {"new_password": people.ANOTHER_PASSWORD}),
        ("login/enrolment", {}),
    ],
)
async def test_no_step_is_skipped(identity: Running, path: str, members: dict[str, str]) -> None:
    """Given a sign-in that waits for a code, when another step is sent, then it is burnt."""
    person = await people.administrator(identity)
    await people.a_step_later(identity, person)
    async with people.browser(identity) as home:
        await _asked_for_otp(home, person)
        skipped = await home.post(path, **members)
        after = await home.post("login/otp", otp=person.otp())

    then.refused(skipped, 401, "authentication-failed")
    then.refused(after, 401, "authentication-failed")


@pytest.mark.attack("S08")
async def test_a_sign_in_half_done_ends_after_five_minutes(identity: Running) -> None:
    """Given a sign-in that waits, when the code comes after five minutes, then 401."""
    person = await people.administrator(identity)
    await people.a_step_later(identity, person)
    async with people.browser(identity) as home:
        await _asked_for_otp(home, person)
        # The browser still sends its cookie: what ends the sign-in is our clock, not its.
        handle = home.client.cookies["__Host-ltx"]
        with time_machine.travel(people.real_now(), tick=True) as clock:
            clock.shift(301)
            late = await home.client.post(
                "/v1/auth/login/otp",
                json={"otp": person.otp()},
                headers={"Cookie": f"__Host-ltx={handle}"},
            )

    then.refused(late, 401, "authentication-failed")


@pytest.mark.attack("S09")
async def test_a_code_counts_in_its_own_browser_only(identity: Running) -> None:
    """Given one's code, when sent in another's sign-in or without one, then 401."""
    one, other = await people.administrator(identity), await people.administrator(identity)
    await people.a_step_later(identity, one)
    async with people.browser(identity) as home, people.browser(identity) as elsewhere:
        await _asked_for_otp(home, one)
        without = await elsewhere.post("login/otp", otp=one.otp())
        await _asked_for_otp(elsewhere, other)
        foreign = await elsewhere.post("login/otp", otp=one.otp())

        assert (await home.post("login/otp", otp=one.otp())).status_code == 200
    then.refused(without, 401, "authentication-failed")
    then.refused(foreign, 401, "authentication-failed")


async def _by_recovery_code(
    home: people.Browser, person: people.Person, code: str
) -> httpx.Response:
    await _asked_for_otp(home, person)
    answer = await home.post("login/otp", recovery_code=code)
    if answer.status_code == 200:
        home.token = answer.json()["access_token"]
    return answer


@pytest.mark.attack("S10")
async def test_a_recovery_code_is_used_once_and_opens_one_door(identity: Running) -> None:
    """Given a recovery code, when used, then its session enrols anew and does nothing else."""
    person = await people.administrator(identity)
    async with people.browser(identity) as home, people.browser(identity) as elsewhere:
        first = await _by_recovery_code(home, person, person.recovery_codes[0].upper())
        again = await _by_recovery_code(elsewhere, person, person.recovery_codes[0])
        business = [
            await home.ask("GET", path)
            for path in ("/v1/me", "/v1/users", "/v1/policyholder", "/v1/sessions")
        ]
        enrolment = await home.ask("POST", "/v1/me/otp")

    assert first.json()["scope"] == "otp:write"
    then.refused(again, 401, "authentication-failed")
    for answer in business:
        then.refused(answer, 403, "forbidden")
    assert enrolment.status_code == 201, enrolment.text


@pytest.mark.attack("S10")
async def test_a_new_telephone_takes_the_lost_ones_place(identity: Running) -> None:
    """Given a recovery session, when it confirms a new telephone, then only that one counts."""
    person = await people.administrator(identity)
    lost = people.Person(**(vars(person)))
    async with people.browser(identity) as home:
        await _by_recovery_code(home, person, person.recovery_codes[0])
        enrolment = await home.ask("POST", "/v1/me/otp")
        person.otp_secret = people.secret_of(enrolment.json()["otpauth_uri"])
        await people.a_step_later(identity, person)
        confirmed = await home.ask("POST", "/v1/me/otp/confirm", json={"otp": person.otp()})
        old = await home.signs_in(lost)
        new = await home.signs_in(person)

    assert len(confirmed.json()["recovery_codes"]) == 10
    then.refused(old, 401, "authentication-failed")
    assert new.status_code == 200
