-- Where each row belongs: what its texts name, what each name can mean today, and what they leave together.

CREATE TABLE place_text AS
SELECT 'market' AS feed, row, written, office_text AS code_text, NULL AS name_text, address_text, city_text
FROM market_read
UNION ALL SELECT 'social', row, NULL, NULL, division_text, NULL, NULL FROM social_read
UNION ALL SELECT 'science', row, NULL, NULL, division_text, NULL, NULL FROM science_read
UNION ALL SELECT 'ecology', row, NULL, division_text, NULL, NULL, NULL FROM ecology_read;

-- An address read from left to right: city, county, zone, town, road; each is taken off what is left.
CREATE TABLE named AS
WITH begun AS (
    SELECT
        row,
        regexp_replace(
            regexp_replace(address_text, '[\s\x{A0}\x{3000}]', '', 'g'),
            '((?:' || getvariable('city') || ')(?:[湾县]|镇(?:[^海]|$)))', chr(8288) || '\1', 'g') AS text
    FROM place_text
    WHERE feed = 'market' AND address_text IS NOT NULL
), behind_the_city AS (
    SELECT
        row,
        nullif(regexp_extract(text, '^(?:中国)?(?:浙江省?)*(' || getvariable('city') || ')', 1), '') AS city,
        ltrim(regexp_replace(text, getvariable('prefix'), ''), chr(8288)) AS rest
    FROM begun
), at_the_county AS (
    SELECT
        *,
        coalesce(
            not_before(regexp_extract(rest, '^(?:' || getvariable('county') || ')'), rest, getvariable('no_county')),
            not_before(regexp_extract(rest, '^(?:' || getvariable('short') || ')'), rest, getvariable('no_short'))
        ) AS county
    FROM behind_the_city
), behind_the_county AS (
    SELECT
        row, city, county, rest AS whole, county IS NULL AND city IS NOT NULL AS of_the_city,
        regexp_replace(
            substr(rest, length(coalesce(county, '')) + 1), '^(?:' || getvariable('county') || ')+', '') AS rest
    FROM at_the_county
), at_the_zone AS (
    SELECT
        *,
        nullif(regexp_extract(rest, '^(?:' || getvariable('zone') || ')'), '') AS zone_here,
        nullif(regexp_extract(whole, '^(?:' || getvariable('zone') || ')'), '') AS zone_before
    FROM behind_the_county
), behind_the_zone AS (
    SELECT
        row, city, county,
        coalesce(
            CASE WHEN of_the_city OR NOT regexp_matches(zone_here, getvariable('of_a_city')) THEN zone_here END,
            CASE WHEN of_the_city OR NOT regexp_matches(zone_before, getvariable('of_a_city')) THEN zone_before END
        ) AS zone,
        rest
    FROM at_the_zone
), at_the_town AS (
    SELECT
        row, city, county, zone,
        CASE
            WHEN starts_with(rest, zone) AND NOT regexp_matches(substr(rest, length(zone) + 1), '^(?:街道|镇|乡)')
                THEN substr(rest, length(zone) + 1)
            ELSE rest
        END AS rest
    FROM behind_the_zone
), with_town AS (
    SELECT
        *,
        regexp_extract(rest, '^.{1,7}?(?:街道|镇|乡)') AS in_front,
        nullif(regexp_extract(
            regexp_replace(rest, '^.{1,7}?(?:街道|镇|乡)', ''), getvariable('road'), 1), '') AS road
    FROM at_the_town
), in_full AS (
    SELECT
        row, city, county, zone, road, rest,
        CASE
            WHEN town_stem.stem IS NOT NULL THEN town_stem.stem
            ELSE stem(nullif(regexp_extract(rest, getvariable('town_names')), ''))
        END AS town
    FROM with_town
    LEFT JOIN town_stem ON town_stem.stem = stem(nullif(in_front, ''))
)
SELECT
    row, city, county, zone, road, town IS NOT NULL AS in_full,
    CASE
        WHEN town IS NOT NULL THEN town
        ELSE not_before(regexp_extract(rest, '^(?:' || getvariable('town_stems') || ')'), rest, getvariable('no_town'))
    END AS town,
    town IS NULL AND regexp_matches(
        substr(rest, length(regexp_extract(rest, '^(?:' || getvariable('town_stems') || ')')) + 1),
        getvariable('loose')) AS loose
FROM in_full;

-- What each piece of evidence can mean today; a code or name is read by the map of the day it was written on.
CREATE TABLE evidence AS
WITH told AS (
    SELECT
        text.feed, text.row, code_text, regexp_replace(name_text, '\s', '', 'g') AS name_text,
        coalesce(regexp_replace(city_text, '市$', ''), named.city) AS city_name,
        coalesce(named.city, regexp_replace(city_text, '市$', '')) AS zone_city,
        named.county AS county_text, named.zone AS zone_text, named.town AS town_text, named.road AS road_text,
        coalesce(in_full, false) AS in_full,
        coalesce(loose, false) AS loose,
        coalesce(written, DATE '0001-01-01') AS written,
        CASE
            WHEN text.feed = 'market' THEN greatest(coalesce(written, DATE '0001-01-01'), DATE '2015-10-01')
            ELSE DATE '0001-01-01'
        END AS code_written
    FROM place_text AS text
    LEFT JOIN named ON text.feed = 'market' AND text.row = named.row
), dated AS (
    SELECT told.*, at_code.era AS code_era, at_name.era AS name_era
    FROM told
    ASOF JOIN era AS at_code ON told.code_written >= at_code.since
    ASOF JOIN era AS at_name ON told.written >= at_name.since
)
SELECT
    feed, row, city_name, town_text, road_text, in_full, loose,
    code_meant.counties AS code,
    coalesce(standing.counties, ever.counties, name_meant.counties) AS county,
    town_county.counties AS town, zone_county.counties AS zone, city_county.counties AS city
FROM dated
LEFT JOIN code_meant ON dated.code_text = code_meant.code AND dated.code_era = code_meant.era
LEFT JOIN name_meant ON dated.county_text = name_meant.name AND dated.name_era = name_meant.era
LEFT JOIN standing ON dated.name_text = standing.name
LEFT JOIN ever ON dated.name_text = ever.name
LEFT JOIN city_county ON dated.city_name = city_county.city
LEFT JOIN zone_county ON dated.zone_city = zone_county.city AND dated.zone_text = zone_county.zone
LEFT JOIN town_county ON dated.town_text = town_county.stem;

CREATE TABLE weighed AS
WITH moved AS (
    SELECT feed, row, list(DISTINCT lies_in ORDER BY lies_in) AS moved
    FROM evidence
    INNER JOIN town_left AS gone ON town_text = gone.stem AND list_contains(evidence.county, gone.county)
    WHERE in_full AND len(common(town, evidence.county)) = 0
    GROUP BY feed, row
), written AS (
    SELECT evidence.*, together(coalesce(moved, county), city) AS written FROM evidence LEFT JOIN moved USING (feed, row)
), towns AS (
    SELECT * REPLACE (
        CASE
            WHEN in_full THEN town
            WHEN loose AND NOT (
                coalesce(len(common(town, code)) > 0, false) OR coalesce(len(common(town, county)) > 0, false)
            ) THEN NULL
            WHEN coalesce(len(common(town, written)) > 0, true) AND coalesce(len(common(town, zone)) > 0, true) THEN town
        END AS town)
    FROM written
), by_town AS (
    SELECT *, narrowed(written, town) AS with_town FROM towns
), by_zone AS (
    SELECT *, narrowed(with_town, zone) AS with_zone FROM by_town
)
SELECT * EXCLUDE (written, with_town, with_zone), narrowed(with_zone, code) AS meant FROM by_zone;

-- Where several counties are left, the one in which the road lies.
CREATE TABLE by_road AS
WITH open AS (
    SELECT
        feed, row, city_name, road_text, unnest(meant) AS county,
        CASE WHEN coalesce(weighed.county, code, town, zone) IS NOT NULL THEN 3 ELSE 10 END AS enough
    FROM weighed
    WHERE len(meant) > 1
)
SELECT open.feed, open.row, open.county
FROM open
INNER JOIN road ON open.city_name = road.city AND open.road_text = road.road AND open.county = road.county
QUALIFY count(*) OVER (PARTITION BY open.feed, open.row) = 1 AND road.rows >= open.enough;

CREATE MACRO agrees(word, counties, placed) AS CASE WHEN list_contains(counties, placed) THEN word END;
CREATE MACRO differs(word, counties, placed) AS CASE WHEN NOT list_contains(counties, placed) THEN word END;

CREATE TABLE placed AS
WITH decided AS (
    SELECT
        weighed.*,
        by_road.county AS road,
        CASE WHEN by_road.county IS NOT NULL THEN by_road.county WHEN len(meant) = 1 THEN meant[1] END AS placed
    FROM weighed
    LEFT JOIN by_road ON weighed.feed = by_road.feed AND weighed.row = by_road.row
)
SELECT
    feed, row, placed AS county, towns.town,
    CASE WHEN placed IS NOT NULL THEN concat(
        concat_ws(
            '+', agrees('code', code, placed), agrees('county', decided.county, placed),
            agrees('town', decided.town, placed), agrees('zone', zone, placed), agrees('city', city, placed),
            CASE WHEN road IS NOT NULL THEN 'road' END),
        differs('!code', code, placed), differs('!county', decided.county, placed),
        differs('!town', decided.town, placed), differs('!zone', zone, placed), differs('!city', city, placed)
    ) END AS place_evidence,
    CASE
        WHEN placed IS NOT NULL THEN NULL
        WHEN meant IS NULL THEN 'county/unknown_place'
        WHEN len(meant) = 0 THEN 'county/contradicting_place'
        ELSE 'county/ambiguous_place'
    END AS place_reason
FROM decided
LEFT JOIN towns ON decided.town_text = towns.stem AND decided.placed = towns.county;

DROP TABLE place_text; DROP TABLE named; DROP TABLE evidence; DROP TABLE weighed; DROP TABLE by_road;
