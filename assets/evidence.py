"""What is told of a feed beside its assets: counts, deliveries, reasons, examples, coverage. Nothing is judged here."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from assets import versions
from assets.describe import table, words
from assets.landing import Landing
from pipelines.disk.outcome import Outcome
from pipelines.disk.standard import LEFT, standard_paths
from pipelines.disk.tables import batches, read_whole
from pipelines.door.drift import Drift, counted, read_drift
from pipelines.gather import Gathered, coverage
from pipelines.grounds import EDIT
from pipelines.refusal import MOST_SHOWN
from pipelines.words.mended import by_fate
from pipelines.words.placing import placing
from schemas.here import home

MOST_EXAMPLES = 5
MOST_SIGNS = 40
NEWEST = "newest day"
Metadata = dict[str, Any]


def accepted(gathered: Gathered) -> list[Outcome]:
    """The deliveries that were not refused as a whole, oldest first."""
    return [outcome for outcome in gathered.outcomes if outcome.refusal is None]


def landed_version(gathered: Gathered) -> str:
    """The data version of what has landed."""
    return versions.of_words(outcome.delivery.name for outcome in accepted(gathered))


def standard_version(gathered: Gathered) -> str:
    """The data version of the standard rows of the deliveries in use."""
    left = (_folder(outcome) / f"{LEFT}.parquet" for outcome in gathered.used if outcome.stands_on)
    files = (file for outcome in gathered.used for file in standard_paths(outcome, home()))
    return versions.of_files([*files, *left])


def quarantine_version(gathered: Gathered) -> str:
    """The data version of their quarantined rows."""
    folders = (_folder(outcome) for outcome in gathered.used)
    return versions.of_files(file for folder in folders for file in batches(folder / "quarantine.parquet"))


def _folder(outcome: Outcome) -> Path:
    return home() / "standard" / outcome.delivery.feed / outcome.delivery.name


def landed_metadata(landing: Landing, gathered: Gathered) -> Metadata:
    """What has landed, delivery by delivery."""
    deliveries = [outcome.delivery for outcome in gathered.outcomes]
    rows = [[one.file, one.as_of, one.rows, one.malformed, one.size, one.sha256[:16]] for one in deliveries]
    return {
        "dagster/row_count": sum(one.rows for one in deliveries),
        NEWEST: max((one.delivery.as_of for one in accepted(gathered)), default=""),
        "new": words(one.file for one in landing.new),
        "deliveries": table(["file", "as of", "rows", "malformed", "bytes", "sha256"], rows),
        "notices": words(f"{one.file}: {notice}" for one in deliveries for notice in one.notices),
    }


def standard_metadata(gathered: Gathered) -> Metadata:
    """The rows that hold, their day, and each coded column's coverage as a number that Dagster plots."""
    rows = 0 if gathered.current is None else gathered.current.height
    return {
        "dagster/row_count": rows,
        "fate": fate(gathered),
        "as of": gathered.used[-1].delivery.as_of if gathered.used else "—",
        "repaired rows": sum(outcome.repaired for outcome in gathered.used),
        **{f"coverage/{each.column}": each.share for each in coverage(gathered.used)},
        **{f"coverage of codes/{each.column}": each.share_of_codes for each in coverage(gathered.used)},
        **{f"drift/{rule}": count for rule, count in counted(drift for _, drift in drifts(gathered.used)).items()},
        **{f"corrections/{fate}": len(edits) for fate, edits in by_fate(gathered.used).items()},
        "corrections": table(
            ["fate", *EDIT], [[fate, *edit] for fate, edits in by_fate(gathered.used).items() for edit in edits]
        ),
        **(_place_metadata(gathered) if gathered.feed.place and gathered.used else {}),
    }


def _place_metadata(gathered: Gathered) -> Metadata:
    """The share of rows that have a county, as a number that Dagster plots, and by what they were placed."""
    placement = placing(gathered, home())
    return {
        "placed": placement.share,
        "place evidence": table(["evidence", "rows"], placement.by_evidence.rows()),
        "place disputes": table(["evidence that says otherwise", "rows"], placement.otherwise.rows()),
        "not placed": words(f"{rule}: {rows}" for rule, rows in placement.unplaced.items()),
    }


def drifts(outcomes: Iterable[Outcome]) -> list[tuple[Outcome, Drift]]:
    """The deliveries whose drift has been judged, each with it."""
    judged = [(outcome, read_drift(_folder(outcome))) for outcome in outcomes]
    return [(outcome, drift) for outcome, drift in judged if drift is not None]


def drift_metadata(gathered: Gathered) -> Metadata:
    """The verdict on the newest delivery, and the signs of the newest few with their evidence."""
    judged = drifts(gathered.outcomes)
    signs = [
        [one.delivery.file, "admitted" if drift.is_admitted(sign) else sign.verdict, sign.rule, sign.column,
         sign.found, sign.expected]
        for one, drift in reversed(judged) for sign in drift.signs
    ]  # fmt: skip
    verdicts = [[one.delivery.file, drift.verdict, len(drift.signs)] for one, drift in reversed(judged)]
    return {
        "verdict": judged[-1][1].verdict if judged else "—",
        "evidence": table(["file", "verdict", "rule", "column", "found", "expected"], signs[:MOST_SIGNS]),
        "deliveries": table(["file", "verdict", "signs"], verdicts),
    }


def quarantine_metadata(gathered: Gathered) -> Metadata:
    """How many rows are in quarantine, why, and a few of them."""
    return {
        "dagster/row_count": sum(outcome.quarantined for outcome in gathered.used),
        "why": words(f"{rule}: {rows}" for rule, rows in reasons(gathered.used).items()),
        "reasons": table(["column/rule", "rows"], reasons(gathered.used).items()),
        "examples": table(["file", "row", "column", "rule", "found", "expected"], examples(gathered)),
        **{f"rows/{rule}": rows for rule, rows in reasons(gathered.used).items()},
    }


def reasons(outcomes: Iterable[Outcome]) -> dict[str, int]:
    """Rows by `column/rule` over several deliveries, the most frequent first."""
    return _most_frequent(outcome.rules for outcome in outcomes)


def _most_frequent(counts: Iterable[dict[str, int]]) -> dict[str, int]:
    summed = sum(map(Counter, counts), Counter[str]())
    return dict(sorted(summed.items(), key=lambda item: (-item[1], item[0])))


def examples(gathered: Gathered) -> list[tuple[object, ...]]:
    """A few quarantined rows of the newest deliveries, one a rule: file, row, column, rule, found, expected."""
    rows: list[tuple[object, ...]] = []
    for outcome in reversed([one for one in gathered.used if one.quarantined]):
        quarantine = read_whole(_folder(outcome) / "quarantine.parquet", ["row", "reasons"])
        why = (
            quarantine.explode("reasons")
            .unnest("reasons")
            .unique(["column", "rule"], keep="first", maintain_order=True)
        )
        shown = why.with_columns(why["found"].str.slice(0, MOST_SHOWN))
        shown = shown.select("row", "column", "rule", "found", "expected")
        rows += [(outcome.delivery.file, *row) for row in shown.rows()]
        if len(rows) >= MOST_EXAMPLES:
            break
    return rows[:MOST_EXAMPLES]


def fate(gathered: Gathered) -> str:
    """What became of a feed's rows, in one line."""
    if gathered.current is None:
        return f"missing: {gathered.absence.reason if gathered.absence else 'nothing accepted'}"
    used = accepted(gathered)
    why = ", ".join(f"{rule} {rows:,}" for rule, rows in list(reasons(used).items())[:3])
    replaced = superseded(gathered)
    by = ", ".join(f"{rule} {rows:,}" for rule, rows in replaced.items())
    return (
        f"{sum(one.delivery.rows for one in used):,} rows = {gathered.current.height:,} standard"
        f" + {sum(one.quarantined for one in used):,} quarantined{f' ({why})' if why else ''}"
        f" + {sum(replaced.values()):,} superseded{f' ({by})' if by else ''}"
    )


def superseded(gathered: Gathered) -> dict[str, int]:
    """Rows that another row of the same grain replaced, by reason: within a delivery or by a later one."""
    within = _most_frequent(outcome.replaced for outcome in accepted(gathered))
    later = sum(gathered.current.superseded.values()) if gathered.current else 0
    return within | ({"later_delivery": later} if later else {})
