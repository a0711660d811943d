-- School seats: children by town, year and age, and below them pupils and places by town, stage and school year.
-- school_seats.py makes the product of them. Sums are of integers.

-- A file of a year tells of that year at the latest, a plan's too: what is dated after today's is a slip.
WITH this AS (
    SELECT date_part('year', day) AS year FROM today
),

-- Where a school or a police town has no town in a year, it is in that of the nearest year in which it has one.
school_town AS (
    SELECT
        own.county,
        own.school,
        own.year,
        arg_min(known.town, (abs(known.year - own.year), known.year, known.grade)) AS town
    FROM education_seats AS own
    INNER JOIN education_seats AS known ON own.county = known.county AND own.school = known.school
    WHERE own.town IS NULL AND known.town IS NOT NULL
    GROUP BY own.county, own.school, own.year
),

police_town AS (
    SELECT
        own.county,
        own.division,
        own.town_name,
        own.year,
        arg_min(known.town, (abs(known.year - own.year), known.year)) AS town
    FROM (SELECT DISTINCT county, division, town_name, year FROM public_security_population WHERE town IS NULL) AS own
    INNER JOIN (SELECT DISTINCT county, division, town_name, year, town FROM public_security_population) AS known
        ON own.county = known.county AND own.division = known.division AND own.town_name = known.town_name
    WHERE known.town IS NOT NULL
    GROUP BY own.county, own.division, own.town_name, own.year
),

-- Who has no town in any year is counted by the police's name for it, so that a county's towns are seen to differ.
living AS (
    SELECT own.* REPLACE (coalesce(own.town, held.town, concat_ws('/', own.division, own.town_name)) AS town)
    FROM public_security_population AS own
    LEFT JOIN police_town AS held
        ON own.county = held.county AND own.division = held.division AND own.town_name = held.town_name
        AND own.year = held.year
    WHERE own.year <= (SELECT year FROM this)
),

-- A town that the feed writes under two codes of one year is one town, and its newest row holds. Two names are two
-- towns of then, which may be one by now: both count.
people AS (
    SELECT *
    FROM living
    QUALIFY row_number() OVER (PARTITION BY county, town, town_name, year, age, sex ORDER BY delivery DESC, "row" DESC) = 1
),

-- An age of which a sex is lacking, because its row is quarantined, is not told.
whole AS (
    SELECT county, town, town_name, year, age, sum(people_least) AS least, sum(people_most) AS most
    FROM people
    GROUP BY county, town, town_name, year, age
    HAVING count(DISTINCT sex) FILTER (WHERE sex IN ('1', '2')) = 2
),

names AS (
    SELECT county, town, year, count(*) AS towns
    FROM (SELECT DISTINCT county, town, town_name, year FROM people)
    GROUP BY county, town, year
),

-- Nor is one that a town of then lacks which is a part of today's.
child AS (
    SELECT
        whole.county,
        whole.town,
        whole.year,
        whole.age,
        CAST(sum(whole.least) AS BIGINT) AS least,
        CAST(sum(whole.most) AS BIGINT) AS most
    FROM whole INNER JOIN names USING (county, town, year)
    GROUP BY whole.county, whole.town, whole.year, whole.age
    HAVING count(*) = any_value(names.towns)
),

taught AS (
    SELECT
        own.county,
        coalesce(own.town, held.town) AS town,
        own.year,
        own.school,
        own.grade,
        grades.parent AS stage,
        own.pupils,
        own.seats
    FROM education_seats AS own
    INNER JOIN code_list AS grades ON grades.list = 'school_grade' AND own.grade = grades.code
    LEFT JOIN school_town AS held ON own.county = held.county AND own.school = held.school AND own.year = held.year
    WHERE own.year <= (SELECT year FROM this) AND grades.parent <> ''
),

-- The first years of counties: none is told of the year before.
begun AS (
    SELECT county, year FROM taught
    EXCEPT
    SELECT county, year + 1 FROM taught
),

-- Grades that a school had the year before, or has in the year after its county's first one.
had AS (
    SELECT school, stage, grade, year + 1 AS year FROM taught
    UNION
    SELECT own.school, own.stage, own.grade, begun.year
    FROM taught AS own
    INNER JOIN begun ON own.county = begun.county AND own.year = begun.year + 1
),

-- A grade that goes while the stage stays: closed or quarantined, so that the stage's sums are in doubt.
-- So are those of all towns of the county where a school has no town: it may lie in any.
doubtful AS (
    SELECT DISTINCT there.county, there.town, there.stage, there.year
    FROM had
    INNER JOIN taught AS there ON had.school = there.school AND had.stage = there.stage AND had.year = there.year
    ANTI JOIN taught AS own ON had.school = own.school AND had.grade = own.grade AND had.year = own.year
    UNION
    SELECT there.county, there.town, there.stage, there.year
    FROM taught AS there
    SEMI JOIN taught AS lost
        ON there.county = lost.county AND there.stage = lost.stage AND there.year = lost.year AND lost.town IS NULL
),

summed AS (
    SELECT county, town, stage, year, CAST(sum(pupils) AS BIGINT) AS pupils, CAST(sum(seats) AS BIGINT) AS places
    FROM taught
    WHERE town IS NOT NULL
    GROUP BY county, town, stage, year
),

-- The education bureau's list is of primary schools: a year's plan and catchments are those of its first grade.
campuses AS (
    SELECT
        county,
        town,
        year,
        count(*) AS campuses,
        CASE
            WHEN bool_and(planned_classes * class_size IS NOT NULL) THEN CAST(sum(planned_classes * class_size) AS BIGINT)
        END AS planned
    FROM education_school
    WHERE town IS NOT NULL AND year <= (SELECT year FROM this)
    GROUP BY county, town, year
),

estates AS (
    SELECT county, town, year, count(DISTINCT estate) AS estates
    FROM education_catchment
    WHERE town IS NOT NULL AND year <= (SELECT year FROM this)
    GROUP BY county, town, year
)

SELECT
    'children' AS figure,
    county,
    NULL AS county_name,
    town,
    NULL AS town_name,
    NULL AS stage,
    NULL AS stage_name,
    year,
    age,
    least,
    most,
    NULL AS pupils,
    NULL AS places,
    NULL AS campuses,
    NULL AS planned,
    NULL AS estates
FROM child
UNION ALL
SELECT
    'school' AS figure,
    summed.county,
    county.name AS county_name,
    summed.town,
    town.name AS town_name,
    summed.stage,
    stages.name AS stage_name,
    summed.year,
    NULL AS age,
    NULL AS least,
    NULL AS most,
    CASE WHEN doubtful.year IS NULL THEN summed.pupils END AS pupils,
    CASE WHEN doubtful.year IS NULL THEN summed.places END AS places,
    NULL AS campuses,
    NULL AS planned,
    NULL AS estates
FROM summed
INNER JOIN county_list AS county ON summed.county = county.code
INNER JOIN code_list AS stages ON stages.list = 'school_grade' AND summed.stage = stages.code
LEFT JOIN town_list AS town ON summed.town = town.code
LEFT JOIN doubtful
    ON summed.county = doubtful.county AND summed.town = doubtful.town AND summed.stage = doubtful.stage
    AND summed.year = doubtful.year
UNION ALL
SELECT
    'plan' AS figure,
    coalesce(campuses.county, estates.county) AS county,
    NULL AS county_name,
    coalesce(campuses.town, estates.town) AS town,
    NULL AS town_name,
    '1' AS stage,
    NULL AS stage_name,
    coalesce(campuses.year, estates.year) AS year,
    NULL AS age,
    NULL AS least,
    NULL AS most,
    NULL AS pupils,
    NULL AS places,
    campuses.campuses,
    campuses.planned,
    estates.estates
FROM campuses
FULL JOIN estates
    ON campuses.county = estates.county AND campuses.town = estates.town AND campuses.year = estates.year
