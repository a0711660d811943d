"""A process that turns Vega-Lite into SVG: a line of JSON in, a line of JSON out. It ends with who asks, or unasked.

A process of its own, because drawing holds the interpreter for tens of milliseconds, and seconds the first time.
"""

from __future__ import annotations

import json
import select
import sys
from typing import Any, TextIO

# After so long without a question the memory is given back.
_IDLE_SECONDS = 300


def svg(spec: dict[str, Any]) -> str:
    """A specification as SVG that needs no script and no other host."""
    import vl_convert

    return vl_convert.vegalite_to_svg(spec, allowed_base_urls=[])


def _answers(questions: TextIO, answers: TextIO) -> None:
    while select.select([questions], [], [], _IDLE_SECONDS)[0]:
        line = questions.readline()
        if not line:
            return
        answers.write(json.dumps(_answer(line)) + "\n")
        answers.flush()


def _answer(line: str) -> dict[str, str]:
    try:
        return {"svg": svg(json.loads(line))}
    except ValueError as fault:
        return {"fault": str(fault)}


if __name__ == "__main__":
    _answers(sys.stdin, sys.stdout)
