"""What policy_matches tells of a verdict that waits: each datum and each department once."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from pipelines.dictionary import current
from pipelines.policies import listed
from pipelines.policies.read import policies
from pipelines.products import policy_matches
from pipelines.tags.catalogue import whole
from schemas.product import all_products
from tests.products.given import given, made

MATCHES = all_products()["policy_matches"]
ASKED = {"all": [{"tag": "joint_stock"}, {"column": "age_years", "at_least": "1年"}]}
VERSION = {"since": date(2025, 1, 1), "source": "编造", "clause": "第一条", "object": {"tag": "alive"},
           "condition": ASKED, "content": "无", "method": "无"}  # fmt: skip


def test_a_department_is_named_once_and_by_itself(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The type is the word of two departments, and of one of them the day of registration is too."""
    document = {"title": "编造", "issued_by": "某局", "versions": [VERSION]}
    read = policies({Path("made_up.yaml"): document}, whole(), current())
    for module in (listed, policy_matches):
        monkeypatch.setattr(module, "all_policies", lambda: read)
    monkeypatch.setattr(policy_matches, "asked_tags", whole)
    tables = given(MATCHES, Path(__file__).parent / MATCHES.key)
    unknown = {"enterprise_type": pl.lit(None, pl.String), "registered": pl.lit(None, pl.Date), "status": pl.lit("1")}
    said = made(MATCHES, tables | {"enterprise": tables["enterprise"].with_columns(**unknown)}, tmp_path)
    assert said["lacks"].unique().to_list() == ["企业类型代码;存续年限"]
    assert said["departments"].unique().to_list() == ["国家税务总局浙江省税务局;浙江省市场监督管理局"]
