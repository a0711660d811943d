"""What starts work by itself: the nightly job and its schedule, the sensors for new files and edited mappings.

Only `edited_mappings` runs from the start: it reads small tables and moves data versions, nothing else.
`nightly`, `new_files` and `carry_on` wait until someone starts them in the UI.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import dagster as dg

from assets import versions
from assets.describe import TIMEZONE
from assets.dictionaries import GROUP, mapping_versions
from assets.known import load
from assets.landing import unseen
from assets.partitions import COUNTIES, all_counties
from schemas.feed import Feed, all_feeds

NIGHTLY = dg.define_asset_job(
    "nightly_release",
    selection=dg.AssetSelection.all(),
    partitions_def=COUNTIES,
    description="落地、翻译、判定、融合、切分、发布：全部数据、全部县",
)


@dg.schedule(
    job=NIGHTLY,
    cron_schedule="30 7 * * *",
    execution_timezone=TIMEZONE,
    description="每日清晨全链运行一次：最晚的每日数据应到后半小时。须先启动",
)
def nightly() -> dg.RunRequest:
    """Every morning half an hour after the last daily feed is due. Stopped until someone starts it."""
    return dg.RunRequest(tags=all_counties())


_FEEDS = dg.AssetSelection.groups(*sorted({feed.department for feed in all_feeds().values()}))


@dg.sensor(
    target=_FEEDS,
    minimum_interval_seconds=60,
    description="收件箱（inbox）有新文件时，落地并标准化该归集数据；同一文件只请求一次。须先启动",
)
def new_files() -> Iterator[dg.RunRequest]:
    """Land and standardise a feed when a file waits that no run has looked at. Stopped until someone starts it.

    A file is asked for once as it is: a run that failed before it had looked at it is not asked for again, lest it
    fail every minute. The nightly run takes the file, or whoever runs the feed by hand or writes the file anew.
    """
    for feed in all_feeds().values():
        if files := unseen(feed):
            rooms = [dg.AssetKey([room, feed.key]) for room in ("standard", "quarantine")]
            yield dg.RunRequest(run_key=_run_key(feed, files), asset_selection=rooms)


def _run_key(feed: type[Feed], files: list[Path]) -> str:
    """The same for the same files as they are, so that they are asked for once."""
    signatures = (f"{file.name} {file.stat().st_size} {file.stat().st_ctime_ns}" for file in files)
    return f"{feed.key}:{versions.of_words(signatures)}"


@dg.sensor(
    target=dg.AssetSelection.groups(GROUP),
    minimum_interval_seconds=60,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="mappings/ 有改动时重新读取，使依赖它的资产标为待更新（stale）；只读对照表，不重做数据。默认启动",
)
def edited_mappings(context: dg.SensorEvaluationContext) -> Iterator[dg.RunRequest]:
    """Read edited mappings again, so that what is behind them shows as stale. Runs from the start.

    An edit is asked for once. Where that run failed, nothing shows as stale, and the nightly run takes it.
    """
    now = {key.to_user_string(): version for key, version in mapping_versions(load()).items()}
    before = json.loads(context.cursor) if context.cursor else _materialized(context.instance, now)
    edited = [dg.AssetKey.from_user_string(name) for name, version in now.items() if before.get(name) != version]
    context.update_cursor(json.dumps(now))
    if edited:
        yield dg.RunRequest(asset_selection=edited)


def _materialized(instance: dg.DagsterInstance, names: dict[str, str]) -> dict[str, str | None]:
    return {name: versions.last(instance, dg.AssetKey.from_user_string(name)) for name in names}


CARRY_ON = dg.AutomationConditionSensorDefinition(
    "carry_on",
    target=dg.AssetSelection.all(),
    default_status=dg.DefaultSensorStatus.STOPPED,
    description="把变化带到融合实体与半成品：只在输入数据确有变化时运行。须先启动",
)

JOBS = [NIGHTLY]
SCHEDULES = [nightly]
SENSORS = [new_files, edited_mappings, CARRY_ON]
