"""Families worked by hand: a row of a department's data, and the tags that a clerk would tick on it.

Sources of the thresholds:
- 规上限上: the scope of the joint web reporting (国家统计局统计调查制度), 工业、批发 2000万元, 零售 500万元,
  住餐 200万元, 服务业 2000万元、1000万元 or 500万元 by industry;
- three sectors: 三次产业划分规定 as revised in 2018;
- research shares: 国科发火〔2016〕32号 第十一条;
- key users of energy: 重点用能单位节能管理办法, 1万吨标准煤;
- layoffs: the terms of 稳岗返还, 5.5 %, and 20 % up to 30 insured;
- bands without a source are cuts of round numbers, told in their titles.

Money is in yuan; the day of the data is 2026-07-01.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from schemas.tag import all_families
from tests.tags.asking import INDUSTRIES, OF_INDUSTRY, OTHERS, tagged

Row, Said = dict[str, Any], dict[str, Any]
CASES: list[tuple[str, Row, Said]] = [
    ("age", {"registered": date(2026, 6, 15), "age_years": 0},
     {"age_under_1": True, "age_1_to_3": False, "new_30_days": True, "days_since_registered": -16.0}),
    ("age", {"registered": date(2023, 7, 1), "age_years": 3, "started": date(2024, 7, 2)},
     {"age_3_to_5": True, "full_3_years": True, "new_180_days": False, "years_since_started": 1}),
    ("age", {"started": date(2062, 7, 2)}, {"years_since_started": None, "started_under_1": None}),
    ("industry", {"industry": "1353"},
     {"industry_section_c": True, "industry_division_13": True, "industry_group_135": True,
      "industry_section_a": False}),
    ("industry_class", {"industry": "1353"}, {"industry_class_1353": True, "industry_class_1351": False}),
    ("industry_class", {"industry": "13"}, {"industry_class_1353": None, "industry_class_1411": False}),
    ("industry", {"industry": "13"},
     {"industry_section_c": True, "industry_division_13": True, "industry_group_135": None,
      "industry_group_141": False}),
    ("industry", {"industry": None, "industry_section": "C"},
     {"industry_section_c": True, "industry_division_13": None, "industry_division_01": False}),
    ("industry_groups", {"industry": "0511"},
     {"primary_sector": False, "tertiary_sector": True, "secondary_sector": False}),
    ("industry_groups", {"industry": "4330"},
     {"secondary_sector": False, "tertiary_sector": True, "industrial": True, "equipment_making": False}),
    ("industry_groups", {"industry": "3011"},
     {"secondary_sector": True, "energy_intensive": True, "equipment_making": False}),
    ("above_scale", {"industry": "1711", "revenue": 20_000_000, "on_list": False},
     {"industry_above_scale": True, "above_scale": True, "above_but_not_listed": True,
      "close_to_industry_scale": False}),
    ("above_scale", {"industry": "1711", "revenue": 19_999_999, "on_list": True},
     {"industry_above_scale": False, "close_to_industry_scale": True, "listed_but_below": True}),
    ("above_scale", {"industry": "6210", "revenue": 2_000_000},
     {"catering_above_scale": True, "retail_above_scale": False, "services_above_scale": False}),
    ("above_scale", {"industry": "7211", "revenue": 10_000_000}, {"services_above_scale": True}),
    ("above_scale", {"industry": "5431", "revenue": 10_000_000}, {"services_above_scale": False}),
    ("above_scale", {"industry": "7010", "revenue": 90_000_000}, {"services_above_scale": False, "above_scale": False}),
    ("size_class", {"industry": "1711", "insured": 300, "revenue": 20_000_000},
     {"size_by_insured_medium": True, "size_medium": None, "size_large": False}),
    ("revenue", {"revenue": 24_000_000, "revenue_declared": 24_000_000, "revenue_before": 20_000_000,
                 "revenue_before_2": 16_000_000},
     {"revenue_20m_to_100m": True, "revenue_growth_20pct_to_50pct": True, "revenue_growth_5pct_to_20pct": False,
      "revenue_up_2_years": True, "gazelle": True}),
    ("revenue", {"revenue": 20_000_000, "revenue_declared": 30_000_000, "revenue_before": 20_000_000,
                 "revenue_before_2": 10_000_000},
     {"revenue_growth": 0.5, "revenue_growth_from_50pct": True, "gazelle": True}),
    ("tax", {"tax_paid": 500_000, "tax_paid_declared": 600_000, "tax_paid_before": 500_000},
     {"tax_paid_growth": 0.2, "tax_paid_growth_20pct_to_50pct": True}),
    ("tax", {"tax_paid": 3_000_000, "revenue": 60_000_000, "insured": 20, "tax_arrears": 0, "tax_credit_grade": "A"},
     {"tax_burden": 0.05, "tax_burden_5pct_to_10pct": True, "tax_paid_1m_to_5m": True, "tax_per_insured": 150_000.0,
      "in_arrears": False, "tax_credit_a": True, "tax_credit_b": False}),
    ("profit", {"profit": -500_000, "profit_before": 100_000, "revenue_declared": 5_000_000, "assets": 10_000_000,
                "liabilities": 9_000_000},
     {"in_loss": True, "turned_to_loss": True, "loss_2_years": False, "margin": -0.1, "margin_minus_10pct_to_0": True,
      "leverage_85pct_to_100pct": True, "insolvent_on_paper": False}),
    ("employment", {"insured": 80, "insured_before": 100, "insured_before_2": 120, "layoff_rate": 0.055,
                    "insurance_status": "1", "high_skilled": 8},
     {"insured_50_to_100": True, "insured_change": -20.0, "insured_change_minus_50_to_minus_10": True,
      "insured_down_2_years": True, "few_layoffs_large": True, "skilled_share_10pct_to_20pct": True,
      "insurance_status_1": True, "insurance_status_2": False}),
    ("labour_relations", {"wage_defaulter": True, "arbitrations": 3, "labour_grade": "C"},
     {"defaults_on_wages": True, "arbitrations_3_to_10": True, "labour_grade_c": True, "labour_grade_a": False}),
    ("per_mu", {"tax_paid": 3_000_000, "land": 10.0, "per_mu_grade": "A", "per_mu_grade_before": "B"},
     {"tax_per_mu": 300_000.0, "tax_per_mu_300k_to_500k": True, "per_mu_a": True, "per_mu_promoted": True,
      "per_mu_demoted": False}),
    ("per_mu", {"tax_paid": 3_000_000, "land": 0.0}, {"tax_per_mu": None, "tax_per_mu_under_10k": None}),
    ("land", {"land": 20.0, "land_idle": 6.0, "land_leased_out": 0.0, "floor_area_ratio": 1.5},
     {"idle_share": 0.3, "idle_share_30pct_to_50pct": True, "land_let": False,
      "floor_area_ratio_150pct_to_200pct": True}),
    ("electricity", {"electricity": 120_000.0, "electricity_before": 100_000.0, "electricity_month": 0.0,
                     "electricity_month_before": 9_000.0, "revenue": 2_400_000},
     {"electricity_growth_20pct_to_50pct": True, "stopped_this_month": True, "revenue_per_kwh": 20.0,
      "electricity_month_growth": -1.0}),
    ("energy", {"energy": 10_000.0, "output": 500_000_000},
     {"key_energy_user": True, "energy_10k_to_50k": True, "energy_per_output": 0.00002}),
    ("output", {"output": 100_000_000, "value_added": 25_000_000.0, "employees": 100},
     {"output_100m_to_500m": True, "value_added_share_20pct_to_30pct": True, "value_added_per_employee": 250_000.0}),
    ("research", {"revenue_declared": 50_000_000, "research_expense": 2_500_000}, {"research_share_met": True}),
    ("research", {"revenue_declared": 50_000_001, "research_expense": 2_000_001}, {"research_share_met": True}),
    ("research", {"revenue_declared": Decimal("50000000.005"), "research_expense": 2_000_001},
     {"research_share_met": True}),
    ("research", {"revenue_declared": Decimal("200000000.005"), "research_expense": 6_000_001},
     {"research_share_met": True}),
    ("research", {"revenue_declared": 200_000_000, "research_expense": 7_999_999}, {"research_share_met": False}),
    ("research", {"revenue_declared": 200_000_001, "research_expense": 6_000_001}, {"research_share_met": True}),
    ("technology_lists", {"technology_lists": "科技型中小企业;高新技术企业",
                          "technology_valid_until": date(2026, 9, 29)},
     {"high_technology": True, "research_institute": False, "technology_days": 90.0, "technology_ends_soon": True}),
    ("technology_lists", {"technology_lists": None, "technology_valid_until": None},
     {"high_technology": False, "technology_ends_soon": False, "technology_ends_this_half": False}),
    ("technology_lists", {"technology_lists": "高新技术企业", "technology_valid_until": None},
     {"technology_ends_soon": None, "technology_ends_this_half": None}),
    ("technology_lists", {"technology_valid_until": None}, {"technology_ends_soon": None}),
    ("technology_lists", {"technology_lists": "高新技术企业", "technology_valid_until": date(2026, 9, 30)},
     {"technology_ends_soon": False, "technology_ends_this_half": True}),
    ("industry_rolls", {"industry_rolls": "专精特新中小企业;隐形冠军企业", "clusters": "智能电气"},
     {"specialised": True, "little_giant": False, "hidden_champion": True, "cluster_electrical": True}),
    ("other_rolls", {"farming_rolls": "省级农业龙头企业"}, {"farming_leader": True, "farming_leader_national": False}),
    ("type", {"enterprise_type": "1110", "is_branch": False},
     {"type_1000": True, "type_1100": True, "type_1110": True, "type_1200": False, "state_owned": True,
      "independent": True, "foreign_or_overseas": False}),
    ("type", {"enterprise_type": "1100"},
     {"type_1000": True, "type_1100": True, "type_1110": None, "state_owned": None, "joint_stock": False}),
    ("type", {"enterprise_type": "2000"}, {"type_2000": True, "type_2100": None, "type_1100": False}),
    ("type", {"enterprise_type": "4500"},
     {"type_4500": True, "type_4540": None, "partnership_or_sole": None, "state_owned": False, "joint_stock": False}),
    ("type", {"enterprise_type": "4000"}, {"state_owned": None, "partnership_or_sole": None}),
    ("type", {"enterprise_type": "4530"}, {"type_4530": True, "partnership_or_sole": True, "type_4540": False}),
    ("type", {"enterprise_type": "5000"},
     {"type_5000": True, "type_5100": None, "type_5200": None, "joint_stock": None, "partnership_or_sole": None,
      "foreign_or_overseas": True, "cooperative": False}),
    ("type", {"enterprise_type": "9000"}, {"type_9100": None, "cooperative": None, "type_5200": False}),
    ("status", {"status": "5"}, {"status_5": True, "alive": False, "ended": True, "leaving": False}),
    ("capital", {"capital": 5_000_000, "capital_currency": "CNY", "paid_capital": 5_000_000},
     {"capital_5m_to_10m": True, "paid_share": 1.0, "paid_share_from_100pct": True}),
    ("capital", {"capital": 5_000_000, "capital_currency": "USD"},
     {"capital_yuan": None, "capital_5m_to_10m": None, "capital_currency_usd": True}),
    ("licences", {"licences": "食品经营许可证", "food_trade_until": date(2026, 9, 29),
                  "drug_trade_until": date(2026, 5, 1)},
     {"food_trade_held": True, "food_trade_ends_soon": True, "food_trade_lapsed": False, "drug_trade_lapsed": True}),
    ("licences", {"licences": "食品经营许可证", "food_trade_until": date(2026, 9, 30)},
     {"food_trade_ends_soon": False}),
    ("pollution_permits", {"permits": 0, "permit_class": None}, {"permit_any": False, "permit_key": False}),
    ("pollution_permits", {"permits": 2, "permit_class": "1", "permit_valid_until": date(2026, 7, 31)},
     {"permit_several": True, "permit_key": True, "permit_simple": False, "permit_ends_soon": True}),
    ("penalties", {"penalties": 0, "penalties_3_years": 3, "penalties_ecology": 1, "inspections": 5},
     {"penalties_under_1": True, "penalties_3_years_3_to_10": True, "penalised_ecology": True, "clean_record": False,
      "over_inspected": True}),
    ("credit", {"credit_grade": "优秀", "abnormal": False, "seriously_dishonest": False, "dishonest_debtor": False},
     {"credit_excellent": True, "in_good_standing": True}),
    ("credit", {"abnormal": True}, {"in_good_standing": False}),
    ("credit", {"abnormal": False}, {"in_good_standing": None}),
    ("courts", {"enforcements": 1, "enforcement_amount": 1_000_000, "insolvency": False},
     {"enforcements_1_to_3": True, "enforcement_amount_1m_to_10m": True, "is_insolvency": False}),
    ("safety", {"safety_grade": "三级", "hazards_open": 0, "risk_processes": "爆炸性粉尘"},
     {"safety_3": True, "hazards_open_under_1": True, "risk_dust": True, "risk_ammonia": False}),
    ("trade", {"exports": 0, "exports_before": 10_000_000, "imports": 5, "foreign_share": 1.0},
     {"lost_exporter": True, "new_exporter": False, "trade": 5.0, "foreign_share_from_100pct": True}),
    ("finance", {"loans": 0, "tax_paid": 50_000, "listing": "北交所"},
     {"never_borrowed": True, "loans_under_1": True, "listed_beijing": True, "listed_main": False}),
    ("support", {"support": 100_000, "tax_paid": 500_000}, {"support_to_tax": 0.2, "support_100k_to_500k": True}),
    ("construction", {"builder_grade": "一级", "sites": 3}, {"builder_1": True, "sites_3_to_10": True}),
    ("governance", {"address_changes": 2, "branches": 0}, {"address_changes_from_2": True, "branches_under_1": True}),
    ("place", {"county": "330127", "town_name": "千岛湖镇", "town": "330127100", "place_evidence": "code+town"},
     {"mountain_county": True, "in_town": True, "in_street": False, "town_known": True, "placed_by_several": True}),
    ("place", {"place_evidence": "county!code"}, {"placed_by_one": True, "placed_by_several": False}),
    ("place", {"place_evidence": "zone"}, {"placed_by_one": True, "placed_by_several": False}),
    ("place", {"place_evidence": "city!county!town"}, {"placed_by_one": True, "placed_by_several": False}),
    ("place", {"place_evidence": "town+city!code"}, {"placed_by_one": False, "placed_by_several": True}),
    ("disputes", {"disputes": 0}, {"disputes_under_1": True, "undisputed": True}),
    ("coverage", {"revenue": None, "tax_paid": 0, "departments": 3},
     {"has_revenue": False, "has_tax_paid": True, "departments_3_to_5": True}),
    ("warnings", {"status": "1", "insured": 0, "tax_paid": 0}, {"dormant": True, "empty_shell": None}),
    ("warnings", {"status": "1", "insured": 1, "tax_paid": 0}, {"dormant": False, "empty_shell": False}),
]  # fmt: skip


@pytest.mark.parametrize(("family", "row", "expected"), CASES, ids=[f"{at}-{case[0]}" for at, case in enumerate(CASES)])
def test_a_row_bears_the_tags_that_were_worked_by_hand(family: str, row: Row, expected: Said) -> None:
    said = tagged(row, of=INDUSTRIES if family in OF_INDUSTRY else OTHERS).row(0, named=True)
    found = {name: said[name] for name in expected}
    assert {
        name: pytest.approx(value) if isinstance(value, float) else value for name, value in expected.items()
    } == found


def test_every_family_has_a_case() -> None:
    assert {family.key for family in all_families()} - {case[0] for case in CASES} == set()
