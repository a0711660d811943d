"""Why a county's newest data are held back, in Chinese, by the rules that the index says they break."""

from __future__ import annotations

from schemas.admission import COVERAGE_RULE, FALL_RULE
from schemas.manifest import (
    CONTRACT_RULE,
    FILE_RULE,
    MANIFEST_RULE,
    MISSING_RULE,
    OVERLAY_RULE,
    PIN_RULE,
    REPEATED_RULE,
    Broken,
    IndexLine,
)

_SENTENCES = {
    FALL_RULE: "行数由 {expected:,} 行骤减为 {found:,} 行",
    COVERAGE_RULE: "代码列 {of} 的对照表覆盖率为 {found:.1%}，低于承诺的 {expected:.0%}",
    MISSING_RULE: "列 {of} 有 {found:,} 行缺值",
    REPEATED_RULE: "主键 {of} 有 {found:,} 行重复",
    PIN_RULE: "本县的个性化叠加固定在契约第 {found} 主版本，通用核心已升级",
    OVERLAY_RULE: "本县的个性化叠加文件有误",
    CONTRACT_RULE: "省里保存的数据契约缺失或受损",
    MANIFEST_RULE: "省里保存的版本清单缺失或受损",
    FILE_RULE: "省里保存的数据文件缺失或受损",
}
# Of a column's own rules, which its kind names.
_RULE = "列 {of} 有 {found:,} 行不合规则 {rule}"


def in_chinese(line: IndexLine) -> str:
    """The reasons for a county; an index of before rules were told in it has the province's words alone."""
    if not line.broken:
        return f"省里的记录为“{(line.held or '').split(';')[0]}”"
    return "；".join(map(_sentence, line.broken))


def _sentence(broken: Broken) -> str:
    return _SENTENCES.get(broken.rule, _RULE).format(**broken.model_dump())
