"""Which passwords may be chosen: any that others would not guess."""

import pytest

from services.identity.data import blocked_passwords
from services.identity.domain.passwords import judge_password
from services.identity.errors import (
    PasswordNamesItsOwner,
    PasswordRepeats,
    PasswordTooCommon,
    PasswordTooShort,
)

ABOUT = ["u7k2m9p4qx", "045012300", "舫商事", "Moyai Trading", "ab"]
BLOCKED = frozenset({"correcthorsebatterystaple", "the quick brown fox"})


@pytest.mark.parametrize(
    "password",
    [
        "fifteen letters",
        "x7" + "ab cd ef gh ij " * 8 + "kl",
        "all lower case and no sign",
        "港に舫う船が三隻並んでいる朝です",
        "abacus and abalone",
        "ｆｕｌｌ ｗｉｄｔｈ ａｓ ｔｙｐｅｄ",
        "0123456789 and more",
    ],
)
def test_whatever_nobody_guesses_will_do(password: str) -> None:
    """Given a password of 15 characters or more, when judged, then no other rule is asked."""
    judge_password(password[:128], ABOUT, BLOCKED)


@pytest.mark.parametrize(
    "password", ["", "fourteen chars", "x" * 7 + " " + "ｙ" * 6, "z1" * 64 + "z"]
)
def test_length_is_counted_after_normalising(password: str) -> None:
    """Given 14 characters, or 129, when judged, then refused."""
    with pytest.raises(PasswordTooShort):
        judge_password(password, ABOUT, BLOCKED)


def test_the_longest_is_128_characters() -> None:
    """Given 128 characters, when judged, then good; with one more it is not."""
    longest = " ".join(str(number * number) for number in range(40))

    judge_password(longest[:128], ABOUT, BLOCKED)
    with pytest.raises(PasswordTooShort):
        judge_password(longest[:129], ABOUT, BLOCKED)


@pytest.mark.attack("S14")
@pytest.mark.parametrize(
    "password",
    ["The Quick Brown Fox", "correct horse battery staple", "ｃｏｒｒｅｃｔhorsebatterystaple"],
)
def test_case_width_and_blanks_hide_nothing(password: str) -> None:
    """Given a blocked password in other letters, when judged, then refused."""
    with pytest.raises(PasswordTooCommon):
        judge_password(password, ABOUT, BLOCKED)


@pytest.mark.attack("S14")
@pytest.mark.parametrize(
    "password",
    [
        "my id is U7K2M9P4QX",
        "company 045012300 !",
        "company 0450 12300 !",
        "we at moyaitrading co",
        "Ｍｏｙａｉ Ｔｒａｄｉｎｇ rules",
    ],
)
def test_words_about_its_owner_are_refused(password: str) -> None:
    """Given the login id, the code or the company in it, when judged, then refused."""
    with pytest.raises(PasswordNamesItsOwner):
        judge_password(password, ABOUT, BLOCKED)


def test_short_words_may_stand_anywhere() -> None:
    """Given a company name of two letters, when they stand in a sentence, then it is good."""
    judge_password("about a cabin by the sea", ABOUT, BLOCKED)


@pytest.mark.attack("S14")
@pytest.mark.parametrize(
    "password",
    [
        "aaaaaaaaaaaaaaa",
        "abcabcabcabcabc",
        "abcabcabcabcabcab",
        "12345678 12345678",
        "345678901234567",
        "zyxwvutsrqponmlkj",
        "qwertyuiopqwerty",
        "poiuytrewqpoiuyt",
    ],
)
def test_one_unit_again_and_again_is_refused(password: str) -> None:
    """Given one unit repeated or a row of keys, when judged, then refused."""
    with pytest.raises(PasswordRepeats):
        judge_password(password, ABOUT, BLOCKED)


def test_the_list_is_long_enough() -> None:
    """Given the shipped list, when counted, then it has 3 000 passwords that could be chosen."""
    blocked = blocked_passwords()

    assert len(blocked) >= 3000
    assert all(15 <= len(it) <= 128 and it == it.casefold() for it in blocked)
