"""The county's portal in a real browser without scripts: sign-in, freshness, columns, a grant, an objection."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import polars as pl
import pytest
from playwright.sync_api import Page, expect, sync_playwright

import gateway.supply.promise as promise
from gateway.audit import Audit
from gateway.kept import grants, requests
from gateway.supply.released import served
from pipelines.dictionary import current
from pipelines.ledger.write import make, write
from pipelines.objections.raised import read_objections
from pipelines.publishing.publish import release_product
from schemas.china import CHINA
from schemas.downloads import LOG, SERVED
from schemas.objection import FILE
from schemas.product import all_products
from tests import published
from tests.browser.test_ui import CHROMIUM, FLAGS, picture
from tests.gateway import COUNTY, PRODUCT, SCHEMA
from tests.servers.gateway import Served, serving, told

PATIENCE = 10_000
PHONE, DESK = {"width": 390, "height": 844}, {"width": 1200, "height": 900}
# The evening of the demo's third day.
EVENING = datetime(2026, 7, 2, 20, 0, tzinfo=CHINA)

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed: apt-get install chromium")


@pytest.fixture(scope="module")
def home(three_versions: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three days of the mirror, and the disputes of the last one."""
    mine = shutil.copytree(three_versions, tmp_path_factory.mktemp("portal") / "home")
    release(mine, "data_disputes")
    return mine


def release(home: Path, product: str) -> None:
    raised = read_objections(home / "gateway" / FILE)
    release_product(all_products()[product], current(), home, home / "supply", lambda _: None, [COUNTY], raised)


@pytest.fixture(scope="module")
def gateway(home: Path) -> Iterator[Served]:
    with pytest.MonkeyPatch.context() as patched, serving(told(home / "supply", home / "gateway")) as running:
        patched.setattr(promise, "now", lambda: EVENING)
        yield running


@pytest.fixture(scope="module")
def page(gateway: Served) -> Iterator[Page]:
    """A page that runs no script, and fails at the end where anything was asked of another host."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        page = browser.new_context(viewport=DESK, java_script_enabled=False, locale="zh-CN").new_page()
        page.set_default_timeout(PATIENCE)
        asked, complaints = list[str](), list[str]()
        page.on("request", lambda request: asked.append(request.url))
        page.on("console", lambda message: complaints.append(message.text))
        yield page
        assert [each for each in asked if not each.startswith(gateway.settings.address)] == [] and asked
        assert [each for each in complaints if "favicon" not in each and "status of 40" not in each] == []
        browser.close()


def shown(page: Page, *texts: str) -> None:
    for text in texts:
        expect(page.get_by_text(text).first).to_be_visible()


def test_a_county_signs_in_with_its_profile_file(gateway: Served, page: Page) -> None:
    page.goto(f"{gateway.settings.address}/portal")
    expect(page).to_have_url(f"{gateway.settings.address}/portal/sign-in")
    picture(page, "portal-sign-in")
    profile = gateway.profile(gateway.recipient(COUNTY, "L3", PRODUCT, "data_disputes"))
    page.get_by_label("上传配置文件").set_input_files(profile)
    page.get_by_role("button", name="登录").click()
    shown(page, "余杭区", "企业镜像", "数据争议", "用途", "正常提供", "没有等待答复的异议")
    picture(page, "portal-overview")


def test_a_link_on_another_site_leads_in_and_what_it_sends_signs_nobody_out(gateway: Served, page: Page) -> None:
    portal, elsewhere = f"{gateway.settings.address}/portal", "http://notices.example/"
    there = page.context.new_page()
    body = f'<a href="{portal}">门户</a><form method="post" action="{portal}/sign-out"><button>退出</button></form>'
    there.route(elsewhere, lambda route: route.fulfill(body=body, content_type="text/html; charset=utf-8"))
    there.goto(elsewhere)
    there.get_by_role("link").click()
    expect(there).to_have_url(portal)
    there.goto(elsewhere)
    there.get_by_role("button").click()
    expect(there).to_have_url(f"{portal}/sign-in")
    there.close()
    page.reload()
    expect(page).to_have_url(portal)


def test_freshness_is_told_against_the_promise(page: Page) -> None:
    page.get_by_role("link", name="企业镜像").click()
    shown(page, "时效：与承诺相比", "每日06:00前", "最近一次应于 2026-07-02 06:00 前到达，现有数据时点 2026-07-02。")
    shown(page, "截至 2026-07-02 的批次已核对", "第 2 版", "数源更新", "缺数的数源", "对照表覆盖率")
    page.goto(f"{page.url}#fresh")
    picture(page, "portal-product")
    page.goto(page.url.replace("#fresh", "#quality"))
    picture(page, "portal-quality")


def test_the_picture_of_the_countys_own_snapshot_is_drawn(page: Page) -> None:
    image = page.get_by_alt_text("余杭区：企业，按所在乡镇（街道）与行业门类")
    expect(image).to_be_visible()
    assert image.evaluate("each => each.complete && each.naturalWidth > 500 && each.naturalHeight > 150")
    page.goto(page.url.split("#")[0])
    picture(page, "portal-picture")


def test_the_dictionary_of_columns_is_read_and_searched(page: Page) -> None:
    page.get_by_role("link", name="数据字典").click()
    page.get_by_role("link", name="企业镜像").click()
    shown(page, "统一社会信用代码", "第9至17位", "enterprise_status")
    picture(page, "portal-columns")
    name = page.get_by_role("cell", name="organisation_code", exact=True).locator("code").bounding_box()
    assert name is not None and name["width"] > 3 * name["height"], "the name is broken over several lines"
    page.get_by_role("link", name="enterprise_status").click()
    shown(page, "代码表", "本县没有出现的代码不在此列")
    expect(page.get_by_role("row", name=re.compile(r"^1 .*存续"))).to_be_visible()
    picture(page, "portal-codes")
    page.get_by_role("link", name="数据字典：企业镜像").click()
    page.get_by_label("按列名、名称或口径查找").fill("上一年度")
    page.get_by_role("button", name="查找").click()
    shown(page, "营业收入", "实缴税额")
    expect(page.get_by_text("统计用区划代码")).to_have_count(0)


def test_how_to_connect_has_the_countys_own_names(gateway: Served, page: Page) -> None:
    page.get_by_role("link", name="接入方式").click()
    page.get_by_role("link", name="企业镜像").click()
    shown(page, f"{COUNTY}.{SCHEMA}.L3", f"{gateway.settings.address}/delta-sharing", "Power BI", "Spark", "Excel")
    picture(page, "portal-connect", whole=True)


def test_a_grant_is_asked_for_and_its_answer_is_seen(gateway: Served, page: Page) -> None:
    page.get_by_role("link", name="申请授权").click()
    page.get_by_label("半成品").select_option(PRODUCT)
    page.get_by_label("视图").select_option("L2")
    page.get_by_label("用途").fill("亩均效益评价")
    page.get_by_label("联系人").fill("王工 0571-0000")
    page.get_by_role("button", name="提交申请").click()
    shown(page, "已提交，等待答复", "等待答复")
    ((asked, to),) = requests.pending(gateway.door.engine)
    requests.approve(gateway.door.engine, asked, to, approver="张处", days=365)
    page.reload()
    shown(page, "已批准", "张处")
    picture(page, "portal-grants")
    assert [each.level for each in grants.grants_of(gateway.door.engine, to.id)].count("L2") == 1


def test_an_objection_is_raised_and_seen_with_its_clock(gateway: Served, home: Path, page: Page) -> None:
    manifest = served(home / "supply", COUNTY, PRODUCT)
    rows = published.rows(home / "supply" / COUNTY / PRODUCT, manifest, "L3")
    row = rows.filter(pl.col("revenue").is_not_null()).row(0, named=True)
    page.get_by_role("link", name="异议", exact=True).click()
    page.get_by_label("选择半成品").get_by_role("link", name="企业镜像").click()
    page.get_by_label("统一社会信用代码（主键）").fill(row["credit_code"])
    page.get_by_label("哪一列").select_option("revenue")
    page.get_by_label("您认为正确的值").fill("1234567.50")
    page.get_by_label("理由").fill("企业年报与完税证明（2026-06-28 现场核实）")
    page.get_by_label("联系人").fill("李科 0571-1111")
    page.get_by_role("button", name="提交异议").click()
    shown(page, "已提交", "将随下一次发布转给来源部门")
    release(home, PRODUCT)
    page.reload()
    shown(page, "待答复", "剩 10 天", "1234567.50")
    picture(page, "portal-objections")


def test_the_ledger_shows_own_use_what_is_unused_and_what_there_is_twice(home: Path, page: Page) -> None:
    Audit(home / "gateway" / LOG).write(
        SERVED, recipient=1, grant=1, county=COUNTY, product=PRODUCT, view="L3", version=1, file="snapshot", bytes=9,
        columns=["name", "revenue", "town"],
    )  # fmt: skip
    write(make(home, current()), home)
    page.get_by_role("link", name="资源账本").click()
    shown(page, "账本里有什么", "本县在用", "营业收入", "用得最多", "受益县数", "长期无人使用", "从未", "近似重复")
    picture(page, "portal-ledger")
    page.get_by_label("按名称查找").fill("纳税人")
    page.get_by_role("button", name="查找").click()
    shown(page, "主键重合", "较小一列的值有")


def test_it_is_readable_on_a_phone_and_left_by_signing_out(gateway: Served, page: Page) -> None:
    page.set_viewport_size(PHONE)
    products = f"/portal/products/{PRODUCT}"
    for path in ("/portal", products, f"{products}/columns", "/portal/objections", "/portal/ledger"):
        page.goto(gateway.settings.address + path)
        body = page.locator("main").bounding_box()
        assert body is not None and body["width"] <= PHONE["width"], path
        last = page.get_by_role("navigation", name="主导航").get_by_role("link").last.bounding_box()
        assert last is not None and last["x"] + last["width"] <= PHONE["width"], "a page that nobody finds"
        if path == products:
            words = page.locator("#fresh td").nth(1).bounding_box()
            assert words is not None and words["width"] > 180, "a word or two a line"
            assert words["x"] + words["width"] <= PHONE["width"], "seen only by who swipes"
            page.goto(f"{page.url}#picture")
            picture(page, "portal-picture-phone")
    page.goto(f"{gateway.settings.address}/portal")
    picture(page, "portal-phone")
    page.get_by_role("button", name="退出").click()
    expect(page).to_have_url(f"{gateway.settings.address}/portal/sign-in")
    page.goto(f"{gateway.settings.address}/portal/grants")
    expect(page).to_have_url(f"{gateway.settings.address}/portal/sign-in")
