-- School seats: children by town, year and age, and below them pupils and places by town, stage and school year.
-- school_seats.py makes the product of them. Sums are of integers.

-- A file of a year tells of that year at the latest, a plan's too: what is dated after today's is a slip.
WITH this AS (
    SELECT date_part('year', day) AS year FROM today
),

-- A town that the feed writes in two ways of one year is one town, and its newest row holds.
people AS (
    SELECT *
    FROM public_security_population
    WHERE town IS NOT NULL AND year <= (SELECT year FROM this)
    QUALIFY row_number() OVER (PARTITION BY county, town, year, age, sex ORDER BY delivery DESC, "row" DESC) = 1
),

-- An age of which a sex is lacking, because its row is quarantined, is not told.
child AS (
    SELECT
        county,
        town,
        year,
        age,
        CAST(sum(people_least) AS BIGINT) AS least,
        CAST(sum(people_most) AS BIGINT) AS most
    FROM people
    GROUP BY county, town, year, age
    HAVING count(DISTINCT sex) FILTER (WHERE sex IN ('1', '2')) = 2
),

taught AS (
    SELECT own.county, own.town, own.year, own.school, own.grade, grades.parent AS stage, own.pupils, own.seats
    FROM education_seats AS own
    INNER JOIN code_list AS grades ON grades.list = 'school_grade' AND own.grade = grades.code
    WHERE own.town IS NOT NULL AND own.year <= (SELECT year FROM this) AND grades.parent <> ''
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
doubtful AS (
    SELECT DISTINCT there.county, there.town, there.stage, there.year
    FROM had
    INNER JOIN taught AS there ON had.school = there.school AND had.stage = there.stage AND had.year = there.year
    ANTI JOIN taught AS own ON had.school = own.school AND had.grade = own.grade AND had.year = own.year
),

summed AS (
    SELECT county, town, stage, year, CAST(sum(pupils) AS BIGINT) AS pupils, CAST(sum(seats) AS BIGINT) AS places
    FROM taught
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
