"""Names are found however they are typed."""

from hypothesis import given
from hypothesis import strategies as st

from services.buyers.domain.search import search_key


def test_width_case_and_kana_make_no_difference() -> None:
    """Given a name in three spellings, when they are folded, then they are one key."""
    spellings = ["ＳＩＡＭ バルブ", "siam ﾊﾞﾙﾌﾞ", "Siam  ばるぶ"]

    keys = {search_key(name) for name in spellings}

    assert keys == {"siam バルブ"}


@given(st.text(max_size=40))
def test_a_key_is_its_own_key(name: str) -> None:
    """Given any name, when its key is folded again, then nothing changes."""
    key = search_key(name)

    assert search_key(key) == key
