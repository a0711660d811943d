"""What the portal shows of the ledger: one part for all counties, in which none is named, and one a county."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import polars as pl

from pipelines.ledger.use import standing, unused
from schemas.ledger import UNUSED_DAYS, Catalogued, Common, Like, Own, Used

_MOST, _LIKES = 20, 60
_ASKED = ("feed", "product", "product column", "dictionary", "department")


def common(
    resources: pl.DataFrame, use: pl.DataFrame, likeness: pl.DataFrame, entries: pl.DataFrame, portals: dict[str, str],
    on: date,
) -> Common:  # fmt: skip
    """The ledger as every county may see it: counts, most used, unused, near-duplicates, foreign catalogues."""
    stood = standing(resources, use, _ASKED)
    counts = {str(kind): rows for kind, rows in resources.group_by("kind").len().sort("kind").iter_rows()}
    return Common(
        as_of=on.isoformat(),
        counts={kind: rows for kind, rows in counts.items() if kind not in ("grant", "subscriber")}
        | {"entry": entries.height, "likeness": likeness.height},
        most=tuple(_used(stood.filter(pl.col("times") > 0).head(_MOST))),
        least=tuple(_used(unused(stood, on, UNUSED_DAYS))),
        likes=tuple(_likes(_best(likeness), _called(resources, entries))),
        catalogues=tuple(_catalogues(entries, likeness, portals)),
    )


def own(resources: pl.DataFrame, use: pl.DataFrame) -> Iterator[Own]:
    """Each county that has used anything, with what it used."""
    for (county,), rows in use.group_by("county", maintain_order=True):
        columns, feeds = (
            tuple(_used(standing(resources, rows, kinds).filter(pl.col("times") > 0)))
            for kinds in (("product column", "own"), ("feed",))
        )
        yield Own(county=str(county), columns=columns, feeds=feeds)


def _used(rows: pl.DataFrame) -> Iterator[Used]:
    for each in rows.iter_rows(named=True):
        last = each["last"].isoformat() if each["last"] else None
        yield Used(resource=each["resource"], kind=each["kind"], title=each["title"], times=each["times"],
                   counties=each["counties"], last=last)  # fmt: skip


def _called(resources: pl.DataFrame, entries: pl.DataFrame) -> dict[str, str]:
    """What a resource or an entry is called: its title, and where it is from."""
    wholes = dict(resources.select("resource", "title").iter_rows())
    own = {
        name: f"{wholes[of]}·{title}" if of in wholes else title
        for name, title, of in resources.select("resource", "title", "part_of").iter_rows()
    }
    listed = entries.select(
        "entry", pl.format("{}（{}，{}）", "title", pl.col("office_name").fill_null("未列部门"), "catalogue")
    )
    return own | dict(listed.iter_rows())


def _best(likeness: pl.DataFrame) -> pl.DataFrame:
    """The highest pairs of each relation, so that no relation hides another."""
    return likeness.filter(pl.int_range(pl.len()).over("relation") < _LIKES).sort("relation", maintain_order=True)


def _likes(likeness: pl.DataFrame, called: dict[str, str]) -> Iterator[Like]:
    for left, right, score, relation, evidence in likeness.iter_rows():
        yield Like(left=called[left], right=called[right], score=round(score, 2), relation=relation, evidence=evidence)


def _catalogues(entries: pl.DataFrame, likeness: pl.DataFrame, portals: dict[str, str]) -> Iterator[Catalogued]:
    near = pl.concat([likeness["left"], likeness["right"]]).unique().implode()
    told = entries.group_by("catalogue").agg(
        pl.len().alias("entries"), (pl.col("listings") - 1).sum().alias("again"),
        pl.col("entry").is_in(near).sum().alias("alike"),
    ).sort("catalogue")  # fmt: skip
    for name, count, again, alike in told.iter_rows():
        yield Catalogued(
            catalogue=str(name), title=portals.get(str(name), str(name)), entries=count, again=again, alike=alike
        )
