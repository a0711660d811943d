"""The pages that a county reads: what it has, how fresh and how good it is, what columns mean, how to connect."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Any

from fastapi import Query, Response
from fastapi.responses import RedirectResponse

from gateway.kept.objections import shown
from gateway.kept.requests import requests_of
from gateway.portal.entrance import Signed, Signing, rooms
from gateway.portal.history import history, versions
from gateway.portal.holdings import ended, holdings, level_of, own, titles
from gateway.portal.page import GUARDS, page, part
from gateway.portal.pictures import sight
from gateway.portal.snippets import snippets
from gateway.portal.workbook import fits
from gateway.refused import unknown
from gateway.supply import promise
from gateway.supply.causes import CHANGES, in_words, unchanged
from gateway.supply.counted import counted
from gateway.supply.named import beside, codes
from gateway.supply.released import lines
from gateway.supply.standing import Stands, stands
from schemas.contract import Contract
from schemas.manifest import Manifest

router = rooms()
# Which page of the list.
At = Annotated[str, Query(alias="page")]
_LATEST, _COLUMNS, _CODES, _COVERAGE = 8, 25, 50, 15


def context(who: Signed, here: str) -> dict[str, Any]:
    """What every page is told: who looks, where, and what its forms carry."""
    recipient = who.who.recipient
    return {"here": here, "county": recipient.county, "county_name": _name(who), "office": recipient.name,
            "csrf": who.proof, "until": who.who.token.expires}  # fmt: skip


def _name(who: Signed) -> str:
    """What the county is called, from any of its releases; its code before the first one."""
    manifests = [each.manifest for each in holdings(who.at, who.who) if each.manifest]
    return manifests[0].county_name if manifests else who.who.recipient.county


@router.get("")
def overview(who: Signing) -> Response:
    """What I may have, what waits and what has ended."""
    have = holdings(who.at, who.who)
    manifests = [each.manifest for each in have if each.manifest]
    objections = shown(who.at.engine, who.who.recipient.county, who.who.grants, manifests)
    waits = [each for each in objections if each.state is None or each.state.state == "open"]
    supply = who.at.settings.supply
    late = {each.product: sum(bool(one.late) for one in _fresh(each, stands(supply, each))) for each in manifests}
    rows = {each.grant.product: counted(supply, each.manifest, each.grant.level).rows for each in have if each.manifest}
    pending = [each for each in requests_of(who.at.engine, who.who.recipient.id) if each.state == "pending"]
    return page("overview.html", **context(who, "overview"), holdings=have, late=late, rows=rows,
                ended=ended(who.at, who.who), titles=titles(who.at, who.who), objections=len(waits),
                requests=len(pending))  # fmt: skip


def _fresh(manifest: Manifest, here: Stands) -> list[promise.Fresh]:
    return promise.freshness(manifest, here.behind, promise.now())


@router.get("/products/{product}")
def show_product(who: Signing, product: str, coverage: str = "1", releases: str = "1") -> Response:
    """A picture, freshness against the promise, the last releases with their causes, quality and coverage."""
    grant, manifest, promised = own(who.at, who.who, product)
    supply = who.at.settings.supply
    here, past = stands(supply, manifest), versions(supply, lines(supply, manifest.county, product))
    those = part(past, releases, _LATEST, "releases")
    return page(
        "product.html", **context(who, "overview"), grant=grant, manifest=manifest, view=level_of(manifest, grant),
        rows=counted(supply, manifest, grant.level).rows,
        held=here.held, sight=sight(who.at, grant, manifest, promised), today=promise.now().date(),
        fresh=_fresh(manifest, here), checked=max((each.as_of for each in here.behind), default=manifest.as_of),
        releases=replace(those, items=history(supply, those.items, past, grant.level)),
        coverage=part(manifest.coverage, coverage, _COVERAGE, "coverage"),
        changes=CHANGES, in_words=in_words, unchanged=unchanged, names=promise.titles(),
        titles=promise.attributes() | {each.name: each.title for each in promised.columns},
        disputed=sorted(manifest.disputed.items(), key=lambda each: (-each[1], each[0]))[:10],
    )  # fmt: skip


@router.get("/products/{product}/columns")
def show_columns(who: Signing, product: str, q: str = "", at: At = "1") -> Response:
    """The dictionary of columns, from the published contract."""
    grant, manifest, promised = own(who.at, who.who, product)
    mine = [each for each in promised.columns if grant.allows(each.level)]
    above = [each.level for each in promised.columns if not grant.allows(each.level)]
    words = q.strip()[:50]
    matches = [each for each in mine if words in f"{each.name} {each.title} {each.meaning}"]
    return page("columns.html", **context(who, "columns"), manifest=manifest, contract=promised, grant=grant, q=words,
                columns=part(matches, at, _COLUMNS, q=words), above=above,
                coded=_coded(promised, level_of(manifest, grant)), products=_titles(who))  # fmt: skip


def _coded(promised: Contract, level: str) -> set[str]:
    """The columns of a view that hold codes: of a list, or with names beside them."""
    return {each.name for each in promised.up_to(level) if each.code_list or beside(promised, each.name, level)}


@router.get("/products/{product}/columns/{column}")
def show_codes(who: Signing, product: str, column: str, at: At = "1") -> Response:
    """The codes of a column as they stand in the version that is served, each with what it is called."""
    grant, manifest, promised = own(who.at, who.who, product)
    level = level_of(manifest, grant)
    if column not in _coded(promised, level):
        raise unknown(f"A column of codes {column}")
    names = beside(promised, column, level)
    rows = codes(who.at.settings.supply, manifest, column, names, level).rows()
    who.at.audit.write("codes", recipient=who.who.recipient.id, grant=grant.id, county=manifest.county,
                       product=product, view=level, version=manifest.version,
                       columns=[column, *([names.name] if names else [])])  # fmt: skip
    about = next(each for each in promised.columns if each.name == column)
    edition = next((each for each in promised.lists if each.name == about.code_list), None)
    return page("codes.html", **context(who, "columns"), manifest=manifest, column=about, names=names, edition=edition,
                codes=part(rows, at, _CODES))  # fmt: skip


@router.get("/columns")
def choose_columns(who: Signing) -> Response:
    """To the dictionary of the first product, where its search and pages work, or the sentence that there is none."""
    return _first(who, "columns")


@router.get("/connect")
def choose_connect(who: Signing) -> Response:
    """To how one connects to the first product, or the sentence that there is none."""
    return _first(who, "connect")


def _first(who: Signed, what: str) -> Response:
    have = [each.grant.product for each in holdings(who.at, who.who) if each.manifest]
    if not have:
        return page("nothing.html", **context(who, what))
    return RedirectResponse(f"/portal/products/{have[0]}/{what}", 303, GUARDS)


@router.get("/products/{product}/connect")
def show_connect(who: Signing, product: str) -> Response:
    """How to connect, with this county's own names and this gateway's own address."""
    grant, manifest, promised = own(who.at, who.who, product)
    level = level_of(manifest, grant)
    rows = counted(who.at.settings.supply, manifest, level).rows
    return page("connect.html", **context(who, "connect"), manifest=manifest, grant=grant, rows=rows,
                fits=rows is not None and fits(rows, promised, level),
                snippets=snippets(who.at.settings, manifest, promised, level),
                products=_titles(who))  # fmt: skip


def _titles(who: Signed) -> dict[str, str]:
    """The released products that are granted, by key."""
    return {each.grant.product: each.title for each in holdings(who.at, who.who) if each.manifest}
