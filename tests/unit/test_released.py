"""What the gateway takes for released: versions up to the one that the pointer names, whatever else lies there."""

from __future__ import annotations

from pathlib import Path

import pytest

from gateway.refused import Refused
from gateway.supply.released import lines, released, served
from schemas.manifest import canonical, manifest_file
from tests.manifests import manifest

COUNTY, PRODUCT = "330110", "enterprise_mirror"


def test_what_a_release_lays_down_before_its_pointer_moves_is_nobodys(tmp_path: Path) -> None:
    folder = tmp_path / COUNTY / PRODUCT
    manifest_file(folder, 1).parent.mkdir(parents=True)
    for version in (1, 2, 3):
        manifest_file(folder, version).write_bytes(canonical(manifest(version=version)))
    (folder / "manifest.json").write_bytes(canonical(manifest(version=2)))
    assert served(tmp_path, COUNTY, PRODUCT).version == released(tmp_path, COUNTY, PRODUCT, 2).version == 2
    assert released(tmp_path, COUNTY, PRODUCT, 1).version == 1
    with pytest.raises(Refused, match="Version 3 of enterprise_mirror"):
        released(tmp_path, COUNTY, PRODUCT, 3)
    (line,) = lines(tmp_path, COUNTY, PRODUCT)
    assert [each.version for each in line.moments] == [1, 2]
