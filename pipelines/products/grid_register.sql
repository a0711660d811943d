-- The grid register: one row an enterprise, school or grid; columns as schemas/products/grid_register.py promises.
WITH told AS (
    SELECT school.* FROM education_school AS school CROSS JOIN today
    WHERE school.year <= date_part('year', today.day)
),

-- More than half as many schools as in the county's fullest year are a list; fewer are slips, or a list not yet whole.
newest_list AS (
    SELECT county, max(year) AS year
    FROM (
        SELECT county, year, count(DISTINCT campus) AS campuses, max(campuses) OVER (PARTITION BY county) AS most
        FROM told GROUP BY county, year
    )
    WHERE 2 * campuses > most
    GROUP BY county
),

schools AS (
    SELECT told.*
    FROM told
    INNER JOIN newest_list AS newest ON told.county = newest.county AND told.year >= newest.year
    QUALIFY row_number() OVER (PARTITION BY told.county, told.campus ORDER BY told.year DESC) = 1
),

written AS (
    SELECT '企业' AS kind, credit_code AS code, name, county, town, place_evidence, address, NULL AS grid
    FROM enterprise WHERE name IS NOT NULL
    UNION ALL
    SELECT
        '学校', campus, name || coalesce('（' || campus_name || '）', ''), county, town, place_evidence, address, NULL
    FROM schools
    UNION ALL
    SELECT '门牌', dwelling, NULL, county, town, NULL, address, grid FROM civil_affairs_dwelling
),

-- Digits, hyphens and spaces as they are told apart nowhere else.
narrowed AS (
    SELECT
        *,
        regexp_replace(translate(address, '０１２３４５６７８９－—–', '0123456789---'), '[\s\x{3000}]', '', 'g') AS text
    FROM written
),

-- What stands behind the town's name, else behind the county's; which town it is has been read by `places`.
named AS (
    SELECT
        narrowed.*,
        town.name AS town_name,
        county.name AS county_name,
        CASE
            WHEN strpos(text, town.name) > 0 THEN substr(text, strpos(text, town.name) + length(town.name))
            WHEN strpos(text, county.name) > 0 THEN substr(text, strpos(text, county.name) + length(county.name))
            ELSE text
        END AS behind
    FROM narrowed
    INNER JOIN county_list AS county ON narrowed.county = county.code
    LEFT JOIN town_list AS town ON narrowed.town = town.code
),

-- Up to the house number: 2号路 and 1号楼 are none, nor is a park's 3号厂房. Right behind a road's name it is one whatever
-- hall or market stands there: 文一西路9号厂房, 文一西路9号大润发. Of two the shorter is the other's beginning, so the least.
read AS (
    SELECT
        *,
        least(
            nullif(regexp_extract(behind, '^(.*?[路街弄巷道][0-9-]+号)(?:$|[^路街弄巷道线大楼幢]|大(?:$|[^路街道]))', 1), ''),
            nullif(regexp_extract(behind, '^(.*?[0-9]号)(?:$|[^路街弄巷道线大楼幢厂库])', 1), '')
        ) AS house_number
    FROM named
),

registered AS (
    SELECT town, house_number, behind, grid FROM read
    WHERE kind = '门牌' AND town IS NOT NULL AND house_number IS NOT NULL
),

by_number AS (
    SELECT town, house_number, count(*) AS houses, count(DISTINCT grid) AS grids, min(grid) AS grid
    FROM registered GROUP BY town, house_number
),

by_room AS (
    SELECT town, behind, min(grid) AS grid FROM registered GROUP BY town, behind HAVING count(DISTINCT grid) = 1
),

looked_up AS (
    SELECT
        read.* EXCLUDE (grid),
        by_number.houses,
        CASE WHEN by_number.grids = 1 THEN by_number.grid ELSE by_room.grid END AS found,
        CASE
            WHEN read.address IS NULL THEN '没有地址'
            WHEN read.town IS NULL THEN '乡镇（街道）不明'
            WHEN read.house_number IS NULL THEN '没有门牌号'
            WHEN by_number.grids IS NULL THEN '门牌不在册'
            WHEN by_number.grids = 1 THEN '门牌'
            WHEN by_room.grid IS NULL THEN '门牌属多个网格'
            ELSE '门牌及室号'
        END AS by_house
    FROM read
    LEFT JOIN by_number ON read.town = by_number.town AND read.house_number = by_number.house_number
    LEFT JOIN by_room ON read.town = by_room.town AND read.behind = by_room.behind
    WHERE read.kind <> '门牌'
),

placed AS (
    SELECT
        looked_up.*,
        listed.grid,
        CASE
            WHEN found IS NULL THEN by_house
            WHEN listed.grid IS NULL THEN '网格不在册'
            WHEN listed.county = looked_up.county AND coalesce(listed.town, looked_up.town) = looked_up.town
                THEN by_house
            ELSE '网格与乡镇不符'
        END AS evidence
    FROM looked_up
    LEFT JOIN civil_affairs_grid AS listed ON looked_up.found = listed.grid
),

counted AS (
    SELECT county, grid, count(*) AS houses FROM civil_affairs_dwelling GROUP BY county, grid
),

grids AS (
    SELECT
        coalesce(listed.county, counted.county) AS county,
        coalesce(listed.grid, counted.grid) AS code,
        listed.name,
        listed.town,
        listed.place_evidence,
        listed.grid,
        CASE
            WHEN listed.grid IS NOT NULL THEN '网格名册'
            WHEN counted.grid IN (SELECT grid FROM civil_affairs_grid) THEN '网格与乡镇不符'
            ELSE '网格不在册'
        END AS evidence,
        coalesce(counted.houses, 0) AS houses
    FROM civil_affairs_grid AS listed
    FULL JOIN counted ON listed.county = counted.county AND listed.grid = counted.grid
),

things AS (
    SELECT
        county, kind, code, name, town, place_evidence,
        CASE WHEN evidence IN ('门牌', '门牌及室号') THEN grid END AS grid,
        evidence, house_number, coalesce(houses, 0) AS houses
    FROM placed
    UNION ALL
    SELECT county, '网格', code, name, town, place_evidence, grid, evidence, NULL, houses FROM grids
)

SELECT
    things.county,
    county.name AS county_name,
    things.kind,
    things.code,
    things.name,
    things.town,
    town.name AS town_name,
    things.place_evidence,
    substr(things.grid, 1, 12) AS community,
    listed.community_name,
    things.grid,
    listed.name AS grid_name,
    things.evidence,
    things.house_number,
    things.houses
FROM things
INNER JOIN county_list AS county ON things.county = county.code
LEFT JOIN town_list AS town ON things.town = town.code
LEFT JOIN civil_affairs_grid AS listed ON things.grid = listed.grid
