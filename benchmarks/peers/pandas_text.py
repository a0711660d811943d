"""Arrow-backed pandas series: how text is tidied and read, and what a good identifier satisfies. No feed here."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

STRING = pd.ArrowDtype(pa.string())
DAY = pd.ArrowDtype(pa.date32())
COUNT = pd.ArrowDtype(pa.int64())
MONEY = pd.ArrowDtype(pa.decimal128(24, 6))
FLAG = pd.ArrowDtype(pa.bool_())

_CREDIT = {letter: value for value, letter in enumerate("0123456789ABCDEFGHJKLMNPQRTUWXY")}
_CREDIT_WEIGHTS = np.array([1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28, 1])
_ORGANISATION = {letter: value for value, letter in enumerate("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ")}
_ORGANISATION_WEIGHTS = np.array([3, 7, 9, 10, 5, 8, 4, 2, 1])


def series(values: pa.Array | pa.ChunkedArray, index: pd.Index) -> pd.Series:
    """An Arrow array as a series of its own type."""
    return pd.Series(pd.array(values, dtype=pd.ArrowDtype(values.type)), index=index)


def arrow(values: pd.Series) -> pa.ChunkedArray:
    """A series' Arrow array, without a copy."""
    return pa.chunked_array([pa.array(values, from_pandas=True)])


def tidy(text: pd.Series) -> pd.Series:
    """Without outer white space and zero-width characters."""
    return text.str.replace("[\u200b\ufeff]", "", regex=True).str.strip()


def narrow(text: pd.Series) -> pd.Series:
    """Tidied, in NFKC form."""
    return tidy(text.str.normalize("NFKC"))


def present(text: pd.Series, *nulls: str) -> pd.Series:
    """Nothing where the department writes that there is nothing."""
    return text.mask(text.isin(["", *nulls]))


def spelt(text: pd.Series) -> pd.Series:
    """An identifier in capitals, without inner spaces and hyphens."""
    return text.str.upper().str.replace(r"[\s-]", "", regex=True)


def squeezed(text: pd.Series) -> pd.Series:
    """A name with single spaces."""
    return text.str.replace(r"[\s\x{3000}]+", " ", regex=True)


def extracted(text: pd.Series, pattern: str) -> pd.Series:
    """The part called `it` of a pattern, nothing where the pattern is not met or the part is empty."""
    found = pc.struct_field(pc.extract_regex(arrow(text), pattern), "it")
    return present(series(found, text.index))


def taken(text: pd.Series, pattern: str) -> pd.Series:
    """The part that is meant; text from which nothing can be taken stays whole."""
    return extracted(text, pattern).fillna(text)


def money(text: pd.Series, size: int) -> pd.Series:
    """Amounts of `size` standard units; nothing where the text is no amount."""
    is_amount = text.str.contains(r"^[+-]?(?:\d{1,18}|\d{1,3}(?:,\d{3}){1,5})(?:\.\d{1,6})?$")
    amounts = arrow(text.where(is_amount).str.replace(",", "", regex=False)).cast(pa.decimal128(24, 6))
    sized = pc.multiply(amounts, pa.scalar(size, pa.int32()).cast(pa.decimal128(10, 0))) if size != 1 else amounts
    return series(sized.cast(pa.decimal128(24, 6)), text.index)


def count(text: pd.Series) -> pd.Series:
    """Whole numbers; nothing where the text is none."""
    return text.where(text.str.contains(r"^\d{1,10}$")).astype(COUNT)


def day(text: pd.Series, pattern: str, form: str) -> pd.Series:
    """Days that exist; nothing for the others."""
    read = pd.to_datetime(text.where(text.str.contains(pattern)).astype(object), format=form, errors="coerce")
    return series(pa.array(read.astype("datetime64[s]"), from_pandas=True).cast(pa.date32()), text.index)


def excel_day(text: pd.Series) -> pd.Series:
    """Excel's serial days, counted from 1899-12-30; nothing where the text is none."""
    serial = arrow(text.where(text.str.contains(r"^\d{2,6}(?:\.0+)?$"))).cast(pa.float64()).cast(pa.int32())
    since_1970 = pc.subtract(serial, pa.scalar((date(1970, 1, 1) - date(1899, 12, 30)).days, pa.int32()))
    return series(since_1970.cast(pa.date32()), text.index)


def is_mangled(text: pd.Series) -> pd.Series:
    """What a spreadsheet makes of eighteen digits."""
    return text.str.contains(r"^\d(?:\.\d+)?E\+?\d+$")


def is_credit_code(text: pd.Series) -> pd.Series:
    """GB 32100-2015."""
    return _agrees(text, r"^[0-9A-HJ-NPQRTUWXY]{18}$", _CREDIT, _CREDIT_WEIGHTS, 31)


def is_organisation_code(text: pd.Series) -> pd.Series:
    """GB 11714-1997; an X stands for ten."""
    plain = text.str.contains(r"^[0-9A-Z]{8}[0-9X]$")
    values = _digits(text[plain], _ORGANISATION, 9)
    values[:, 8] = np.where(values[:, 8] > 9, 10, values[:, 8])
    return _marked(text, plain, values @ _ORGANISATION_WEIGHTS % 11 == 0)


def _agrees(text: pd.Series, form: str, values: dict[str, int], weights: np.ndarray, modulus: int) -> pd.Series:
    plain = text.str.contains(form)
    return _marked(text, plain, _digits(text[plain], values, len(weights)) @ weights % modulus == 0)


def _digits(text: pd.Series, values: dict[str, int], length: int) -> np.ndarray:
    """The values of each text's characters, a row a text."""
    table = np.zeros(128, dtype=np.int64)
    table[[ord(letter) for letter in values]] = list(values.values())
    characters = np.frombuffer("".join(text).encode(), dtype=np.uint8).reshape(-1, length)
    return table[characters]


def _marked(text: pd.Series, where: pd.Series, holds: np.ndarray) -> pd.Series:
    marked = np.zeros(len(text), dtype=bool)
    marked[where.to_numpy(dtype=bool, na_value=False)] = holds
    return pd.Series(marked, index=text.index)


def filled_up(rows: pd.DataFrame, types: dict[str, pd.ArrowDtype]) -> pd.DataFrame:
    """The columns of `types`, those that `rows` does not have empty."""
    nothing = {name: pd.Series(pd.NA, index=rows.index, dtype=kind) for name, kind in types.items() if name not in rows}
    return rows.assign(**nothing)[list(types)]
