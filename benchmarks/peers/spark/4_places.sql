-- Where each row belongs: what its texts name, what each name can mean today, and what they leave together.

CREATE TABLE place_text USING parquet AS
SELECT 'market' AS feed, row, written, office_text AS code_text, NULL AS name_text, address_text, city_text
FROM market_read
UNION ALL SELECT 'social', row, NULL, NULL, division_text, NULL, NULL FROM social_read
UNION ALL SELECT 'science', row, NULL, NULL, division_text, NULL, NULL FROM science_read
UNION ALL SELECT 'ecology', row, NULL, division_text, NULL, NULL, NULL FROM ecology_read;

-- An address read from left to right: city, county, zone, town, road; each is taken off what is left.
CREATE TABLE named USING parquet AS
WITH begun AS (
    SELECT
        row,
        regexp_replace(
            regexp_replace(address_text, r'[\s\x{A0}\x{3000}]', ''),
            '((?:${city})(?:[湾县]|镇(?:[^海]|$)))', '\u2060$1') AS text
    FROM place_text
    WHERE feed = 'market' AND address_text IS NOT NULL
), behind_the_city AS (
    SELECT
        row,
        nullif(regexp_extract(text, r'^(?:中国)?(?:浙江省?)*(${city})', 1), '') AS city,
        trim(LEADING '\u2060' FROM regexp_replace(text, r'${prefix}', '')) AS rest
    FROM begun
), at_the_county AS (
    SELECT
        *,
        coalesce(
            not_before(regexp_extract(rest, r'^(?:${county})', 0), rest, r'${no_county}'),
            not_before(regexp_extract(rest, r'^(?:${short})', 0), rest, r'${no_short}')
        ) AS county
    FROM behind_the_city
), behind_the_county AS (
    SELECT
        row, city, county, rest AS whole, county IS NULL AND city IS NOT NULL AS of_the_city,
        regexp_replace(
            substr(rest, length(coalesce(county, '')) + 1), r'^(?:${county})+', '') AS rest
    FROM at_the_county
), at_the_zone AS (
    SELECT
        *,
        nullif(regexp_extract(rest, r'^(?:${zone})', 0), '') AS zone_here,
        nullif(regexp_extract(whole, r'^(?:${zone})', 0), '') AS zone_before
    FROM behind_the_county
), behind_the_zone AS (
    SELECT
        row, city, county,
        coalesce(
            CASE WHEN of_the_city OR NOT zone_here RLIKE r'${of_a_city}' THEN zone_here END,
            CASE WHEN of_the_city OR NOT zone_before RLIKE r'${of_a_city}' THEN zone_before END
        ) AS zone,
        rest
    FROM at_the_zone
), at_the_town AS (
    SELECT
        row, city, county, zone,
        CASE
            WHEN startswith(rest, zone) AND NOT substr(rest, length(zone) + 1) RLIKE '^(?:街道|镇|乡)'
                THEN substr(rest, length(zone) + 1)
            ELSE rest
        END AS rest
    FROM behind_the_zone
), with_town AS (
    SELECT
        *,
        regexp_extract(rest, '^.{1,7}?(?:街道|镇|乡)', 0) AS in_front,
        nullif(regexp_extract(
            regexp_replace(rest, '^.{1,7}?(?:街道|镇|乡)', ''), r'${road}', 1), '') AS road
    FROM at_the_town
), in_full AS (
    SELECT
        row, city, county, zone, road, rest,
        CASE
            WHEN town_stem.stem IS NOT NULL THEN town_stem.stem
            ELSE stem(nullif(regexp_extract(rest, r'${town_names}', 0), ''))
        END AS town
    FROM with_town
    LEFT JOIN town_stem ON town_stem.stem = stem(nullif(in_front, ''))
)
SELECT
    row, city, county, zone, road, town IS NOT NULL AS in_full,
    CASE
        WHEN town IS NOT NULL THEN town
        ELSE not_before(regexp_extract(rest, r'^(?:${town_stems})', 0), rest, r'${no_town}')
    END AS town,
    town IS NULL AND substr(rest, length(regexp_extract(rest, r'^(?:${town_stems})', 0)) + 1) RLIKE r'${loose}' AS loose
FROM in_full;

-- In which era each day that is written lies; Spark's own as-of join is not part of its SQL.
CREATE TABLE day_era USING parquet AS
WITH days AS (
    SELECT DISTINCT coalesce(written, DATE '0001-01-01') AS day FROM place_text
    UNION SELECT DISTINCT greatest(coalesce(written, DATE '0001-01-01'), DATE '2015-10-01') FROM place_text
)
SELECT day, max(era) AS era FROM days INNER JOIN era ON days.day >= era.since GROUP BY day;

-- What each piece of evidence can mean today; a code or name is read by the map of the day it was written on.
CREATE TABLE evidence USING parquet AS
WITH told AS (
    SELECT
        said.feed, said.row, code_text, regexp_replace(name_text, r'\s', '') AS name_text,
        coalesce(regexp_replace(city_text, '市$', ''), named.city) AS city_name,
        coalesce(named.city, regexp_replace(city_text, '市$', '')) AS zone_city,
        named.county AS county_text, named.zone AS zone_text, named.town AS town_text, named.road AS road_text,
        coalesce(in_full, false) AS in_full,
        coalesce(loose, false) AS loose,
        coalesce(written, DATE '0001-01-01') AS written,
        CASE
            WHEN said.feed = 'market' THEN greatest(coalesce(written, DATE '0001-01-01'), DATE '2015-10-01')
            ELSE DATE '0001-01-01'
        END AS code_written
    FROM place_text AS said
    LEFT JOIN named ON said.feed = 'market' AND said.row = named.row
), dated AS (
    SELECT told.*, at_code.era AS code_era, at_name.era AS name_era
    FROM told
    INNER JOIN day_era AS at_code ON told.code_written = at_code.day
    INNER JOIN day_era AS at_name ON told.written = at_name.day
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

CREATE TABLE weighed USING parquet AS
WITH moved AS (
    SELECT feed, row, array_sort(collect_set(lies_in)) AS moved
    FROM evidence
    INNER JOIN town_left AS gone ON town_text = gone.stem AND array_contains(evidence.county, gone.county)
    WHERE in_full AND array_size(common(town, evidence.county)) = 0
    GROUP BY feed, row
), written AS (
    SELECT evidence.*, together(coalesce(moved, county), city) AS written
    FROM evidence
    LEFT JOIN moved ON evidence.feed = moved.feed AND evidence.row = moved.row
), towns AS (
    SELECT
        * EXCEPT (town),
        CASE
            WHEN in_full THEN town
            WHEN loose AND NOT (
                coalesce(array_size(common(town, code)) > 0, false)
                OR coalesce(array_size(common(town, county)) > 0, false)
            ) THEN NULL
            WHEN
                coalesce(array_size(common(town, written)) > 0, true)
                AND coalesce(array_size(common(town, zone)) > 0, true) THEN town
        END AS town
    FROM written
), by_town AS (
    SELECT *, narrowed(written, town) AS with_town FROM towns
), by_zone AS (
    SELECT *, narrowed(with_town, zone) AS with_zone FROM by_town
)
SELECT * EXCEPT (written, with_town, with_zone), narrowed(with_zone, code) AS meant FROM by_zone;

-- Where several counties are left, the one in which the road lies.
CREATE TABLE by_road USING parquet AS
WITH still_open AS (
    SELECT
        feed, row, city_name, road_text, explode(meant) AS county,
        CASE WHEN coalesce(weighed.county, code, town, zone) IS NOT NULL THEN 3 ELSE 10 END AS enough
    FROM weighed
    WHERE array_size(meant) > 1
)
SELECT open.feed, open.row, open.county
FROM still_open AS open
INNER JOIN road ON open.city_name = road.city AND open.road_text = road.road AND open.county = road.county
QUALIFY count(*) OVER (PARTITION BY open.feed, open.row) = 1 AND road.rows >= open.enough;


CREATE TABLE placed USING parquet AS
WITH decided AS (
    SELECT
        weighed.*,
        by_road.county AS road,
        CASE WHEN by_road.county IS NOT NULL THEN by_road.county WHEN array_size(meant) = 1 THEN meant[0] END AS placed
    FROM weighed
    LEFT JOIN by_road ON weighed.feed = by_road.feed AND weighed.row = by_road.row
)
SELECT
    feed, row, placed AS county, towns.town,
    CASE WHEN placed IS NOT NULL THEN concat_ws(
        '',
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
        WHEN array_size(meant) = 0 THEN 'county/contradicting_place'
        ELSE 'county/ambiguous_place'
    END AS place_reason
FROM decided
LEFT JOIN towns ON decided.town_text = towns.stem AND decided.placed = towns.county;
