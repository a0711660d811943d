"""Why a county's newest data is held back, in Chinese, from the words that the index has for the province."""

from __future__ import annotations

import re

_REASONS = (
    (r"rows fell from (\d+) to (\d+)", "行数由 {:,} 行骤减为 {:,} 行"),
    (r"values \((.+?)%\) of (\S+) met a dictionary row, (\d+)%", "代码列 {1} 的对照表覆盖率为 {0}%，低于承诺的 {2}%"),
    (r"^([\w+]+)/missing: (\d+) rows", "列 {} 有 {:,} 行缺值"),
    (r"^([\w+]+)/repeated: (\d+) rows", "主键 {} 有 {:,} 行重复"),
    (r"^([\w+]+)/(\w+): (\d+) rows", "列 {0} 有 {2:,} 行不合规则 {1}"),
    (r"overlay: kept to major version (\d+)", "本县的个性化叠加固定在契约第 {} 主版本，通用核心已升级"),
    (r"overlay: ", "本县的个性化叠加文件有误"),
    (r"contracts/\w+\.yaml: ", "省里保存的数据契约缺失或受损"),
)


def in_chinese(held: str) -> str:
    """The reason for a county; one that has no sentence here is told as it is written, for the province to read."""
    found = ((re.search(pattern, held), sentence) for pattern, sentence in _REASONS)
    told = (sentence.format(*map(_number, match.groups())) for match, sentence in found if match)
    return next(told, f"省里的记录为“{held.split(';')[0]}”")


def _number(text: str) -> int | str:
    return int(text) if text.isdigit() else text
