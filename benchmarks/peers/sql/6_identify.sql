-- Each row is led to one credit code: by its own, by a number in it, by name and place. The rest is left open.

CREATE MACRO plain(text) AS nullif(regexp_replace(
    upper(half_width(text)), '[\s()\[\]{}〔〕【】《》·•・.,、:;''"“”‘’\-—–_~/\\]', '', 'g'), '');

CREATE TABLE told AS
WITH said AS (
    SELECT 'market' AS feed, row, credit_code AS record, 1 AS rank, credit_code, NULL AS organisation_code,
        NULL AS tax_number, name, county, address, registered
    FROM market
    UNION ALL
    SELECT 'tax', row, taxpayer_id, 2, CASE WHEN length(taxpayer_id) >= 18 THEN substr(taxpayer_id, 1, 18) END, NULL,
        CASE WHEN length(taxpayer_id) = 15 THEN taxpayer_id END, name, NULL, NULL, NULL
    FROM tax
    UNION ALL
    SELECT 'social', row, unit_number, 3, CASE WHEN length(organisation_code) = 18 THEN organisation_code END,
        CASE WHEN length(organisation_code) = 9 THEN organisation_code END, NULL, name, county, NULL, NULL
    FROM social
    UNION ALL SELECT 'ecology', row, permit_number, 4, credit_code, NULL, NULL, name, county, NULL, NULL FROM ecology
    UNION ALL SELECT 'science', row, certificate, 5, NULL, NULL, NULL, name, county, NULL, NULL FROM science
), spoken AS (
    SELECT *, replace(plain(name), '有限责任公司', '有限公司') AS plain, plain(address) AS street FROM said
), fronted AS (
    SELECT
        *,
        regexp_extract(plain, getvariable('front')) AS front,
        regexp_replace(street, getvariable('front'), '') AS house,
        regexp_matches(plain, getvariable('branch')) AS branch
    FROM spoken
), fronts AS (
    SELECT front, coalesce(list_aggregate(list_transform(
        regexp_extract_all(front, getvariable('one_front')), lambda each: getvariable('shorts')[each]),
        'string_agg', ''), '') AS place
    FROM (SELECT DISTINCT front FROM fronted WHERE front IS NOT NULL)
)
SELECT
    CAST(row_number() OVER () AS UINTEGER) AS id, feed, row, record, rank, credit_code, organisation_code, tax_number,
    name, place || substr(plain, length(front) + 1) AS whole, place, substr(plain, length(front) + 1) AS short, branch,
    county, CASE WHEN regexp_matches(house, '\d') AND length(house) >= 5 THEN house END AS address, registered
FROM fronted
LEFT JOIN fronts USING (front);

-- What rows with a credit code tell of their enterprise.
CREATE TABLE known_name AS
SELECT
    credit_code AS entity_id, whole, min({rank: rank, name: name, place: place, short: short, branch: branch}) AS best
FROM told
WHERE credit_code IS NOT NULL AND whole IS NOT NULL
GROUP BY credit_code, whole;

CREATE TABLE register_name AS
WITH firsts AS (
    SELECT entity_id, min(best) AS first FROM known_name GROUP BY entity_id
)
SELECT entity_id, best.name, whole, best.place, best.short, best.branch, best = first AS is_first
FROM known_name
INNER JOIN firsts USING (entity_id)
WHERE best = first OR best.branch = first.branch;

CREATE TABLE register_code AS
SELECT DISTINCT credit_code AS entity_id, substr(credit_code, 9, 9) AS organisation_code
FROM told WHERE credit_code IS NOT NULL;

CREATE TABLE seat AS
SELECT DISTINCT credit_code AS entity_id, county, address
FROM told WHERE credit_code IS NOT NULL AND coalesce(county, address) IS NOT NULL;

CREATE TABLE seated_city AS
SELECT entity_id, substr(county, 1, 4) AS city FROM seat WHERE county IS NOT NULL
UNION SELECT entity_id, substr(entity_id, 3, 4) FROM register_code;

CREATE TABLE register_day AS
SELECT DISTINCT credit_code AS entity_id, registered
FROM told WHERE credit_code IS NOT NULL AND registered IS NOT NULL;

CREATE TABLE unknown AS SELECT * FROM told WHERE credit_code IS NULL;

CREATE MACRO other_number(pair) AS
    coalesce(coalesce(pair.organisation_code, substr(pair.tax_number, 7, 9)) <> substr(pair.entity_id, 9, 9), false);

-- Pairs of names, each with the kind of pairing; a short name is one but for the places in front.
CREATE TABLE pair AS
SELECT unknown.*, entity_id, CASE WHEN is_first THEN 'name' ELSE 'other_name' END AS pairing
FROM unknown INNER JOIN register_name USING (whole)
UNION ALL
SELECT DISTINCT unknown.*, entity_id, 'short_name'
FROM unknown INNER JOIN register_name ON unknown.short = register_name.short AND unknown.short <> ''
WHERE ends_with(unknown.place, register_name.place) OR ends_with(register_name.place, unknown.place);

CREATE TABLE candidate AS
SELECT id, entity_id, 1 AS rung, 'organisation_code' AS match, NULL AS doubt
FROM unknown INNER JOIN register_code USING (organisation_code)
UNION ALL
SELECT id, code.entity_id, 2, 'tax_number', CASE
    WHEN substr(tax_number, 1, 4) = substr(code.entity_id, 3, 4) THEN NULL
    WHEN EXISTS (FROM register_name AS n WHERE n.entity_id = code.entity_id AND n.whole = unknown.whole) THEN NULL
    ELSE 'contradicted' END
FROM unknown INNER JOIN register_code AS code ON substr(tax_number, 7, 9) = code.organisation_code
UNION ALL
SELECT
    id, pair.entity_id, CASE pairing WHEN 'name' THEN 3 WHEN 'other_name' THEN 5 ELSE 7 END, pairing || '+address',
    CASE WHEN other_number(pair) THEN 'contradicted' END
FROM pair INNER JOIN seat ON pair.entity_id = seat.entity_id AND pair.address = seat.address
WHERE coalesce(pair.county = seat.county, true)
UNION ALL
SELECT
    id, entity_id, CASE pairing WHEN 'name' THEN 4 WHEN 'other_name' THEN 6 ELSE 8 END, pairing || '+county',
    CASE WHEN other_number(pair) THEN 'contradicted' END
FROM pair SEMI JOIN seat USING (entity_id, county)
UNION ALL
SELECT
    id, entity_id, CASE pairing WHEN 'name' THEN 9 ELSE 10 END, pairing || '+city',
    CASE WHEN other_number(pair) THEN 'contradicted' END
FROM (SELECT *, substr(county, 1, 4) AS city FROM pair WHERE place <> '' AND contains(whole, '公司')) AS pair
SEMI JOIN seated_city USING (entity_id, city)
WHERE pairing <> 'short_name';

-- Of each row the first rung that has candidates for it speaks.
CREATE TABLE climbed AS
SELECT DISTINCT id, entity_id, match, doubt FROM candidate QUALIFY rung = min(rung) OVER (PARTITION BY id);

CREATE TABLE identified AS
SELECT id, credit_code AS entity_id, 'credit_code' AS match FROM told WHERE credit_code IS NOT NULL
UNION ALL
SELECT id, entity_id, match FROM climbed WHERE doubt IS NULL QUALIFY count(*) OVER (PARTITION BY id) = 1;
