-- Each row is led to one credit code: by its own, by a number in it, by name and place. The rest is left open.

CREATE TABLE told USING parquet AS
WITH said AS (
    SELECT 'market' AS feed, row, credit_code AS record, 1 AS rank, credit_code,
        CAST(NULL AS STRING) AS organisation_code, CAST(NULL AS STRING) AS tax_number, name, county, address, registered
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
        regexp_extract(plain, r'${front}', 0) AS front,
        regexp_replace(street, r'${front}', '') AS house,
        plain RLIKE r'${branch}' AS branch
    FROM spoken
), fronts AS (
    SELECT front, array_join(transform(
        regexp_extract_all(front, r'(${one_front})', 1), each -> element_at(shorts.of, each)), '') AS place
    FROM (SELECT DISTINCT front FROM fronted WHERE front IS NOT NULL) CROSS JOIN shorts
)
SELECT
    monotonically_increasing_id() AS id, feed, row, record, rank, credit_code, organisation_code, tax_number, name,
    place || substr(plain, length(front) + 1) AS whole, place, substr(plain, length(front) + 1) AS short, branch,
    county, CASE WHEN house RLIKE r'\d' AND length(house) >= 5 THEN house END AS address, registered
FROM fronted
LEFT JOIN fronts USING (front);

-- What rows with a credit code tell of their enterprise.
CREATE TABLE known_name USING parquet AS
SELECT
    credit_code AS entity_id, whole, min(struct(rank, name, place, short, branch)) AS best
FROM told
WHERE credit_code IS NOT NULL AND whole IS NOT NULL
GROUP BY credit_code, whole;

CREATE TABLE register_name USING parquet AS
WITH firsts AS (
    SELECT entity_id, min(best) AS first FROM known_name GROUP BY entity_id
)
SELECT entity_id, best.name, whole, best.place, best.short, best.branch, best = first AS is_first
FROM known_name
INNER JOIN firsts USING (entity_id)
WHERE best = first OR best.branch = first.branch;

CREATE TABLE register_code USING parquet AS
SELECT DISTINCT credit_code AS entity_id, substr(credit_code, 9, 9) AS organisation_code
FROM told WHERE credit_code IS NOT NULL;

CREATE TABLE seat USING parquet AS
SELECT DISTINCT credit_code AS entity_id, county, address
FROM told WHERE credit_code IS NOT NULL AND coalesce(county, address) IS NOT NULL;

CREATE TABLE seated_city USING parquet AS
SELECT entity_id, substr(county, 1, 4) AS city FROM seat WHERE county IS NOT NULL
UNION SELECT entity_id, substr(entity_id, 3, 4) FROM register_code;

CREATE TABLE register_day USING parquet AS
SELECT DISTINCT credit_code AS entity_id, registered
FROM told WHERE credit_code IS NOT NULL AND registered IS NOT NULL;

CREATE TABLE unknown USING parquet AS SELECT * FROM told WHERE credit_code IS NULL;


-- Pairs of names, each with the kind of pairing; a short name is one but for the places in front.
CREATE TABLE pair USING parquet AS
WITH pairs AS (
SELECT unknown.*, entity_id, CASE WHEN is_first THEN 'name' ELSE 'other_name' END AS pairing
FROM unknown INNER JOIN register_name ON unknown.whole = register_name.whole
UNION ALL
SELECT DISTINCT unknown.*, entity_id, 'short_name'
FROM unknown INNER JOIN register_name ON unknown.short = register_name.short AND unknown.short <> ''
WHERE endswith(unknown.place, register_name.place) OR endswith(register_name.place, unknown.place)
)
SELECT
    *, coalesce(coalesce(organisation_code, substr(tax_number, 7, 9)) <> substr(entity_id, 9, 9), false) AS other_number
FROM pairs;

CREATE TABLE candidate USING parquet AS
SELECT id, entity_id, 1 AS rung, 'organisation_code' AS match, NULL AS doubt
FROM unknown INNER JOIN register_code USING (organisation_code)
UNION ALL
SELECT id, code.entity_id, 2, 'tax_number', CASE
    WHEN substr(tax_number, 1, 4) = substr(code.entity_id, 3, 4) THEN NULL
    WHEN named.entity_id IS NOT NULL THEN NULL
    ELSE 'contradicted' END
FROM unknown INNER JOIN register_code AS code ON substr(tax_number, 7, 9) = code.organisation_code
LEFT JOIN (SELECT DISTINCT entity_id, whole FROM register_name) AS named
    ON named.entity_id = code.entity_id AND named.whole = unknown.whole
UNION ALL
SELECT
    id, pair.entity_id, CASE pairing WHEN 'name' THEN 3 WHEN 'other_name' THEN 5 ELSE 7 END, pairing || '+address',
    CASE WHEN other_number THEN 'contradicted' END
FROM pair INNER JOIN seat ON pair.entity_id = seat.entity_id AND pair.address = seat.address
WHERE coalesce(pair.county = seat.county, true)
UNION ALL
SELECT
    id, entity_id, CASE pairing WHEN 'name' THEN 4 WHEN 'other_name' THEN 6 ELSE 8 END, pairing || '+county',
    CASE WHEN other_number THEN 'contradicted' END
FROM pair LEFT SEMI JOIN seat USING (entity_id, county)
UNION ALL
SELECT
    id, entity_id, CASE pairing WHEN 'name' THEN 9 ELSE 10 END, pairing || '+city',
    CASE WHEN other_number THEN 'contradicted' END
FROM (SELECT *, substr(county, 1, 4) AS city FROM pair WHERE place <> '' AND contains(whole, '公司')) AS pair
LEFT SEMI JOIN seated_city USING (entity_id, city)
WHERE pairing <> 'short_name';

-- Of each row the first rung that has candidates for it speaks.
CREATE TABLE climbed USING parquet AS
SELECT DISTINCT id, entity_id, match, doubt FROM candidate QUALIFY rung = min(rung) OVER (PARTITION BY id);

CREATE TEMPORARY VIEW climbed_identified AS
SELECT id, credit_code AS entity_id, 'credit_code' AS match FROM told WHERE credit_code IS NOT NULL
UNION ALL
SELECT id, entity_id, match FROM climbed WHERE doubt IS NULL QUALIFY count(*) OVER (PARTITION BY id) = 1;
