-- Service items: one row a county and item of its list; columns as schemas/products/service_items.py promises.

-- A county that is called by two names in the feed, as 余杭区 and 杭州市余杭区, has one list: the newest row of a code holds.
WITH held AS (
    SELECT *, count(*) OVER (PARTITION BY county, local_code) AS listed
    FROM service_item
    QUALIFY row_number() OVER (PARTITION BY county, local_code ORDER BY delivery DESC, "row" DESC) = 1
),

ranked AS (
    SELECT
        *,
        row_number() OVER (PARTITION BY item, county ORDER BY days, materials, steps, local_code) AS in_county
    FROM held
),

-- One item a county, so that a county that lists an item three times does not count three times.
one_each AS (
    SELECT * FROM ranked WHERE in_county = 1
),

best AS (
    SELECT item, county, days, materials, steps, visits
    FROM one_each
    QUALIFY row_number() OVER (PARTITION BY item ORDER BY days, materials, steps, county) = 1
),

among AS (
    SELECT
        item,
        count(*) AS counties,
        quantile_disc(days, 0.5) AS days,
        quantile_disc(materials, 0.5) AS materials,
        quantile_disc(steps, 0.5) AS steps,
        quantile_disc(visits, 0.5) AS visits,
        list_sort(list(days)) AS every_days
    FROM one_each
    GROUP BY item
)

SELECT
    own.county,
    county.name AS county_name,
    own.local_code,
    own.name,
    own.item,
    standard.name AS item_name,
    own.materials,
    own.legal_days,
    own.days,
    own.steps,
    own.visits,
    own.online,
    own.depth,
    among.counties,
    best_county.name AS best_county_name,
    best.days AS best_days,
    best.materials AS best_materials,
    best.steps AS best_steps,
    best.visits AS best_visits,
    among.days AS median_days,
    among.materials AS median_materials,
    among.steps AS median_steps,
    among.visits AS median_visits,
    1 + len(list_filter(among.every_days, lambda each: each < own.days)) AS place,
    own.days - best.days AS days_beyond_best,
    own.listed
FROM held AS own
INNER JOIN county_list AS county ON own.county = county.code
INNER JOIN among ON own.item = among.item
INNER JOIN best ON own.item = best.item
INNER JOIN county_list AS best_county ON best.county = best_county.code
LEFT JOIN code_list AS standard ON standard.list = 'service_item' AND own.item = standard.code
