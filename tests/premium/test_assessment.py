"""Premiums of single contracts, to the yen."""

from dataclasses import replace
from datetime import date

from libs.common.money import yen
from services.premium.domain.assessment import Assessed, NotAssessed, assess
from services.premium.domain.contract import Contract
from services.premium.domain.rulebook import Rulebook, Timeline
from services.premium.domain.tariff import Missing, Phase

from . import given


def assessed(contract: Contract, rulebook: Rulebook = given.RULEBOOK) -> Assessed:
    """Assess with the leaflet's own cover; the rulebook knows everything the contract needs."""
    answer = assess(contract, given.AS_CALIBRATED, rulebook)
    assert isinstance(answer, Assessed)
    return answer


def test_the_worked_example_of_the_leaflet_comes_out() -> None:
    """Given category D, ten million yen, 60 days and D/A 90, then 14,600 and 25,700 are due."""
    answer = assessed(given.TEN_MILLION)

    assert [str(part.base_rate) for part in answer.parts] == ["0.146", "0.257"]
    assert [part.premium for part in answer.parts] == [yen(14_600), yen(25_700)]
    assert answer.premium == yen(40_300)


def test_at_sight_costs_thirty_days() -> None:
    """Given the same contract at sight, then the rate after shipment is 0.118 percent."""
    answer = assessed(replace(given.TEN_MILLION, settlements=(given.AT_SIGHT,)))

    [_, after] = answer.parts
    assert (str(after.base_rate), after.premium) == ("0.118", yen(11_800))


def test_dollars_are_turned_into_whole_yen_first() -> None:
    """Given 1,000.55 dollars at 99.80, then 99,854 yen are insured and the rest is dropped."""
    answer = assessed(given.in_dollars("1000.55"))

    assert {part.insured for part in answer.parts} == {yen(99_854)}


def test_the_fraction_of_a_yen_is_dropped_from_each_premium() -> None:
    """Given 99,854 yen at 0.146 and 0.257 percent, then 145.78 and 256.62 become 145 and 256."""
    answer = assessed(given.in_dollars("1000.55"))

    assert [part.premium for part in answer.parts] == [yen(145), yen(256)]


def test_the_rate_of_the_day_the_contract_was_concluded_counts() -> None:
    """Given a contract concluded the day before the rate changed, then the earlier rate counts."""
    the_day_before = replace(given.in_dollars("1000"), insured_from=date(2008, 3, 31))

    answer = assessed(the_day_before)

    assert answer.parts[0].insured == yen(112_350)


def test_a_rate_stated_in_the_application_comes_first() -> None:
    """Given an application that states its own rate, then the registered one is not used."""
    stated = replace(given.in_dollars("1000"), quoted_rate=given.ratio("101.5"))

    answer = assessed(stated)

    assert answer.parts[0].insured == yen(101_500)
    assert answer.parts[0].component.exchange.origin.source == "Stated in the application"


def test_a_comprehensive_contract_costs_three_tenths() -> None:
    """Given the same contract under a comprehensive agreement, then the premium is 0.30 of it."""
    answer = assessed(replace(given.TEN_MILLION, product="COMPREHENSIVE"))

    assert answer.premium == yen(4_380 + 7_710)


def test_more_cover_costs_in_proportion() -> None:
    """Given 95 instead of 80 percent before shipment, then the premium is 1.1875 times as high."""
    more = replace(
        given.AS_CALIBRATED,
        pre_shipment_political=given.ratio("0.95"),
        pre_shipment_credit=given.ratio("0.95"),
    )

    answer = assess(given.TEN_MILLION, more, given.RULEBOOK)

    assert isinstance(answer, Assessed)
    assert str(answer.parts[0].component.cover.value) == "1.1875"
    assert answer.parts[0].premium == yen(17_337)


def test_the_guarantors_country_sets_the_category_after_shipment() -> None:
    """Given a guarantor in another country, then that country is graded, not the payer's."""
    books = replace(
        given.RULEBOOK,
        categories={
            **given.RULEBOOK.categories,
            given.MALAYSIA: given.RULEBOOK.categories[given.THAILAND],
        },
    )
    guaranteed = replace(
        given.TEN_MILLION,
        countries={**given.TEN_MILLION.countries, "guarantee_country": given.MALAYSIA},
    )

    before, after = assessed(guaranteed, books).parts

    assert (before.component.country_role, before.component.country_code) == (
        "destination_country",
        given.THAILAND,
    )
    assert (after.component.country_role, after.component.country_code) == (
        "guarantee_country",
        given.MALAYSIA,
    )


def test_nothing_insured_costs_nothing() -> None:
    """Given a contract reduced to zero, then it has no part and its premium is zero."""
    nothing = replace(given.TEN_MILLION, amounts={phase: yen(0) for phase in Phase})

    answer = assessed(nothing)

    assert (answer.parts, answer.premium) == ((), yen(0))


def test_payment_in_advance_has_no_premium_after_shipment() -> None:
    """Given full payment in advance, then only the time before shipment is priced."""
    in_advance = replace(given.TEN_MILLION, settlements=(replace(given.AT_SIGHT, method="60"),))

    answer = assessed(in_advance)

    assert [part.component.phase for part in answer.parts] == [Phase.PRE_SHIPMENT]


def test_one_assumed_figure_marks_the_whole_premium_as_a_sample() -> None:
    """Given an assumed exchange rate, then the premium says sample; with yen it does not."""
    in_dollars = assessed(given.in_dollars("1000"))
    in_yen = assessed(given.TEN_MILLION)

    assert (in_dollars.sample, in_yen.sample) == (True, False)


def test_a_country_without_a_category_is_not_assessed() -> None:
    """Given a destination nobody has graded, then the answer names what is missing."""
    unknown = replace(
        given.TEN_MILLION,
        countries={"destination_country": "999", "payment_country": given.THAILAND},
    )

    answer = assess(unknown, given.AS_CALIBRATED, given.RULEBOOK)

    assert answer == NotAssessed(Missing.CATEGORY, "999 on 2008-04-01")


def test_a_contract_older_than_the_first_edition_is_not_assessed() -> None:
    """Given a contract concluded the day before the first edition, then there is no tariff."""
    too_early = replace(given.TEN_MILLION, insured_from=date(2004, 9, 30))

    answer = assess(too_early, given.AS_CALIBRATED, given.RULEBOOK)

    assert isinstance(answer, NotAssessed)
    assert answer.missing is Missing.EDITION


def test_an_edition_ends_with_its_last_day() -> None:
    """Given an edition with a last day, then that day is priced and the next one is not."""
    ended = replace(given.EDITION, valid_to=given.CONCLUDED)
    books = replace(given.RULEBOOK, editions=Timeline.of([(ended.valid_from, ended)]))
    next_day = replace(given.TEN_MILLION, insured_from=date(2008, 4, 2))

    on_the_day = assess(given.TEN_MILLION, given.AS_CALIBRATED, books)
    after = assess(next_day, given.AS_CALIBRATED, books)

    assert isinstance(on_the_day, Assessed)
    assert isinstance(after, NotAssessed)
