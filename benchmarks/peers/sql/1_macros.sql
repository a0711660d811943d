-- How text is tidied and what a good value satisfies, as macros; no table is read here.

-- White space and zero-width characters off the ends; a scan tells the few texts that have any.
CREATE MACRO tidy(text) AS CASE
    WHEN regexp_matches(text, '[\x{200B}\x{FEFF}]|^[\s\x{A0}\x{3000}]|[\s\x{A0}\x{3000}]$')
        THEN regexp_replace(
            regexp_replace(text, '[\x{200B}\x{FEFF}]', '', 'g'), '^[\s\x{A0}\x{3000}]+|[\s\x{A0}\x{3000}]+$', '', 'g')
    ELSE text
END;

-- DuckDB has NFC but no NFKC: full-width forms become half-width by a table of characters.
CREATE MACRO half_width(text) AS CASE
    WHEN regexp_matches(text, '[\x{A0}\x{3000}\x{FF01}-\x{FF5E}]')
        THEN translate(text, getvariable('full_width'), getvariable('half_width'))
    ELSE text
END;

CREATE MACRO narrow(text) AS tidy(half_width(text));

CREATE MACRO squeezed(text) AS CASE
    WHEN regexp_matches(text, '[\s\x{3000}]') THEN regexp_replace(text, '[\s\x{3000}]+', ' ', 'g') ELSE text
END;

CREATE MACRO spelt(text) AS CASE
    WHEN regexp_matches(text, '[^0-9A-Z]') THEN regexp_replace(upper(text), '[\s-]', '', 'g') ELSE text
END;

-- The part that is meant; text from which nothing can be taken stays whole.
CREATE MACRO taken(text, pattern) AS coalesce(nullif(regexp_extract(text, pattern, 1), ''), text);

CREATE MACRO money(text) AS CASE
    WHEN regexp_full_match(text, '[+-]?(\d{1,18}|\d{1,3}(,\d{3}){1,5})(\.\d{1,6})?')
        THEN CAST(replace(text, ',', '') AS DECIMAL(24, 6))
END;

CREATE MACRO day_of(text, pattern, form) AS CASE
    WHEN regexp_full_match(text, pattern) THEN CAST(try_strptime(text, form) AS DATE)
END;

CREATE MACRO excel_day(text) AS CASE
    WHEN regexp_full_match(text, '\d{2,6}(\.0+)?') THEN DATE '1899-12-30' + CAST(CAST(text AS DOUBLE) AS INTEGER)
END;

-- Polars rounds a half to the even digit when it makes a decimal of a double, DuckDB away from zero.
CREATE MACRO to_even(amount) AS CAST(CAST(round_even(amount * 1000000, 0) AS DECIMAL(24, 0)) * 0.000001 AS DECIMAL(24, 6));

-- What PostgreSQL's COPY writes with a backslash.
CREATE MACRO unescaped(text) AS CASE
    WHEN contains(text, '\')
        THEN replace(replace(replace(replace(replace(
            text, '\\', chr(0)), '\t', chr(9)), '\n', chr(10)), '\r', chr(13)), chr(0), '\')
    ELSE text
END;

CREATE MACRO credit_digit(text, place) AS strpos('0123456789ABCDEFGHJKLMNPQRTUWXY', substr(text, place, 1)) - 1;

-- GB 32100-2015, annex A.
CREATE MACRO credit_code_is_valid(text) AS regexp_full_match(text, '[0-9A-HJ-NPQRTUWXY]{18}') AND (
    credit_digit(text, 1) + credit_digit(text, 2) * 3 + credit_digit(text, 3) * 9 + credit_digit(text, 4) * 27
    + credit_digit(text, 5) * 19 + credit_digit(text, 6) * 26 + credit_digit(text, 7) * 16
    + credit_digit(text, 8) * 17 + credit_digit(text, 9) * 20 + credit_digit(text, 10) * 29
    + credit_digit(text, 11) * 25 + credit_digit(text, 12) * 13 + credit_digit(text, 13) * 8
    + credit_digit(text, 14) * 24 + credit_digit(text, 15) * 10 + credit_digit(text, 16) * 30
    + credit_digit(text, 17) * 28 + credit_digit(text, 18)
) % 31 = 0;

CREATE MACRO organisation_digit(text, place) AS
    strpos('0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ', substr(text, place, 1)) - 1;

-- GB 11714-1997.
CREATE MACRO organisation_code_is_valid(text) AS regexp_full_match(text, '[0-9A-Z]{8}[0-9X]') AND (
    organisation_digit(text, 1) * 3 + organisation_digit(text, 2) * 7 + organisation_digit(text, 3) * 9
    + organisation_digit(text, 4) * 10 + organisation_digit(text, 5) * 5 + organisation_digit(text, 6) * 8
    + organisation_digit(text, 7) * 4 + organisation_digit(text, 8) * 2
    + strpos('0123456789X', substr(text, 9, 1)) - 1
) % 11 = 0;

CREATE MACRO taxpayer_id_is_valid(text) AS CASE
    WHEN length(text) = 15 THEN organisation_code_is_valid(substr(text, 7, 9))
    ELSE credit_code_is_valid(substr(text, 1, 18))
END;

CREATE MACRO nine_or_eighteen_is_valid(text) AS CASE
    WHEN length(text) = 18 THEN credit_code_is_valid(text) ELSE organisation_code_is_valid(text)
END;

CREATE MACRO is_mangled(text) AS regexp_full_match(text, '\d(\.\d+)?E\+?\d+');
CREATE MACRO is_name(text) AS length(text) BETWEEN 2 AND 200;
CREATE MACRO is_sane(day) AS day BETWEEN DATE '1900-01-01' AND DATE '2100-12-31';

-- A rule that is broken, by name, or nothing.
CREATE MACRO unread(rule, text, value) AS CASE WHEN text IS NOT NULL AND value IS NULL THEN rule END;
CREATE MACRO missing(rule, value) AS CASE WHEN value IS NULL THEN rule END;
CREATE MACRO broken(rule, holds) AS CASE WHEN NOT holds THEN rule END;
CREATE MACRO told(reasons) AS list_filter(reasons, lambda reason: reason IS NOT NULL);

-- A value that could not be read is not also called missing.
CREATE MACRO column_of(rule) AS split_part(rule, '/', 1);
CREATE MACRO unechoed(missings, unreads) AS CASE
    WHEN len(unreads) = 0 OR len(missings) = 0 THEN missings
    ELSE list_filter(
        missings,
        lambda rule: NOT list_contains(list_transform(unreads, lambda unread: column_of(unread)), column_of(rule))
    )
END;
CREATE MACRO reasons(unreads, missings, brokens) AS
    told(unreads) || unechoed(told(missings), told(unreads)) || told(brokens);

-- What two pieces of evidence leave together; nothing where one is silent.
CREATE MACRO common(one, other) AS CASE
    WHEN one IS NOT NULL AND other IS NOT NULL THEN list_sort(list_intersect(one, other))
END;
CREATE MACRO together(one, other) AS CASE
    WHEN one IS NULL THEN other WHEN other IS NULL THEN one ELSE common(one, other)
END;
-- A second piece of evidence only counts where it agrees.
CREATE MACRO narrowed(meant, finer) AS CASE
    WHEN len(common(meant, finer)) > 0 THEN common(meant, finer) ELSE coalesce(meant, finer)
END;

CREATE MACRO stem(name) AS CASE
    WHEN regexp_matches(name, '..(?:街道|镇|乡)$') THEN regexp_replace(name, '(?:街道|镇|乡)$', '') ELSE name
END;
CREATE MACRO not_before(name, rest, pattern) AS CASE
    WHEN name <> '' AND NOT regexp_matches(substr(rest, length(name) + 1), pattern) THEN name
END;
