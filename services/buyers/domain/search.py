"""How names are found however they are typed: width, case and kana make no difference."""

import unicodedata

import jaconv


def search_key(text: str) -> str:
    """Fold a name to the form in which names are compared (検索キー).

    Full and half width, upper and lower case, hiragana and katakana become one; runs of spaces
    become a single space.

    Source: API rules on `q` filters.
    """
    folded = unicodedata.normalize("NFKC", text).casefold()
    return " ".join(jaconv.hira2kata(folded).split())
