"""How two contracts of a product differ, and the least version step that each difference asks. Reads no file."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import IntEnum

from schemas.contract import CodeList, Contract, Promise

# Whether a code list of the earlier contract is the beginning of the one of now, which only the rows of now can tell.
Grown = Callable[[CodeList], bool]


class Step(IntEnum):
    """How far a version must move: not at all, in its third, second or first number."""

    NONE = 0
    PATCH = 1
    MINOR = 2
    MAJOR = 3


@dataclass(frozen=True)
class Difference:
    """One difference in words, its step, and the columns that it concerns; none: the product as a whole.

    What `comes_by_itself` is brought by a list that grew or a feed that was added: it is told, and no version has to
    be written for it, because a code, a place or a feed must need no edit elsewhere.
    """

    step: Step
    words: str
    columns: tuple[str, ...] = ()
    comes_by_itself: bool = False


def _has_grown(_: CodeList) -> bool:
    """Where rows are not asked, as once the step has been found great enough: count and day say it."""
    return True


def differences(before: Contract, after: Contract, has_grown: Grown = _has_grown) -> list[Difference]:
    """Every difference between two contracts of one product, the gravest first.

    Raises ValueError for contracts of two products.
    """
    if before.product != after.product:
        raise ValueError(f"{before.product} and {after.product} are two products; compare contracts of one.")
    differing = [*_of_product(before, after), *_of_levels(before, after), *_of_row_levels(before, after),
            *_of_feeds(before, after), *_of_lists(before, after, has_grown), *_of_columns(before, after)]  # fmt: skip
    return sorted(differing, key=lambda each: -each.step)


def least_step(differences: list[Difference]) -> Step:
    """The least step that a version must take for these differences."""
    return max((each.step for each in differences if not each.comes_by_itself), default=Step.NONE)


def is_promised_anew(before: Contract, after: Contract, has_grown: Grown = _has_grown) -> bool:
    """Whether what is promised has changed otherwise than by itself: a county's product is then released anew."""
    return before.version != after.version or least_step(differences(before, after, has_grown)) > Step.NONE


def opens_a_line(before: Contract, after: Contract) -> bool:
    """Whether a version line begins anew, with nothing before it: the first number of the version has changed."""
    return numbers(before.version)[0] != numbers(after.version)[0]


def least_version(before: Contract, after: Contract, has_grown: Grown = _has_grown) -> str:
    """The least version that the later contract may bear."""
    major, minor, patch = numbers(before.version)
    match least_step(differences(before, after, has_grown)):
        case Step.MAJOR:
            return f"{major + 1}.0.0"
        case Step.MINOR:
            return f"{major}.{minor + 1}.0"
        case Step.PATCH:
            return f"{major}.{minor}.{patch + 1}"
        case _:
            return before.version


def is_too_small(before: Contract, after: Contract, has_grown: Grown = _has_grown) -> bool:
    """Whether the later contract's version moves less than its differences ask, or back."""
    return numbers(after.version) < numbers(least_version(before, after, has_grown))


def numbers(version: str) -> tuple[int, int, int]:
    """A version's three numbers. Raises ValueError for anything else."""
    parts = version.split(".")
    if len(parts) != 3 or not all(part.isascii() and part.isdigit() for part in parts):
        raise ValueError(f"version '{version}': expected three numbers, such as 1.0.0")
    return int(parts[0]), int(parts[1]), int(parts[2])


# What is said of the whole product, and the step where it has changed in any way.
_PLAIN: tuple[tuple[str, str, Callable[[Contract], object], Step], ...] = (
    ("title", "标题", lambda each: each.title, Step.PATCH),
    ("description", "说明", lambda each: each.description, Step.PATCH),
    ("catalogue code", "目录编码", lambda each: each.catalogue_code, Step.MAJOR),
    ("entity", "实体", lambda each: each.entity, Step.MAJOR),
    ("identifier", "标识列", lambda each: each.identifier, Step.MAJOR),
    ("key", "主键", lambda each: each.grain, Step.MAJOR),
    ("row level", "行分级列", lambda each: each.row_level, Step.MAJOR),
    ("sharing type", "共享类型", lambda each: each.sharing, Step.MAJOR),
    ("sensitivity scheme", "分级标准", lambda each: each.scheme, Step.MAJOR),
)  # fmt: skip


# What is a number of which less, or more, is a weaker promise.
_MEASURED: tuple[tuple[str, str, Callable[[Contract], float], int], ...] = (
    ("freshness in days", "时效", lambda each: each.fresh_within_days, -1),
    ("update cycle in days", "更新周期", lambda each: each.every_days, -1),
    ("coverage floor", "对照覆盖率下限", lambda each: each.coverage_floor, 1),
    ("may lose most of its rows at once", "允许骤减", lambda each: each.may_fall, -1),
)


def _of_product(before: Contract, after: Contract) -> Iterator[Difference]:
    for name, title, said, step in _PLAIN:
        if said(before) != said(after):
            yield Difference(step, f"{name} ({title}): {said(before)} → {said(after)}")
    for name, title, said, sense in _MEASURED:
        gained = (said(after) - said(before)) * sense
        if gained:
            word, step = ("tighter", Step.MINOR) if gained > 0 else ("looser", Step.MAJOR)
            yield Difference(step, f"{name} ({title}): {said(before)} → {said(after)}, {word}")


def _of_levels(before: Contract, after: Contract) -> Iterator[Difference]:
    """A view that opens above all others takes nothing and shows nothing new to anybody who reads a lower one."""
    for level in sorted(set(before.levels) - set(after.levels)):
        yield Difference(Step.MAJOR, f"view {level} goes")
    for level in sorted(set(after.levels) - set(before.levels)):
        step = Step.MINOR if level > max(before.levels) else Step.MAJOR
        yield Difference(step, f"view {level} comes")


def _of_row_levels(before: Contract, after: Contract) -> Iterator[Difference]:
    """A level that moves shows rows to others, or takes them from who reads.

    Contracts of before they were promised have none: all counties are to stand under one that has them.
    """
    old, new = ({each.of: each.level for each in one.row_levels} for one in (before, after))
    if new and not old:
        yield Difference(Step.MINOR, f"row levels (行分级) are promised: {_levels(new)}")
    elif old and not new:
        yield Difference(Step.MAJOR, f"row levels (行分级) are promised no more: {_levels(old)}")
    else:
        yield from _of_level_each(old, new)


def _of_level_each(old: Mapping[str, str], new: Mapping[str, str]) -> Iterator[Difference]:
    """What comes or goes brings or takes rows of its own: an indicator and a policy need no edit elsewhere."""
    for name in sorted(name for name in old.keys() & new.keys() if old[name] != new[name]):
        yield Difference(Step.MAJOR, f"row level (行分级) of {name}: {old[name]} → {new[name]}")
    for there, others, word in ((old, new, "go"), (new, old, "come")):
        if moved := {name: there[name] for name in there.keys() - others.keys()}:
            yield Difference(Step.MINOR, f"row levels (行分级) {word}: {_levels(moved)}", comes_by_itself=True)


def _levels(levels: Mapping[str, str]) -> str:
    return ", ".join(f"{name} {levels[name]}" for name in sorted(levels))


def _of_feeds(before: Contract, after: Contract) -> Iterator[Difference]:
    for feed in sorted(set(before.needs) - set(after.needs)):
        yield Difference(Step.MAJOR, f"is released without {feed} too")
    for feed in sorted(set(after.needs) - set(before.needs)):
        yield Difference(Step.MINOR, f"is not released without {feed} any more")
    if before.needs != after.needs and sorted(before.needs) == sorted(after.needs):
        yield Difference(Step.PATCH, f"needed feeds in another order: {', '.join(after.needs)}")
    old, new = ({each.key: each.title for each in one.departments} for one in (before, after))
    for key in sorted(old.keys() - new.keys()):
        yield Difference(Step.MAJOR, f"source department {key} ({old[key]}) goes")
    for key in sorted(new.keys() - old.keys()):
        yield Difference(Step.MINOR, f"source department {key} ({new[key]}) comes", comes_by_itself=True)
    for key in sorted(key for key in old.keys() & new.keys() if old[key] != new[key]):
        yield Difference(Step.PATCH, f"source department {key}: {old[key]} → {new[key]}", comes_by_itself=True)


def _of_lists(before: Contract, after: Contract, has_grown: Grown) -> Iterator[Difference]:
    """Lists that both name; a list that a column takes or leaves is that column's difference."""
    new = {each.name: each for each in after.lists}
    for old in before.lists:
        if old.name in new and new[old.name] != old:
            coded = tuple(each.name for each in after.columns if each.code_list == old.name)
            yield _of_list(old, new[old.name], coded, has_grown)


def _of_list(old: CodeList, new: CodeList, columns: tuple[str, ...], has_grown: Grown) -> Difference:
    """A list is append-only: more rows behind those of then is a list that grew, all else one that is another."""
    told = f"code list {old.name}: {old.rows} rows of {old.version} → {new.rows} rows of {new.version}"
    if new.rows > old.rows and new.version >= old.version and has_grown(old):
        return Difference(Step.MINOR, f"{told}, it only grew", columns, comes_by_itself=True)
    return Difference(Step.MAJOR, f"{told}, codes went, mean something else or stand behind new ones", columns)


def _of_columns(before: Contract, after: Contract) -> Iterator[Difference]:
    old, new = ({each.name: each for each in one.columns} for one in (before, after))
    renamed = _renames([old[name] for name in old if name not in new], [new[name] for name in new if name not in old])
    for name in (name for name in old if name not in new):
        yield _gone(old[name], renamed.get(name))
    for name in (name for name in new if name not in old and name not in renamed.values()):
        yield Difference(Step.MINOR, f"column {name} ({new[name].title}) comes", (name,))
    for name in (name for name in old if name in new):
        yield from _of_column(old[name], new[name])
    kept = [name for name in old if name in new]
    if kept != [name for name in new if name in old]:
        yield Difference(Step.MAJOR, "columns stand in another order", tuple(kept))


def _gone(column: Promise, renamed: str | None) -> Difference:
    what = f"is renamed {renamed}" if renamed else "goes"
    return Difference(Step.MAJOR, f"column {column.name} ({column.title}) {what}", (column.name,))


def _renames(gone: list[Promise], came: list[Promise]) -> dict[str, str]:
    """Columns that went and came under another name: alike in all but it, or in title and type, each the only one."""
    for alike in (_all_but_name, _title_and_type):
        pairs = {each.name: [one.name for one in came if alike(one) == alike(each)] for each in gone}
        taken = [name for names in pairs.values() for name in names]
        found = {old: names[0] for old, names in pairs.items() if len(names) == 1 and taken.count(names[0]) == 1}
        if found:
            rest = _renames([each for each in gone if each.name not in found],
                            [each for each in came if each.name not in found.values()])  # fmt: skip
            return found | rest
    return {}


def _all_but_name(column: Promise) -> object:
    return column.model_copy(update={"name": ""})


def _title_and_type(column: Promise) -> object:
    return (column.title, column.type)


# What is said of a column, and the step where it has changed in any way.
_SAID: tuple[tuple[str, str, Step], ...] = (
    ("title", "标题", Step.PATCH),
    ("own", "本县自定", Step.PATCH),
    ("kind", "语义类型", Step.MAJOR),
    ("type", "类型", Step.MAJOR),
    ("unit", "计量单位", Step.MAJOR),
    ("code_list", "代码表", Step.MAJOR),
    ("meaning", "口径", Step.MAJOR),
    ("level", "分级", Step.MAJOR),
    ("key", "主键位置", Step.MAJOR),
)


def _of_column(old: Promise, new: Promise) -> Iterator[Difference]:
    for name, title, step in _SAID:
        before, after = getattr(old, name), getattr(new, name)
        if before != after:
            yield Difference(step, f"column {old.name}, {name} ({title}): {before} → {after}", (old.name,))
    if old.required and not new.required:
        yield Difference(Step.MAJOR, f"column {old.name} may be empty", (old.name,))
    if new.required and not old.required:
        yield Difference(Step.MINOR, f"column {old.name} is never empty any more", (old.name,))
    yield from _of_rules(old, new)


def _of_rules(old: Promise, new: Promise) -> Iterator[Difference]:
    """A rule that goes lets values in that nobody reckons with; one that comes keeps some out."""
    before, after = ({rule.name: rule.expected for rule in one.rules} for one in (old, new))
    for rule in sorted(before.keys() - after.keys()):
        yield Difference(Step.MAJOR, f"column {old.name}: the rule {rule} ({before[rule]}) goes", (old.name,))
    for rule in sorted(after.keys() - before.keys()):
        yield Difference(Step.MINOR, f"column {old.name}: the rule {rule} ({after[rule]}) comes", (old.name,))
    for rule in sorted(rule for rule in before.keys() & after.keys() if before[rule] != after[rule]):
        words = f"column {old.name}: the rule {rule} expects {after[rule]} instead of {before[rule]}"
        yield Difference(Step.MAJOR, words, (old.name,))
