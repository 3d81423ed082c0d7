"""The examples of new applications: what comes in, what is found, what is accepted."""

from . import examples
from .examples import Written, errors, expected, in_every_way, wanted, warnings

NEW_APPLICATIONS = ("new_valid", "new_multibranch", "new_extended5", "errors1")


@in_every_way(*NEW_APPLICATIONS)
def test_an_example_is_judged_as_expected(written: Written) -> None:
    """Given an example, when its file is read and judged, then the expected findings come out."""
    expectation = expected(written[0])

    judgement, _ = examples.judged(written, examples.story(written[0])["received_at"])

    assert errors(judgement) == wanted(expectation["record_errors"])
    assert wanted(expectation["record_warnings"]) <= warnings(judgement)
    assert judgement.accepted["row"].to_list() == expectation["accepted_rows"]
    assert examples.points_at(judgement, expectation)


@in_every_way(*NEW_APPLICATIONS)
def test_an_accepted_row_holds_the_expected_values(written: Written) -> None:
    """Given an example, when its file is judged, then the accepted rows say what it expects."""
    after = expected(written[0])["state_after"]

    judgement, layout = examples.judged(written, examples.story(written[0])["received_at"])

    found = {
        (row["policy_number"], row["branch_number"]): examples.values(row, layout)
        for row in judgement.accepted.iter_rows(named=True)
    }
    assert found == {
        (policy["policy_number"].replace("-", ""), branch["branch_number"]): (
            branch["histories"][0]["values"] | {"applicant_code": policy["applicant_code"]}
        )
        for policy in after
        for branch in policy["branches"]
    }
