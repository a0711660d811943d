"""How Chinese text sounds, in pinyin without tones: hands that type by sound mistake 鑫 for 新. No matching here."""

from __future__ import annotations

from functools import cache

import polars as pl


def sound(text: pl.Series) -> pl.Series:
    """Each text's syllables, every one closed by a point: 鑫达 and 新达 are both `xin.da.`."""
    characters = text.drop_nulls().str.split("").explode(empty_as_null=False).unique().sort()
    syllables = [_syllable(each) for each in characters]
    return text.str.replace_many(dict(zip(characters, syllables, strict=True))) if syllables else text


@cache
def _syllable(character: str) -> str:
    from pypinyin import lazy_pinyin  # a third of a second, and only needed where names are left over

    return f"{lazy_pinyin(character)[0]}."
