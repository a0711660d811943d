"""`python -m gateway COUNTY`: print what one county has on its shelf."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from gateway.shelf import described, shelf


def main() -> int:
    """Print the shelf of the county given; 1 where it is empty."""
    parser = argparse.ArgumentParser(prog="python -m gateway", description="What a county has on its shelf.")
    parser.add_argument("county", help="six-digit county code, such as 330110")
    home = Path(os.environ.get("JUBIAN_HOME", "var/demo"))
    parser.add_argument("--supply", type=Path, default=home / "supply")
    asked = parser.parse_args()
    manifests = shelf(asked.supply, asked.county)
    if not manifests:
        print(f"Nothing is released for {asked.county} below {asked.supply}. Run `make run` first.")
        return 1
    for manifest in manifests:
        print("\n".join(described(asked.supply, manifest)))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
