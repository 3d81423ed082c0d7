"""The report of a ledger file over HTTP: a holder's own rows, with what was found in each."""

import csv
import io

import httpx
import obstore
import pytest
from sqlalchemy import update

from services.ledger import tables
from tests.kit import then
from tests.kit.running import Running
from tests.ledger import given
from tests.ledger.hostile import GOOD, NAME, TOTO, judged, row

pytestmark = pytest.mark.usefixtures("august_25")


async def _report(ledger: Running, upload_id: str, language: str = "ja") -> httpx.Response:
    headers = ledger.caller("ledger-uploads:read", tenant=TOTO) | {"Accept-Language": language}
    return await ledger.client.get(f"/v1/ledger-uploads/{upload_id}/report", headers=headers)


def _lines(answer: httpx.Response, charset: str = "cp932") -> list[list[str]]:
    assert answer.status_code == 200, answer.text
    return list(csv.reader(io.StringIO(answer.content.decode(charset), newline="")))


async def test_every_row_comes_back_with_what_was_found_in_it(ledger: Running) -> None:
    """Given a file with many errors, when its report is taken, then each row names its own."""
    upload = await given.fixture_handed_in(ledger, "errors1")
    sent = (given.FIXTURES / "errors1" / "submit.cp932.csv").read_bytes()

    answer = await _report(ledger, upload["id"])

    assert answer.headers["content-type"] == "text/csv; charset=cp932"
    assert "-report.csv" in answer.headers["content-disposition"]
    lines = _lines(answer)
    assert [line[:-4] for line in lines] == list(csv.reader(io.StringIO(sent.decode("cp932"))))
    found = await given.findings(ledger, upload["id"], TOTO)
    for number, line in enumerate(lines, 1):
        of_the_row = [it for it in found if (it["row"] or 1) == number]
        assert line[-3] == "; ".join(it["rule"] for it in of_the_row)
        assert line[-1] == "; ".join(it["detail"] for it in of_the_row)


async def test_the_texts_are_in_the_language_of_who_asks(ledger: Running) -> None:
    """Given an unknown buyer, when the report is taken in English, then its text is English."""
    upload, _ = await judged(ledger, row(c24=b"9999999"))

    [line] = _lines(await _report(ledger, upload["id"], "en"))

    assert line[-4:-1] == ["ERROR", "L042", "25"]
    assert line[-1] == "Buyer code 9999999 is not registered. Register the buyer first."


async def test_a_report_is_in_the_charset_of_its_file(ledger: Running) -> None:
    """Given a file in UTF-8, when its report is taken, then rows and texts are UTF-8, too."""
    upload, _ = await judged(ledger, row(c8="髙橋𠮷".encode()), charset="utf-8")

    answer = await _report(ledger, upload["id"])

    [line] = _lines(answer, "utf-8")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert (line[8], line[-3]) == ("髙橋𠮷", "L022")


async def test_a_file_of_fixed_width_keeps_its_form(ledger: Running) -> None:
    """Given a file of fixed width, when its report is taken, then its records begin the lines."""
    upload = await given.fixture_handed_in(ledger, "new_valid", "submit.fd")
    sent = (given.FIXTURES / "new_valid" / "submit.fd").read_bytes()

    answer = await _report(ledger, upload["id"])

    assert answer.headers["content-type"] == "text/plain; charset=cp932"
    records = sent.split(b"\r\n")
    assert [line[:353] for line in answer.content.split(b"\r\n")] == records


@pytest.mark.parametrize(
    ("content", "rule"),
    [
        (b"1,2,3\r\n", "L010"),
        (b"\r\n", "L010"),
        (row() + b"\x81\r\n", "L007"),
        (row() + row(c3=b'"'), "L010"),
    ],
)
async def test_a_file_that_cannot_be_read_comes_back_all_the_same(
    ledger: Running, content: bytes, rule: str
) -> None:
    """Given a broken file, when its report is taken, then its bytes and its fault are there."""
    upload, _ = await judged(ledger, content)

    answer = await _report(ledger, upload["id"])

    assert upload["status"] == "INVALID"
    assert answer.content.startswith(content.partition(b"\r\n")[0])
    assert f'"{rule}"'.encode() in answer.content


async def test_what_was_mended_in_a_report_can_be_sent(ledger: Running) -> None:
    """Given a report, when its columns are taken off again, then it is the file that was sent."""
    upload, _ = await judged(ledger, GOOD, 3)

    lines = _lines(await _report(ledger, upload["id"]))

    text = io.StringIO(newline="")
    csv.writer(text).writerows(line[:-4] for line in lines)
    assert text.getvalue().encode("cp932") == GOOD


async def test_a_report_says_when_it_does_not_show_everything(ledger: Running) -> None:
    """Given more faults than are kept, when the report is taken, then its first row says so."""
    upload, _ = await judged(ledger, row())
    async with ledger.databases.tenant(TOTO) as tx:
        await tx.execute(
            update(tables.Upload).where(tables.Upload.id == upload["id"]).values(error_count=20_000)
        )

    [line] = _lines(await _report(ledger, upload["id"], "en"))

    assert line[-1].startswith("Of 200")


async def test_there_is_no_report_before_the_judgement(ledger: Running) -> None:
    """Given a file nobody has looked at, when its report is asked for, then it is too early."""
    sent = await given.handed_in(ledger, GOOD, tenant=TOTO, file_name=NAME)

    answer = await _report(ledger, sent.json()["id"])

    then.refused(answer, 409, "state-conflict", "not-judged-yet")
    await given.worked_off(ledger, sent.json()["id"], TOTO)


async def test_a_file_is_not_kept_for_ever(ledger: Running) -> None:
    """Given a file that is no longer kept, when its report is asked for, then 410 says so."""
    upload, _ = await judged(ledger, GOOD, 3)
    async with ledger.databases.tenant(TOTO) as tx:
        kept = await tx.get_one(tables.Upload, (TOTO, upload["id"]))
        await obstore.delete_async(ledger.app.state.files, kept.file_key)

    answer = await _report(ledger, upload["id"])

    then.refused(answer, 410, "no-longer-available", "file-no-longer-kept")


async def test_another_policyholders_report_is_not_found(ledger: Running) -> None:
    """Given a judged file, when another policyholder asks for its report, then it is not there."""
    upload, _ = await judged(ledger, GOOD, 3)
    stranger = ledger.caller("ledger-uploads:read", tenant="061007700")

    answer = await ledger.client.get(f"/v1/ledger-uploads/{upload['id']}/report", headers=stranger)

    then.refused(answer, 404, "not-found", "upload-not-found")
