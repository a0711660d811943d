"""Changes of who owns, leads and houses an enterprise, its branches and holdings."""

from datetime import date

from schemas.tag import Bands, Family

GOVERNANCE = Family(
    "governance",
    "治理与股权",
    "县市场监督管理局",
    "哪些企业频繁变更，哪些有多家分支或对外投资？",
    date(2026, 7, 1),
    (
        Bands("representative_changes", "representative_changes", "近12个月法定代表人变更", (1, 2)),
        Bands("address_changes", "address_changes", "近12个月住所变更", (1, 2)),
        Bands("shareholder_changes", "shareholder_changes", "近12个月股东变更", (1, 2)),
        Bands("branches", "branches", "分支机构", (1, 5, 20)),
        Bands("investments", "investments", "对外投资企业", (1, 5, 20)),
    ),
)
