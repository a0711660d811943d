"""Whether a product may be released at all: feeds are here, codes are known, the contract steps enough."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from pipelines.dictionary import Mappings
from pipelines.disk.fused_grounds import fused_grounds
from pipelines.few import few
from pipelines.gather import Gathered, NotReady, coverage, newest, stamps
from pipelines.meaning.admissions import admitted
from pipelines.promises.promised import too_small
from pipelines.promises.row_levels import row_levels
from pipelines.promises.steps import Grown
from pipelines.releasing.step_back import step_back, still_read
from schemas.admission import COVERAGE_RULE
from schemas.contract import CodeList, Contract, contract_of, lists_named_by
from schemas.entity import Entity
from schemas.manifest import Broken, Held, Index, Input
from schemas.odcs import Written
from schemas.product import Product

# By which of several feeds a fused value is told; what else of mappings/ is edited reaches what is fused by its feeds.
_RANKS = "authority"


def promise_of(product: type[Product], lists: Mapping[str, CodeList]) -> Written:
    """The contract that a product is released under. Raises NotReady where a code list of its columns has no row."""
    unknown = [name for name in lists_named_by(product) if name not in lists]
    if unknown:
        raise NotReady(
            f"{product.title} ({product.key}): no row of mappings/lists/{unknown[0]}.csv is known. What is released "
            "stays served. Append its rows; where KNOWN= names a day, take one on which they were known."
        )
    return Written(contract_of(product, lists, row_levels(product)))


def refuse_without(product: type[Product], gathered: Iterable[Gathered]) -> None:
    """Raise NotReady where a feed that the product needs has not arrived."""
    for each in gathered:
        if each.feed.key in product.needs and each.absence is not None:
            raise NotReady(
                f"{product.title} ({product.key}) needs {each.feed.title} ({each.feed.key}): {each.absence.reason}. "
                "What is released stays served."
            )


def refuse_below_floor(product: type[Product], gathered: Sequence[Gathered], mappings: Mappings) -> None:
    """Raise NotReady where codes of a feed are known too little."""
    if (below := below_floor(product, gathered, mappings)) is not None:
        raise NotReady(below.words)


def below_floor(product: type[Product], gathered: Sequence[Gathered], mappings: Mappings) -> Held | None:
    """What holds a product back of which codes are known too little.

    A feed that is missing is told; one whose codes are half unknown would pass half its rows off as the whole.
    """
    as_of = newest(gathered).isoformat()
    for each in coverage([one for feed in gathered for one in feed.used]):
        column, floor = f"{each.feed}.{each.column}", product.coverage_floor
        subject = f"{column}/{as_of}"
        let_in = COVERAGE_RULE in admitted(mappings, product.key, subject)
        if each.share < floor and not let_in:
            words = (
                f"{product.title} ({product.key}): only {each.mapped:,} of {each.values:,} values ({each.share:.1%}) "
                f"of {column} met a dictionary row, {floor:.0%} are promised. "
                "What is released stays served. See the codes and add their rows: make mapping-gaps. If it is meant: "
                f"make admit SCOPE={product.key} SUBJECT={subject} RULE={COVERAGE_RULE} BY=… REASON=…"
            )
            return Held(words=words, broken=(Broken(rule=COVERAGE_RULE, of=column, found=each.share, expected=floor),))
    return None


def refuse_earlier_day(
    product: type[Product], gathered: Sequence[Gathered], served: Index | None, mappings: Mappings
) -> None:
    """A home that lacks what the release served rests on would take it back, as if the departments had.

    Asked of the feeds that the product still rests on.
    """
    as_of, feeds = newest(gathered).isoformat(), {each.feed.key for each in gathered}
    rested = still_read(served.inputs, feeds) if served else []
    if (back := step_back(product.key, as_of, rested, mappings)) is not None:
        raise NotReady(
            f"{product.title} ({product.key}): the newest delivery in use here is of {as_of}, and the release that is "
            f"served is of {back.served_day}. It rests on {_lacking(rested, gathered)}. The last release stays served. "
            "Put into the inbox what has not landed here and run again; what was stopped at the door: make admit. If "
            f"the earlier day is meant: {back.admission}"
        )


def _lacking(rested: Iterable[Input], gathered: Iterable[Gathered]) -> str:
    """The deliveries that a release rests on and that are not in use here."""
    used = {(each.feed.key, one.delivery.as_of, one.delivery.sha256) for each in gathered for one in each.used}
    names = [f"{each.feed}/{each.file} of {each.as_of} ({each.sha256[:12]})"
             for each in rested if (each.feed, each.as_of, each.sha256) not in used]  # fmt: skip
    return f"{few(names)}, not in use here"


def refuse_unfused(
    product: type[Product], entity: type[Entity], gathered: Iterable[Gathered], mappings: Mappings, home: Path
) -> None:
    """What is fused of other deliveries, or by other ranks, would be released as resting on those of now."""
    feeds = [each for each in gathered if each.feed in entity.feeds()]
    fused_from, named = fused_grounds(entity, home), tuple(f"feed/{each.feed.key}/" for each in feeds)
    was = fused_from.grounds if fused_from else {}
    stamped = {name: stamp for name, stamp in was.items() if name.startswith(named)}
    newer = [
        f"{feed} has been standardised"
        for feed in sorted({name.split("/")[1] for name, _ in stamped.items() ^ stamps(feeds).items()})
    ]
    if fused_from and was.get(_RANKS) != mappings.fingerprints[_RANKS]:
        newer.append("mappings/authority.csv has been edited")
    if newer:
        raise NotReady(
            f"{product.title} ({product.key}): {', '.join(newer)} since {entity.key} was fused: "
            f"materialize fused/{entity.key} first. What is released stays served."
        )


def refuse_small_step(promise: Written, standing: Iterable[Contract], log: Path, has_grown: Grown) -> None:
    """One contract for all counties without their own: where any stands under one that it breaks, none is released."""
    refusal = too_small(promise.contract, list(dict.fromkeys(standing)), log, has_grown)
    if refusal is not None:
        raise NotReady(refusal)
