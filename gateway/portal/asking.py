"""The pages on which a county asks: for a grant or its renewal, and that a cell be looked at again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Form, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import RedirectResponse

from gateway.kept.grants import Grant
from gateway.kept.objections import NotTaken, Words, cell, objectable, shown, take
from gateway.kept.requests import ask, requests_of
from gateway.portal.entrance import Sending, Signed, Signing, rooms
from gateway.portal.holdings import ended, holdings, level_of, own, released_here, titles
from gateway.portal.page import GUARDS, page, part
from gateway.portal.reading import At, context
from gateway.supply import promise
from gateway.supply.named import beside
from gateway.supply.terms import terms
from gateway.written import hidden

router = rooms()
_ROWS = 10
_LONGEST_PURPOSE, _LONGEST_CONTACT = 200, 100


@dataclass(frozen=True)
class Wish:
    """What a person fills in to ask for a grant."""

    product: str
    level: str
    purpose: str
    contact: str


@router.get("/grants")
def show_grants(who: Signing, product: str = "", level: str = "", at: At = "1", sent: str = "") -> Response:
    """Every request with its state, and the form for another one, for a renewal filled in."""
    last = _last(who, product)
    wish = Wish(product, level or (last.level if last else ""), last.purpose if last else "", "")
    return _grants(who, wish, at=at, sent=sent)


def _last(who: Signed, product: str) -> Grant | None:
    """The grant of a product that holds, or the last that has ended."""
    gone = (each for each in ended(who.at, who.who) if each.product == product)
    return who.who.grants.get(product) or next(gone, None)


def _grants(who: Signed, wish: Wish, status: int = 200, message: str = "", at: str = "1", sent: str = "") -> Response:
    requests = requests_of(who.at.engine, who.who.recipient.id)
    number = int(sent) if sent.isascii() and sent.isdigit() and len(sent) < 10 else 0
    return page("grants.html", status, **context(who, "grants"), wish=wish, message=message,
                titles=titles(who.at, who.who),
                levels={each.product: list(each.views) for each in released_here(who.at, who.who)},
                requests=part(requests, at, _ROWS), sent=next((each for each in requests if each.id == number), None),
                holdings=holdings(who.at, who.who))  # fmt: skip


@router.post("/grants")
def ask_for_grant(
    who: Sending, product: Annotated[str, Form()] = "", level: Annotated[str, Form()] = "",
    purpose: Annotated[str, Form()] = "", contact: Annotated[str, Form()] = "",
) -> Response:  # fmt: skip
    """Write a request down, or say what is wrong with it."""
    wish = Wish(product, level, purpose.strip(), contact.strip())
    wrong = _wrong(who, wish)
    number = None if wrong else _request_number(who, wish)
    if number is None:
        return _grants(who, wish, 400, wrong or "待答复的申请已达上限。请等待答复后再提交。")
    return RedirectResponse(f"/portal/grants?sent={number}", 303, GUARDS)


def _request_number(who: Signed, wish: Wish) -> int | None:
    """The number of a request that is written down, and in the log; None where too many wait already."""
    recipient = who.who.recipient
    with who.at.engine.begin() as connection:
        number = ask(connection, recipient, wish.product, wish.level, purpose=wish.purpose, contact=wish.contact)
        if number is not None:
            who.at.audit.write("asked for grant", recipient=recipient.id, county=recipient.county, request=number,
                               product=wish.product, view=wish.level, purpose=wish.purpose)  # fmt: skip
    return number


def _wrong(who: Signed, wish: Wish) -> str:
    """What is wrong with a request, and what to do; an empty text where nothing is."""
    levels = {each.product: list(each.views) for each in released_here(who.at, who.who)}
    if wish.product not in levels:
        return "请从列表中选择一个半成品。"
    if wish.level not in levels[wish.product]:
        return f"这个半成品有 {'、'.join(levels[wish.product])} 视图，请选择其中之一。"
    for title, text, most in (("用途", wish.purpose, _LONGEST_PURPOSE), ("联系人", wish.contact, _LONGEST_CONTACT)):
        if not text:
            return f"请填写{title}。"
        if len(text) > most:
            return f"{title}有 {len(text):,} 个字，超过上限 {most} 个字。请缩短后重新提交。"
        if hidden(text):
            return f"{title}含有换行或不可见的控制字符。请重新键入后提交。"
    return ""


@router.get("/objections")
def show_objections(who: Signing, product: str = "", at: At = "1", sent: str = "") -> Response:
    """Every objection with its state and clock, and the form for another one."""
    own_county = {"county": who.who.recipient.county}
    return _objections(who, product, Words(own_county, "", "", "", ""), at=at, sent=sent)


def _objections(
    who: Signed, product: str, words: Words, status: int = 200, message: str = "", at: str = "1", sent: str = ""
) -> Response:  # fmt: skip
    have = {each.grant.product: each for each in holdings(who.at, who.who) if each.manifest}
    product = product if product in have else next(iter(have), "")
    manifests = [each.manifest for each in have.values() if each.manifest]
    listed = shown(who.at.engine, who.who.recipient.county, who.who.grants, manifests)
    return page("objections.html", status, **context(who, "objections"), product=product, words=words, message=message,
                products={key: each.title for key, each in have.items()}, form=_form(who, product) if product else None,
                objections=part(listed, at, _ROWS), sent=next((each for each in listed if each.id == sent), None),
                columns=_column_titles(who, have), today=promise.now().date())  # fmt: skip


def _form(who: Signed, product: str) -> dict[str, Any]:
    """What can be objected to in a product: the columns that are granted, and those that name a row, some in codes."""
    grant, manifest, promised = own(who.at, who.who, product)
    titles, level = {each.name: each.title for each in promised.columns}, level_of(manifest, grant)
    return {"columns": objectable(promised, grant), "grain": {name: titles[name] for name in promised.grain},
            "coded": [name for name in promised.grain if beside(promised, name, level)]}  # fmt: skip


def _column_titles(who: Signed, have: dict[str, Any]) -> dict[tuple[str, str], str]:
    """What columns are called, by product and column."""
    supply = who.at.settings.supply
    return {
        (product, column.name): column.title
        for product, each in have.items()
        for column in terms(supply, each.manifest).columns
    }


@router.post("/objections")
async def raise_objection(who: Sending, request: Request) -> Response:
    """Take an objection in, or say why it is not taken and what to do."""
    form = {name: value for name, value in (await request.form()).items() if isinstance(value, str)}
    return await run_in_threadpool(_raise, who, form)


def _raise(who: Signed, form: dict[str, str]) -> Response:
    product = form.get("product", "")
    grant, manifest, promised = own(who.at, who.who, product)
    key = {name: form.get(f"key.{name}", "").strip() for name in promised.grain}
    written = (form.get(name, "").replace("\r\n", "\n").strip() for name in ("right", "why", "contact"))
    words = Words(key, form.get("column", ""), *written)
    answered = {each.id for each in manifest.objections if each.state != "open"}
    recipient = who.who.recipient
    try:
        objection = cell(who.at.settings.supply, manifest, promised, grant, words, promise.now().date())
        taken = take(who.at.engine, who.at.settings.raised, recipient, objection, answered)
    except NotTaken as not_taken:
        return _objections(who, product, words, 400, str(not_taken))
    who.at.audit.write("objected", recipient=recipient.id, county=recipient.county, product=product,
                       objection=taken.id, column=taken.column)  # fmt: skip
    return RedirectResponse(f"/portal/objections?product={product}&sent={taken.id}", 303, GUARDS)
