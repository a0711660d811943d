"""What is done to a row, and why, as a county reads it."""

from __future__ import annotations

CHANGES = {"insert": "新增", "update": "修改", "delete": "删除"}
_CAUSES = {
    "source": "数源更新", "dictionary": "对照表", "place": "行政区划", "correction": "更正", "authority": "数源优先级",
    "code": "程序", "contract": "数据契约", "objection": "异议",
    "overlay": "个性化叠加",
}  # fmt: skip


def in_words(cause: str) -> str:
    """A cause in Chinese; several that cannot be told apart are joined."""
    return "、".join(_CAUSES.get(each, each) for each in cause.split("+"))


def unchanged(version: int) -> str:
    """What a version brings that changes no row."""
    return "首次发布，没有数据行" if version == 1 else "行无变更，契约、异议状态或其他视图有更新"
