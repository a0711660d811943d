"""What starts work by itself: the nightly job and its schedule, and the sensors for new files and edited mappings."""

import hashlib

import dagster as dg

from assets.dictionaries import mapping_tables, version_of
from assets.home import inbox
from assets.describe import TIMEZONE
from assets.partitions import COUNTIES
from pipelines.dictionary import load
from pipelines.land import arrivals
from schemas.feed import Feed, all_feeds

NIGHTLY = dg.define_asset_job(
    "nightly_release",
    selection=dg.AssetSelection.all(),
    partitions_def=COUNTIES,
    description="落地、翻译、判定、融合、切分、发布：全部数据、全部县",
)

MAPPINGS = dg.define_asset_job(
    "read_mappings", selection=dg.AssetSelection.groups("mappings"), description="重读对照表，使其下游显示为过期"
)


def all_counties_tags() -> dict[str, str]:
    """The tags by which one run takes all counties."""
    keys = COUNTIES.get_partition_keys()
    return {"dagster/asset_partition_range_start": keys[0], "dagster/asset_partition_range_end": keys[-1]}


@dg.schedule(job=NIGHTLY, cron_schedule="30 7 * * *", execution_timezone=TIMEZONE)
def nightly(context: dg.ScheduleEvaluationContext) -> dg.RunRequest:
    """Every morning half an hour after the last daily feed is due. Stopped until someone starts it."""
    return dg.RunRequest(tags=all_counties_tags())


def _arrived(feed: type[Feed]) -> str:
    """A name for what waits in a feed's inbox: it changes with every file that comes or goes."""
    told = ";".join(f"{file.name}:{file.stat().st_size}" for file in arrivals(feed, inbox()))
    return hashlib.sha256(told.encode()).hexdigest()[:16] if told else ""


LANDING = {
    feed.key: dg.define_asset_job(
        f"land_{feed.key}",
        selection=dg.AssetSelection.assets(*(dg.AssetKey([room, feed.key]) for room in ("landed", "standard", "quarantine"))),
        description=f"落地：{feed.title}",
    )
    for feed in all_feeds().values()
}


@dg.sensor(jobs=list(LANDING.values()), minimum_interval_seconds=60)
def new_files(context: dg.SensorEvaluationContext):
    """Land a feed when its inbox has changed; the automation conditions carry the change on. Stopped at first."""
    for feed in all_feeds().values():
        if waiting := _arrived(feed):
            yield dg.RunRequest(run_key=f"{feed.key}:{waiting}", job_name=f"land_{feed.key}")


@dg.sensor(job=MAPPINGS, minimum_interval_seconds=60, default_status=dg.DefaultSensorStatus.RUNNING)
def edited_mappings(context: dg.SensorEvaluationContext):
    """Read mappings again once they have been edited. Running from the start: it only moves data versions."""
    versions = "".join(version_of(*tables) for tables in mapping_tables(load()).values())
    yield dg.RunRequest(run_key=hashlib.sha256(versions.encode()).hexdigest()[:16])


SENSORS = [
    new_files,
    edited_mappings,
    dg.AutomationConditionSensorDefinition(
        "carry_on", target=dg.AssetSelection.groups("entities", "products"), default_status=dg.DefaultSensorStatus.STOPPED
    ),
]
JOBS = [NIGHTLY, MAPPINGS, *LANDING.values()]
SCHEDULES = [nightly]
