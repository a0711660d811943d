-- What each source's code means on the day, and the names of the standard's codes; read from mappings/ as they are.

CREATE TABLE meaning AS
SELECT parse_filename(filename, true) AS list, source, code, standard
FROM read_csv(getvariable('mappings') || '/codes/*.csv', all_varchar = true, filename = true)
WHERE CAST(since AS DATE) <= getvariable('day')
QUALIFY row_number() OVER (PARTITION BY list, source, code ORDER BY since DESC, known DESC) = 1
    AND standard <> '';

CREATE MACRO meanings(named, written) AS (
    SELECT map(list(code), list(standard)) FROM meaning WHERE list = named AND source = written
);

CREATE TABLE code_list AS
SELECT parse_filename(filename, true) AS list, code, name, coalesce(parent, '') AS parent
FROM read_csv(getvariable('mappings') || '/lists/*.csv', all_varchar = true, filename = true);

CREATE TABLE section_list AS
WITH RECURSIVE up AS (
    SELECT code AS industry, code, parent FROM code_list WHERE list = 'gbt4754_2017'
    UNION ALL
    SELECT up.industry, above.code, above.parent
    FROM up INNER JOIN code_list AS above ON above.list = 'gbt4754_2017' AND above.code = up.parent
)

SELECT industry, code AS section FROM up WHERE parent = '';

CREATE TABLE change AS
SELECT * FROM read_csv(getvariable('mappings') || '/places/changes.csv', all_varchar = true);

CREATE TABLE county_list AS
SELECT code, name, city
FROM read_csv(getvariable('mappings') || '/places/counties.csv', all_varchar = true)
WHERE code NOT IN (SELECT from_code FROM change WHERE kind IN ('recode', 'merge', 'split', 'split_rest'))
QUALIFY row_number() OVER (PARTITION BY code ORDER BY since DESC) = 1;

CREATE TABLE town_list AS
SELECT code, name
FROM read_csv(getvariable('mappings') || '/places/townships.csv', all_varchar = true)
QUALIFY row_number() OVER (PARTITION BY code ORDER BY since DESC) = 1;

CREATE TABLE today AS SELECT CAST(getvariable('day') AS DATE) AS day;
