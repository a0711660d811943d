-- How text is tidied and what a good value satisfies, as SQL functions, which Spark writes out where they stand.

CREATE TEMPORARY FUNCTION tidy(t STRING) RETURNS STRING RETURN
    trim(BOTH '\u0009\u000a\u000d\u0020\u00a0\u3000' FROM translate(t, '\u200b\ufeff', ''));

-- Spark knows no NFKC: full-width forms become half-width by a table of characters.
CREATE TEMPORARY FUNCTION half_width(t STRING) RETURNS STRING RETURN
    CASE WHEN t RLIKE r'[\x{A0}\x{3000}\x{FF01}-\x{FF5E}]' THEN translate(t, '${full_width}', '${half_width}')
    ELSE t END;

CREATE TEMPORARY FUNCTION narrow(t STRING) RETURNS STRING RETURN tidy(half_width(t));

CREATE TEMPORARY FUNCTION squeezed(t STRING) RETURNS STRING RETURN regexp_replace(t, r'[\s\x{3000}]+', ' ');

CREATE TEMPORARY FUNCTION spelt(t STRING) RETURNS STRING RETURN regexp_replace(upper(t), r'[\s-]', '');

CREATE TEMPORARY FUNCTION money(t STRING) RETURNS DECIMAL(24, 6) RETURN
    CASE WHEN t RLIKE r'^[+-]?(\d{1,18}|\d{1,3}(,\d{3}){1,5})(\.\d{1,6})?$'
        THEN CAST(replace(t, ',', '') AS DECIMAL(24, 6)) END;

CREATE TEMPORARY FUNCTION iso_day(t STRING) RETURNS DATE RETURN
    CASE WHEN t RLIKE r'^\d{4}-\d{1,2}-\d{1,2}$' THEN try_to_date(t, 'yyyy-M-d') END;
CREATE TEMPORARY FUNCTION plain_day(t STRING) RETURNS DATE RETURN
    CASE WHEN t RLIKE r'^\d{8}$' THEN try_to_date(t, 'yyyyMMdd') END;
CREATE TEMPORARY FUNCTION chinese_day(t STRING) RETURNS DATE RETURN
    CASE WHEN t RLIKE r'^\d{4}年\d{1,2}月\d{1,2}日$' THEN try_to_date(t, 'yyyy年M月d日') END;
CREATE TEMPORARY FUNCTION excel_day(t STRING) RETURNS DATE RETURN
    CASE WHEN t RLIKE r'^\d{2,6}(\.0+)?$' THEN date_add(DATE '1899-12-30', CAST(CAST(t AS DOUBLE) AS INT)) END;

CREATE TEMPORARY FUNCTION credit_digit(t STRING, place INT) RETURNS INT RETURN
    instr('0123456789ABCDEFGHJKLMNPQRTUWXY', substr(t, place, 1)) - 1;

-- GB 32100-2015, annex A.
CREATE TEMPORARY FUNCTION credit_code_is_valid(t STRING) RETURNS BOOLEAN RETURN
    t RLIKE '^[0-9A-HJ-NPQRTUWXY]{18}$' AND (
        credit_digit(t, 1) + credit_digit(t, 2) * 3 + credit_digit(t, 3) * 9 + credit_digit(t, 4) * 27
        + credit_digit(t, 5) * 19 + credit_digit(t, 6) * 26 + credit_digit(t, 7) * 16 + credit_digit(t, 8) * 17
        + credit_digit(t, 9) * 20 + credit_digit(t, 10) * 29 + credit_digit(t, 11) * 25 + credit_digit(t, 12) * 13
        + credit_digit(t, 13) * 8 + credit_digit(t, 14) * 24 + credit_digit(t, 15) * 10 + credit_digit(t, 16) * 30
        + credit_digit(t, 17) * 28 + credit_digit(t, 18)
    ) % 31 = 0;

CREATE TEMPORARY FUNCTION organisation_digit(t STRING, place INT) RETURNS INT RETURN
    instr('0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ', substr(t, place, 1)) - 1;

-- GB 11714-1997.
CREATE TEMPORARY FUNCTION organisation_code_is_valid(t STRING) RETURNS BOOLEAN RETURN
    t RLIKE '^[0-9A-Z]{8}[0-9X]$' AND (
        organisation_digit(t, 1) * 3 + organisation_digit(t, 2) * 7 + organisation_digit(t, 3) * 9
        + organisation_digit(t, 4) * 10 + organisation_digit(t, 5) * 5 + organisation_digit(t, 6) * 8
        + organisation_digit(t, 7) * 4 + organisation_digit(t, 8) * 2 + instr('0123456789X', substr(t, 9, 1)) - 1
    ) % 11 = 0;

CREATE TEMPORARY FUNCTION is_mangled(t STRING) RETURNS BOOLEAN RETURN t RLIKE r'^\d(\.\d+)?E\+?\d+$';
CREATE TEMPORARY FUNCTION is_sane(d DATE) RETURNS BOOLEAN RETURN d BETWEEN DATE '1900-01-01' AND DATE '2100-12-31';

CREATE TEMPORARY FUNCTION unread(rule STRING, t STRING, is_read BOOLEAN) RETURNS STRING RETURN
    CASE WHEN t IS NOT NULL AND NOT is_read THEN rule END;
CREATE TEMPORARY FUNCTION missing(rule STRING, is_there BOOLEAN) RETURNS STRING RETURN
    CASE WHEN NOT is_there THEN rule END;
CREATE TEMPORARY FUNCTION broken(rule STRING, holds BOOLEAN) RETURNS STRING RETURN CASE WHEN NOT holds THEN rule END;

-- A value that could not be read is not also called missing.
CREATE TEMPORARY FUNCTION reasons(unreads ARRAY<STRING>, missings ARRAY<STRING>, brokens ARRAY<STRING>)
    RETURNS ARRAY<STRING> RETURN concat(
        array_compact(unreads),
        filter(
            array_compact(missings),
            rule -> NOT exists(array_compact(unreads), unread -> split_part(unread, '/', 1) = split_part(rule, '/', 1))
        ),
        array_compact(brokens)
    );

-- What two pieces of evidence leave together, and what is left after one that only counts where it agrees.
CREATE TEMPORARY FUNCTION common(one ARRAY<STRING>, other ARRAY<STRING>) RETURNS ARRAY<STRING> RETURN
    array_sort(array_intersect(one, other));
CREATE TEMPORARY FUNCTION together(one ARRAY<STRING>, other ARRAY<STRING>) RETURNS ARRAY<STRING> RETURN
    CASE WHEN one IS NULL THEN other WHEN other IS NULL THEN one ELSE common(one, other) END;
CREATE TEMPORARY FUNCTION narrowed(meant ARRAY<STRING>, finer ARRAY<STRING>) RETURNS ARRAY<STRING> RETURN
    CASE WHEN coalesce(array_size(common(meant, finer)), 0) > 0 THEN common(meant, finer)
        ELSE coalesce(meant, finer) END;

CREATE TEMPORARY FUNCTION stem(name STRING) RETURNS STRING RETURN
    CASE WHEN name RLIKE '..(?:街道|镇|乡)$' THEN regexp_replace(name, '(?:街道|镇|乡)$', '') ELSE name END;
CREATE TEMPORARY FUNCTION not_before(name STRING, rest STRING, after STRING) RETURNS STRING RETURN
    CASE WHEN name <> '' AND NOT substr(rest, length(name) + 1) RLIKE after THEN name END;
CREATE TEMPORARY FUNCTION agrees(word STRING, counties ARRAY<STRING>, placed STRING) RETURNS STRING RETURN
    CASE WHEN array_contains(counties, placed) THEN word END;
CREATE TEMPORARY FUNCTION differs(word STRING, counties ARRAY<STRING>, placed STRING) RETURNS STRING RETURN
    CASE WHEN NOT array_contains(counties, placed) THEN word END;

CREATE TEMPORARY FUNCTION plain(t STRING) RETURNS STRING RETURN nullif(regexp_replace(
    upper(half_width(t)), r'[\s()\[\]{}〔〕【】《》·•・.,、:;\x27"“”‘’\-—–_~/\\]', ''), '');

-- The part that is meant; text from which nothing can be taken stays whole.
CREATE TEMPORARY FUNCTION taken(t STRING, part STRING) RETURNS STRING RETURN
    coalesce(nullif(regexp_extract(t, part, 1), ''), t);

-- What PostgreSQL's COPY writes with a backslash.
CREATE TEMPORARY FUNCTION unescaped(t STRING) RETURNS STRING RETURN
    CASE WHEN contains(t, r'\') THEN replace(replace(replace(replace(replace(
        t, r'\\', '\u0001'), r'\t', '\u0009'), r'\n', '\u000a'), r'\r', '\u000d'), '\u0001', r'\') ELSE t END;
