"""The first day: a province of made enterprises, or of a real register's, and every feed's first delivery."""

from __future__ import annotations

import shutil
from pathlib import Path

import polars as pl

from demo import base, enterprises, feeds
from demo.deliver import Delivery, deliver, keep_places
from demo.draws import Dice
from demo.feeds import market_regulation_enterprise as market
from demo.feeds.form import Form
from demo.truth import CHUNK, Province, Table, write_province
from demo.vocabulary import World

_FIRST = enterprises.FIRST_DAY


def begin(out: Path, count: int, seed: int, world: World, names: tuple[str, ...] = ()) -> dict[Path, int]:
    """Make `count` enterprises and write the feeds' deliveries of the first day, or of these feeds; rows by file."""
    if count < 1:
        raise ValueError(f"{count} enterprises are none; ask for at least one.")
    forms = feeds.named(names)
    _clear(out)
    table = Table(out / "truth" / "enterprises.parquet")
    for first in range(0, count, CHUNK):
        table.append(enterprises.found(first, min(first + CHUNK, count), Dice(seed), world, _FIRST))
    table.close()
    write_province(out / "truth", Province(seed, base=False, next_number=count, feeds=names))
    return _delivered(out, forms, seed, world)


def begin_on(register: Path, out: Path, seed: int, world: World, names: tuple[str, ...] = ()) -> dict[Path, int]:
    """The same about the enterprises of a real register, whose files are copied byte for byte."""
    forms = feeds.named(names)
    _clear(out)
    base.copy(register, out / "inbox" / market.FORM.feed)
    real = base.enterprises(register, Dice(seed), world, _FIRST)
    table = Table(out / "truth" / "enterprises.parquet")
    for first in range(0, real.height, CHUNK):
        table.append(real.slice(first, CHUNK))
    table.close()
    write_province(out / "truth", Province(seed, base=True, next_number=real.height, feeds=names))
    return _delivered(out, tuple(form for form in forms if form is not market.FORM), seed, world)


def _delivered(out: Path, forms: tuple[Form, ...], seed: int, world: World) -> dict[Path, int]:
    keep_places(out, world)
    return deliver(out, [Delivery(form, _FIRST, pl.lit(value=True)) for form in forms], Dice(seed))


def _clear(out: Path) -> None:
    """Take away an earlier province of this folder. Raises ValueError where something else is in the way."""
    if (out / "inbox").exists() and not (out / "truth" / "province.json").exists():
        raise ValueError(f"{out}/inbox was not written by the demo; name another folder.")
    for part in ("inbox", "truth"):
        shutil.rmtree(out / part, ignore_errors=True)
        (out / part).mkdir(parents=True)
