"""How two spellings of an enterprise's name are brought to one form. No matching here."""

from __future__ import annotations

import polars as pl

from pipelines.dictionary import Mappings, today_counties


def comparable(name: pl.Expr, prefix: str) -> pl.Expr:
    """A name's form for comparison: NFKC, no brackets or spaces, 有限公司 for 有限责任公司, no place in front."""
    plain = name.str.normalize("NFKC").str.to_uppercase().str.replace_all(r"[\s()\[\]【】·.,\-]", "")
    return plain.str.replace("有限责任公司", "有限公司", literal=True).str.replace(prefix, "")


def place_prefix(mappings: Mappings) -> str:
    """A regular expression for the places that may stand in front of a name: 浙江省, 杭州市, 余杭."""
    counties = today_counties(mappings)
    divisions = [*mappings.counties["name"].to_list(), *counties["city"].to_list()]
    shorts = [name[:-1] for name in divisions if len(name) > 2]
    names = sorted({*divisions, *shorts}, key=lambda each: (-len(each), each))
    return rf"^(?:浙江省|浙江)?(?:{'|'.join(names)}){{0,2}}"
