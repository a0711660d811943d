"""Insured employers: a monthly batch out of the exchange database, as `pg_dump --table` writes one table."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl

from demo.draws import Dice
from demo.feeds.form import Form, words
from demo.vocabulary import INSURANCE_STATES
from demo.writers import TextFile

_COLUMNS = ("dwbh", "dwmc", "zzjgdm", "xzqhmc", "hyml", "cbrs", "jfzt", "sccbny", "pc")
_HEAD = f"""--
-- PostgreSQL database dump
--

-- Dumped from database version 15.6
-- Dumped by pg_dump version 15.6

SET statement_timeout = 0;
SET lock_timeout = 0;
SET idle_in_transaction_session_timeout = 0;
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);
SET check_function_bodies = false;
SET xmloption = content;
SET client_min_messages = warning;
SET row_security = off;

SET default_tablespace = '';

SET default_table_access_method = heap;

--
-- Name: social_security_employer; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.social_security_employer (
    dwbh text NOT NULL,
    dwmc text,
    zzjgdm text,
    xzqhmc text,
    hyml character(1),
    cbrs integer,
    jfzt text,
    sccbny character(6),
    pc character(6) NOT NULL
);


--
-- Data for Name: social_security_employer; Type: TABLE DATA; Schema: public; Owner: -
--

COPY public.social_security_employer ({", ".join(_COLUMNS)}) FROM stdin;
"""
_FOOT = """\\.


--
-- PostgreSQL database dump complete
--

"""


def _rows(truth: pl.DataFrame, dice: Dice, day: date) -> pl.DataFrame:
    code = pl.col("organisation_code")
    hyphened = pl.concat_str(code.str.slice(0, 8), pl.lit("-"), code.str.slice(8))
    in_full = pl.concat_str("city", "county_name")
    return truth.filter(pl.col("in_social") & pl.col("ended").is_null()).with_columns(
        dwbh=pl.concat_str(pl.lit("33"), pl.col("number").cast(pl.String).str.zfill(10)),
        dwmc="name",
        zzjgdm=pl.when(dice.chance("social/old_code", 0.4)).then(hyphened).otherwise("credit_code"),
        xzqhmc=pl.when(dice.chance("social/full_name", 0.45)).then(in_full).otherwise("county_name"),
        hyml="section",
        cbrs=pl.col("insured").cast(pl.String),
        jfzt=words("insurance_state", INSURANCE_STATES),
        sccbny=pl.col("first_insured").dt.to_string("%Y%m"),
        pc=pl.lit(f"{day:%Y%m}"),
    )


def _field(column: str) -> pl.Expr:
    """COPY's text format: backslashes, tabs and line breaks escaped, an empty value as null."""
    text = pl.col(column).str.replace_many(["\\", "\t", "\n", "\r"], ["\\\\", "\\t", "\\n", "\\r"])
    return pl.when(text == "").then(None).otherwise(text).fill_null("\\N")


def _writer(path: Path) -> TextFile:
    line = pl.concat_str(*(_field(column) for column in _COLUMNS), separator="\t")
    return TextFile(path, line, head=_HEAD, foot=_FOOT)


FORM = Form(
    feed="social_security_employer",
    rows=_rows,
    parts={
        "code": "zzjgdm",
        "organisation": "zzjgdm",
        "name": "dwmc",
        "told_name": "dwmc",
        "copied_name": "dwmc",
        "division": "xzqhmc",
        "section": "hyml",
    },
    file_name=lambda day: f"{day:%Y%m}.sql",
    writer=_writer,
)
