"""What the tables of mappings/ look like: columns, the rules that each must hold, and what no two rows share."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date

import polars as pl

from schemas.admission import COVERAGE_RULE, EARLIER_RULE, FALL_RULE, OF_DELIVERIES, OF_RELEASES
from schemas.china import today
from schemas.entity import all_entities
from schemas.feed import all_feeds
from schemas.kinds import Rule, narrowed
from schemas.objection import VERDICTS
from schemas.product import all_products
from schemas.typed import UNSAID


@dataclass(frozen=True)
class Table:
    """One kind of CSV file: its columns in order, each with its rules, and the columns that no two rows share."""

    columns: dict[str, tuple[Rule, ...]]
    key: tuple[str, ...]


def _form(pattern: str) -> Callable[[pl.Expr], pl.Expr]:
    return lambda text: text.str.contains(pattern)


def _is_day(text: pl.Expr) -> pl.Expr:
    is_whole = text.str.contains(r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$")
    told = text.str.to_date("%Y-%m-%d", strict=False)
    return is_whole & told.is_between(date.min, date.max).fill_null(value=False)


# Signs of control and format, such as the mark of direction (U+200E) that comes with copied text.
_UNSEEN = r"\p{Cc}|\p{Cf}"


def _is_neat(text: pl.Expr) -> pl.Expr:
    return ~text.str.contains(r"^\s|\s$|[\r\n]")


def _among(words: Callable[[], Iterable[str]]) -> Callable[[pl.Expr], pl.Expr]:
    return lambda text: text.is_in(sorted(words()))


def _attributes() -> set[str]:
    return {"*", *(name for entity in all_entities().values() for name in entity.attributes)}


def _describes(text: pl.Expr) -> pl.Expr:
    """Whether a feed describes the entity that the row names."""
    pairs = [f"{each.key}\n{feed.key}" for each in all_entities().values() for feed in each.feeds() if feed.describes]
    return pl.concat_str("entity", text, separator="\n").is_in(pairs)


def _is_header(text: pl.Expr) -> pl.Expr:
    """Whether it is a header of the feed that the row names."""
    headers = [f"{key}\n{header}" for key, feed in sorted(all_feeds().items()) for header in feed.headers()]
    return pl.concat_str("feed", text, separator="\n").is_in(headers)


def _is_plain(text: pl.Expr) -> pl.Expr:
    return (text == narrowed(text)) & ~text.str.contains(rf"\s|{_UNSEEN}")


def _of_scope(
    of_feed: Callable[[pl.Expr], pl.Expr], of_product: Callable[[pl.Expr], pl.Expr]
) -> Callable[[pl.Expr], pl.Expr]:
    """One condition where the row's scope is a feed, another where it is a product."""

    def holds(text: pl.Expr) -> pl.Expr:
        is_feed = pl.col("scope").is_in(sorted(all_feeds()))
        return pl.when(is_feed).then(of_feed(text)).otherwise(of_product(text))

    return holds


# How each rule that holds a release names it.
_A_DAY = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
_RELEASES = rf"^(?:{FALL_RULE} 33[0-9]{{4}}|{COVERAGE_RULE} \w+\.\w+|{EARLIER_RULE} {_A_DAY})/{_A_DAY}$"


def _names_release(text: pl.Expr) -> pl.Expr:
    """Whether a subject is named as its rule has it; what no rule of releases says is another column's matter."""
    rule, (before, after) = pl.col("rule"), (text.str.splitn("/", 2).struct[at] for at in range(2))
    is_formed = pl.concat_str(rule, text, separator=" ").str.contains(_RELEASES)
    is_meant = (
        pl.when(rule == COVERAGE_RULE).then(before.is_in(_coded()))
        .when(rule == EARLIER_RULE).then(after < before)
        .otherwise(statement=True)
    )  # fmt: skip
    return ~rule.is_in(OF_RELEASES) | (is_formed & is_meant)


def _coded() -> list[str]:
    """The columns whose codes dictionaries cover, each as `tax_registration.status`."""
    feeds = all_feeds().values()
    return [f"{feed.key}.{name}" for feed in feeds for name, each in feed.columns.items() if each.kind.code_list]


DAY = Rule("day", "a day that exists, written yyyy-mm-dd", _is_day)
APPENDED = Rule(
    "append_only",
    "a day not earlier than that of any row above: rows are appended, never put between",
    lambda text: text >= text.cum_max(),
)
COME = Rule(
    "come",
    "a day that has come: nothing is known before, and no row of a right day could be appended behind it",
    lambda text: text <= today().isoformat(),
)
FILLED = Rule("filled", "a text that is not empty", lambda text: text.str.strip_chars() != "")
# What stands in printed rows where a person is to write a document.
UNSTATED = "待补：依据文件"
STATED = Rule(
    "stated",
    f"a document that says so, in place of {UNSTATED}, <basis>, <复函> or {UNSAID} as it is printed",
    lambda text: FILLED.holds(text) & ~text.str.contains(f"<basis>|<复函>|{UNSTATED}|^{UNSAID}$"),
)
SIGNED = Rule("signed", f"who says so, in place of {UNSAID} as it is printed", lambda text: text != UNSAID)
WRITTEN = Rule(
    "written",
    "the text as the department would write it, in place of what stands in <>",
    lambda text: ~text.str.contains("^<.*>$"),
)
COUNTY = Rule("county", "a six-digit division code that begins with 33", _form(r"^33[0-9]{4}$"))
COUNTIES = Rule("counties", "six-digit division codes joined by ;", _form(r"^33[0-9]{4}(?:;33[0-9]{4})*$"))
TOWN = Rule("town", "a nine-digit town code that begins with 33", _form(r"^33[0-9]{7}$"))
WHOLE = Rule("whole", "a whole number, 1 or more", _form(r"^[1-9][0-9]*$"))
# The kinds of change after which the old code is no more, unless it is given again.
ENDING = ("recode", "merge", "split", "split_rest")
CHANGE = Rule(
    "change",
    "recode, rename, merge, split, split_rest or partial",
    lambda text: text.is_in([*ENDING, "rename", "partial"]),
)
LEADS = Rule(
    "leads",
    "of a rename the code itself, of every other kind another one: who gets a new code is recoded",
    lambda text: (text == pl.col("from_code")) == (pl.col("kind") == "rename"),
)
NEAT = Rule("neat", "a text on one line, without white space around it", _is_neat)
AS_READ = Rule(
    "as_read",
    "the code as it is read, its digits, letters and brackets half-width: any other meets no value",
    lambda text: text == narrowed(text),
)
PLACE = Rule(
    "place",
    "a name as addresses are read, half-width, without white space and unseen signs: no address is met by any other",
    _is_plain,
)
# Statistics have farms, zones and new towns among the towns: 红山农场, 围垦区, 月湖新城, 环杭州湾创新中心.
_A_TOWN = r"\p{Han}+(?:街道|镇|乡|场|区|城|中心)"
TOWNS = Rule(
    "towns",
    "names of towns joined by a half-width ; without white space, each ending in 街道, 镇, 乡, 场, 区, 城 or 中心",
    _form(rf"^(?:{_A_TOWN}(?:;{_A_TOWN})*)?$"),
)
ENTITY = Rule("entity", "an entity that schemas/entities declares", _among(all_entities))
ATTRIBUTE = Rule("attribute", "an attribute of an entity, or * for all of them", _among(_attributes))
FEED = Rule("feed", "a feed that schemas/feeds declares", _among(all_feeds))
DESCRIBES = Rule("describes", "a feed that describes the entity: of any other no word is fused", _describes)
HEADER = Rule("header", "a source column of that feed, as its file in schemas/feeds names it", _is_header)
SCOPE = Rule(
    "scope",
    "a feed that schemas/feeds declares, or a product that schemas/products does",
    _among(lambda: {*all_feeds(), *all_products()}),
)
SUBJECT = Rule(
    "subject",
    "of a feed a delivery's sha256 or its first 12 digits or more, in small letters; of a product for "
    f"{FALL_RULE} 330110/2026-07-01, for {COVERAGE_RULE} a feed's column of codes, tax_registration.status/2026-07-01, "
    f"for {EARLIER_RULE} the later day first, 2026-07-02/2026-07-01",
    _of_scope(_form(r"^[0-9a-f]{12,64}$"), _names_release),
)
ADMITTED = Rule(
    "admitted",
    f"of a feed one of {', '.join(OF_DELIVERIES)}; of a product {' or '.join(OF_RELEASES)}",
    _of_scope(lambda text: text.is_in(OF_DELIVERIES), lambda text: text.is_in(OF_RELEASES)),
)
VERDICT = Rule("verdict", "accepted, declined or withdrawn", lambda text: text.is_in(VERDICTS))
FREE: tuple[Rule, ...] = ()
# Places are read by the newest map, whatever day a row is of.
BEGUN = Rule(
    "begun",
    "a day not after the row's `known`: a place row holds at once, so append it on its day",
    lambda text: text <= pl.col("known"),
)
LATIN = Rule("latin", "lower-case letters, digits and _, such as valid_until", _form(r"^[a-z][a-z0-9_]*$"))

_SINCE = {"since": (DAY,)}
_BEGUN = {"since": (DAY, BEGUN)}
_KNOWN = {"known": (DAY, COME, APPENDED), "basis": (STATED,)}

LIST = Table(
    {"code": (FILLED, NEAT), "name": (FILLED, NEAT), "parent": FREE, "level": (WHOLE,), **_KNOWN}, key=("code",)
)
# An empty standard is an answer: the basis says why no code of the list is certain.
DICTIONARY = Table(
    {"source": (FILLED, NEAT), "code": (FILLED, NEAT, AS_READ), "standard": (NEAT,), **_SINCE, **_KNOWN},
    key=("source", "code", "since", "known"),
)
DIVISIONS = Table(
    {"code": (COUNTY,), "name": (FILLED, PLACE), "city": (FILLED, PLACE), **_BEGUN, **_KNOWN},
    key=("code", "since", "known"),
)
CHANGES = Table(
    {**_BEGUN, "kind": (CHANGE,), "from_code": (COUNTY,), "to_code": (COUNTY, LEADS), "towns": (TOWNS,), **_KNOWN},
    key=("since", "from_code", "to_code", "known"),
)
TOWNSHIPS = Table(
    {"code": (TOWN,), "name": (FILLED, PLACE), "county": (COUNTY,), **_BEGUN, **_KNOWN},
    key=("code", "name", "since", "known"),
)
ZONES = Table(
    {"name": (FILLED, PLACE), "city": (FILLED, PLACE), "county": (COUNTIES,), **_BEGUN, **_KNOWN},
    key=("name", "city", "since", "known"),
)
ROADS = Table(
    {
        "city": (FILLED, PLACE),
        "road": (FILLED, PLACE),
        "county": (COUNTY,),
        "rows": (WHOLE,),
        **_BEGUN,
        **_KNOWN,
    },
    key=("city", "road", "county", "known"),
)
AUTHORITY = Table(
    {"entity": (ENTITY,), "column": (ATTRIBUTE,), "source": (FEED, DESCRIBES), "rank": (WHOLE,), **_SINCE, **_KNOWN},
    key=("entity", "column", "source", "since", "known"),
)
# `key` and `old` are what the department wrote, with all its blanks.
CORRECTIONS = Table(
    {"feed": (FEED,), "key": (FILLED,), "column": (HEADER,), "old": FREE, "new": (NEAT, WRITTEN), **_SINCE, **_KNOWN},
    key=("feed", "key", "column", "old", "since", "known"),
)
VOCABULARY = Table(
    {
        "name": (FILLED, NEAT), "meaning": (LATIN,), "kind": (LATIN,), "code_list": (NEAT,), "source": (FILLED, NEAT),
        **_KNOWN,
    },
    key=("name", "meaning", "source"),
)  # fmt: skip
ADMISSIONS = Table(
    {"scope": (SCOPE,), "subject": (SUBJECT,), "rule": (ADMITTED,), "by": (FILLED, NEAT, SIGNED), **_KNOWN},
    key=("scope", "subject", "rule"),
)
# The last word on an objection: a county that holds to it raises another.
ANSWERS = Table(
    {"objection": (FILLED, NEAT), "verdict": (VERDICT,), "by": (FILLED, SIGNED), **_KNOWN}, key=("objection",)
)
