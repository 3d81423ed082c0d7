"""A question to another service carries its ids, is asked again, and ends in a clear no."""

from collections.abc import Iterator

import httpx
import pytest
import stamina

from libs.common import context
from libs.common.http import ask, http_client
from libs.common.problem_codes import DependencyUnavailable

TRACE = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"


@pytest.fixture(autouse=True)
def without_pauses() -> Iterator[None]:
    """Ask again at once."""
    with stamina.set_testing(True, attempts=3):
        yield


def answering(*answers: int | Exception) -> tuple[httpx.AsyncClient, list[httpx.Request]]:
    """A client whose other side gives these answers in turn, and what it was asked."""
    asked: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        given = answers[len(asked) - 1]
        if isinstance(given, Exception):
            raise given
        return httpx.Response(given)

    return http_client(1.0, "http://premium", httpx.MockTransport(answer)), asked


async def test_a_question_carries_the_ids_of_its_act() -> None:
    """Given an act with ids, when it asks another service, then they go along."""
    client, asked = answering(200)
    correlation, trace = context.correlation_id.set("49a4c843"), context.traceparent.set(TRACE)

    await ask(client, "/internal/rates", currency="USD")
    context.correlation_id.reset(correlation)
    context.traceparent.reset(trace)

    assert asked[0].headers["x-request-id"] == "49a4c843"
    assert asked[0].headers["traceparent"][:36] == TRACE[:36]
    assert asked[0].url.params["currency"] == "USD"


async def test_a_stumbling_service_is_asked_again() -> None:
    """Given a lost connection and a 503, when the third answer is good, then it is given."""
    client, asked = answering(httpx.ConnectError("refused"), 503, 200)

    answer = await ask(client, "/internal/rates")

    assert (answer.status_code, len(asked)) == (200, 3)


@pytest.mark.parametrize("failure", [httpx.ReadTimeout("late"), 500])
async def test_a_silent_service_is_reported_as_unavailable(failure: int | Exception) -> None:
    """Given a service that is down, when asked three times in vain, then 503 is the answer."""
    client, asked = answering(failure, failure, failure)

    with pytest.raises(DependencyUnavailable):
        await ask(client, "/internal/rates")

    assert len(asked) == 3


@pytest.mark.parametrize("status", [302, 404, 422])
async def test_any_other_answer_is_the_callers_to_read(status: int) -> None:
    """Given a clear answer, when it is no server's fault, then it is given at once."""
    client, asked = answering(status)

    answer = await ask(client, "/internal/rates")

    assert (answer.status_code, len(asked)) == (status, 1)
