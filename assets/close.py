"""`python -m assets.close`: fail the runs that died with the last daemon; the next one's unit and its pod do so first.

Nobody else notices them: Dagster's run monitoring asks no process of the daemon's machine whether it lives, and a run
that is taken to be at work holds up every later one.
"""

from __future__ import annotations

import dagster as dg

from assets.drain import at_work


def close(instance: dg.DagsterInstance) -> None:
    """Tell each run of a daemon that it has failed; only where none is there, as they live no longer than it."""
    for run in at_work(instance):
        instance.report_run_failed(run, "The daemon that it was a process of is gone; a later run takes its place.")
        print(f"Failed {run.run_id}, which died with the daemon", flush=True)


if __name__ == "__main__":
    with dg.DagsterInstance.get() as instance:
        close(instance)
