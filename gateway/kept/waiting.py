"""What waits until a webhook has received it: noted once, claimed by one process, tried again. Sends nothing."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Engine, RowMapping, Table, and_, delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from gateway.kept.database import BREACHES, NOTICES

# After each failure so many seconds go by; after the last it is given up and told as such.
WAITS = (60, 300, 1_800, 7_200, 43_200, 86_400)
# While one process sends something the others leave it alone for so long.
_CLAIMED = 60
_ENDED = "the grant has ended"
_WHAT = {BREACHES: "that a promise of {product} is broken", NOTICES: "version {version} of {product}"}


def note(engine: Engine, table: Table, some: Sequence[Mapping[str, Any]]) -> int:
    """Write down what is to be sent, how much; none where another process writes it just now."""
    try:
        with engine.begin() as connection:
            for each in some:
                connection.execute(insert(table).values(each))
    except IntegrityError:
        return 0
    return len(some)


def waiting(engine: Engine, table: Table) -> Sequence[RowMapping]:
    """What is due, in the order in which it was noted."""
    columns, now = table.c, int(time.time())
    due = and_(columns.sent.is_(None), columns.due <= now, columns.tries <= len(WAITS))
    with engine.connect() as connection:
        return connection.execute(select(table).where(due).order_by(columns.id)).mappings().all()


def claim(engine: Engine, table: Table, row: RowMapping) -> bool:
    """Take what is due for this process; whether none other has."""
    columns = table.c
    mine = update(table).where(columns.id == row["id"], columns.due == row["due"], columns.sent.is_(None))
    with engine.begin() as connection:
        return connection.execute(mine.values(due=int(time.time()) + _CLAIMED)).rowcount == 1


def settle(engine: Engine, table: Table, row: RowMapping, error: str) -> None:
    """Write down that it was received, or why not and when it is tried again."""
    now, tries = int(time.time()), row["tries"]
    waits = WAITS[min(tries, len(WAITS) - 1)]
    values = {"error": error, "tries": tries + 1, "due": now + waits} if error else {"sent": now, "tries": tries + 1}
    _write(engine, table, row, values)


def give_up(engine: Engine, table: Table, row: RowMapping) -> None:
    """Write down that it is not sent any more, as the grant has ended."""
    _write(engine, table, row, {"error": _ENDED, "tries": len(WAITS) + 1, "due": int(time.time())})


def forget(engine: Engine, table: Table) -> None:
    """Know nothing more of what was given up with its grant, so that under another it is noted anew."""
    with engine.begin() as connection:
        connection.execute(delete(table).where(table.c.error == _ENDED))


def _write(engine: Engine, table: Table, row: RowMapping, values: Mapping[str, Any]) -> None:
    with engine.begin() as connection:
        connection.execute(update(table).where(table.c.id == row["id"]).values(values))


def not_received(engine: Engine) -> dict[int, str]:
    """What became of what was tried last, by webhook, of those that did not receive it."""
    return {row["webhook"]: _in_words(what, row) for table, what in _WHAT.items() for row in _failed(engine, table)}


def _failed(engine: Engine, table: Table) -> Sequence[RowMapping]:
    columns = table.c
    last = select(func.max(columns.id)).where(columns.tries > 0).group_by(columns.webhook)
    with engine.connect() as connection:
        return connection.execute(select(table).where(columns.id.in_(last), columns.sent.is_(None))).mappings().all()


def _in_words(what: str, row: RowMapping) -> str:
    return f"{what.format(**row)} was not received ({row['error']}); tried {row['tries']} of {len(WAITS) + 1} times"
