-- What indicators are made of: sums by county, town, section of industry and month, as schemas/indicators/ names them.
-- business_indicators.py makes the indicators of them. Sums are of integers and decimals, exact in any order.

WITH ended AS (
    SELECT code FROM ended_list WHERE entity = 'enterprise' AND "column" = 'status'
),

-- Each one's end in the register of taxpayers: that of its last registration. Its row may have changed since, as with each
-- year's figures, and stands since then.
watched AS (
    SELECT
        told.entity_id,
        bool_and(coalesce(told.status IN (FROM ended), false)) AS has_ended,
        CASE WHEN has_ended THEN max(said.since) END AS ended
    FROM tax_registration AS told
    LEFT JOIN ended_records AS said ON said.feed = 'tax_registration' AND told.record = said.record
    GROUP BY told.entity_id
),

began AS (
    SELECT min(day) AS day FROM first_delivery WHERE feed = 'tax_registration'
),

parcels AS (
    SELECT entity_id, sum(area) AS land FROM natural_resources_parcel GROUP BY entity_id
),

metered AS (
    SELECT entity_id, sum(energy) AS electricity
    FROM power_customer CROSS JOIN today
    WHERE month = 0 AND year = date_part('year', today.day) - 1
    GROUP BY entity_id
),

returned AS (
    SELECT year, count(entity_id) AS returns, max(returns) OVER () AS most
    FROM tax_annual CROSS JOIN today WHERE year < date_part('year', today.day) GROUP BY year
),

-- The newest year as industry_profile.sql tells it: fewer returns came early, or are slips.
newest AS (
    SELECT max(year) AS year FROM returned WHERE 2 * returns > most
),

-- Research and the revenue that it is a share of, of the same returns.
told AS (
    SELECT
        said.entity_id,
        said.year,
        sum(said.revenue) AS revenue,
        sum(said.research) AS research,
        sum(said.revenue) FILTER (said.research IS NOT NULL) AS revenue_with_research
    FROM tax_annual AS said INNER JOIN newest ON said.year BETWEEN newest.year - 9 AND newest.year
    GROUP BY said.entity_id, said.year
),

-- What industry_profile.sql doubts is doubted here too: twice the median is the sum of the two middle returns.
usual AS (
    SELECT entity_id, quantile_disc(revenue, 0.5) + quantile_disc(revenue, 0.5 ORDER BY revenue DESC) AS twice
    FROM told WHERE revenue > 0 GROUP BY entity_id HAVING count(*) >= 3
),

declared AS (
    SELECT told.entity_id, told.research, told.revenue_with_research AS revenue
    FROM told
    INNER JOIN newest ON told.year = newest.year
    LEFT JOIN usual ON told.entity_id = usual.entity_id
    WHERE NOT coalesce(
        told.revenue > 0 AND (told.revenue * 2000 <= usual.twice OR told.revenue * 2000 >= usual.twice * 1000000), false
    )
),

e AS (
    SELECT
        enterprise.credit_code,
        enterprise.county,
        enterprise.town,
        enterprise.registered,
        enterprise.insured,
        enterprise.revenue,
        enterprise.tax_paid,
        parcels.land,
        metered.electricity,
        declared.research,
        declared.revenue AS declared_revenue,
        -- As the mirror tells it: of some the social security alone knows the section, which is no division.
        coalesce(section.section, enterprise.industry_section) AS section,
        section.section IS NOT NULL AND length(enterprise.industry) >= 2 AS is_classified,
        date_trunc('month', today.day) AS now,
        coalesce(enterprise.status, '') NOT IN (FROM ended) AS is_living,
        watched.entity_id IS NOT NULL AS is_watched,
        coalesce(watched.has_ended, false) AS has_ended,
        CASE WHEN watched.ended > began.day THEN watched.ended END AS ended,
        began.day AS began,
        today.day AS today
    FROM enterprise
    CROSS JOIN today
    CROSS JOIN began
    LEFT JOIN section_list AS section ON enterprise.industry = section.industry
    LEFT JOIN watched ON enterprise.credit_code = watched.entity_id
    LEFT JOIN parcels ON enterprise.credit_code = parcels.entity_id
    LEFT JOIN metered ON enterprise.credit_code = metered.entity_id
    LEFT JOIN declared ON enterprise.credit_code = declared.entity_id
    WHERE enterprise.county IS NOT NULL
),

scoped AS (
    SELECT '全县' AS scope, county AS scope_code, * FROM e
    UNION ALL
    SELECT '乡镇' AS scope, town AS scope_code, * FROM e
    UNION ALL
    SELECT '行业门类' AS scope, section AS scope_code, * FROM e
),

living AS (
    SELECT * FROM scoped WHERE is_living
),

-- Of whom it is known when they entered and, if they have, left: whole months of age. Who began on 29 February is a year
-- old on 1 March, as in the mirror; by date_sub it would be on the 28th.
lives AS (
    SELECT
        county,
        scope,
        scope_code,
        now,
        began,
        registered,
        greatest(registered, began) AS seen,
        coalesce(ended, today) AS until,
        date_diff('month', registered, seen) - CAST(date_part('day', seen) < date_part('day', registered) AS INTEGER) AS entry_age,
        date_diff('month', registered, until) - CAST(date_part('day', until) < date_part('day', registered) AS INTEGER) AS exit_age,
        ended IS NOT NULL AS has_died
    FROM scoped
    WHERE
        scope <> '乡镇' AND is_watched AND registered <= today
        AND (ended IS NOT NULL OR NOT has_ended)
        AND (ended IS NULL OR ended >= registered)
        AND date_diff('month', began, today) - CAST(date_part('day', today) < date_part('day', began) AS INTEGER) >= 12
),

-- All together, and by the year in which they began, whose January is the month. Of the years before the first files
-- nobody was watched from the first month on.
cohorts AS (
    SELECT 'lives' AS figure, now AS month, * FROM lives
    UNION ALL
    SELECT 'cohorts', date_trunc('year', registered), * FROM lives WHERE registered >= date_trunc('year', began)
),

aged AS (
    SELECT county, scope, scope_code, month, figure, entry_age AS age, 1 AS entered, 0 AS died, 0 AS lost FROM cohorts
    UNION ALL
    SELECT county, scope, scope_code, month, figure, exit_age, 0, CAST(has_died AS INTEGER), CAST(NOT has_died AS INTEGER) FROM cohorts
),

-- Whom industry_profile counts by division, so that no sum less what it tells is what it withholds; for the same
-- reason none by section, whose divisions it tells.
counted AS (
    SELECT * FROM living WHERE insured IS NOT NULL AND is_classified AND scope <> '行业门类'
),

figures AS (
    SELECT county, scope, scope_code, now AS month, 'living' AS figure, count(*) AS units, count(*) AS telling, CAST(count(*) AS DECIMAL(38, 6)) AS value
    FROM living GROUP BY ALL
    UNION ALL
    SELECT county, scope, scope_code, date_trunc('month', registered), 'births', count(*), count(*), count(*)
    FROM scoped WHERE registered BETWEEN make_date(CAST(date_part('year', today) AS INTEGER) - 4, 1, 1) AND today GROUP BY ALL
    UNION ALL
    SELECT county, scope, scope_code, date_trunc('month', ended), 'deaths', count(*), count(*), count(*)
    FROM scoped WHERE ended IS NOT NULL GROUP BY ALL
    UNION ALL
    SELECT county, scope, scope_code, now, 'insured', count(*), count(*) FILTER (WHERE insured > 0), sum(insured)
    FROM counted GROUP BY ALL
    UNION ALL
    SELECT county, scope, scope_code, now, 'insured_units', count(*), count(*) FILTER (WHERE insured > 0), count(*)
    FROM counted GROUP BY ALL
    UNION ALL
    SELECT county, scope, scope_code, now, 'revenue_of_insured', count(*), count(*) FILTER (WHERE revenue > 0), sum(revenue)
    FROM living WHERE insured > 0 AND revenue IS NOT NULL GROUP BY ALL
    UNION ALL
    SELECT county, scope, scope_code, now, 'insured_with_revenue', count(*), count(*), sum(insured)
    FROM living WHERE insured > 0 AND revenue IS NOT NULL GROUP BY ALL
    UNION ALL
    SELECT county, scope, scope_code, now, 'tax_of_revenue', count(*), count(*) FILTER (WHERE tax_paid > 0), sum(tax_paid)
    FROM living WHERE revenue > 0 AND tax_paid IS NOT NULL GROUP BY ALL
    UNION ALL
    SELECT county, scope, scope_code, now, 'revenue_with_tax', count(*), count(*), sum(revenue)
    FROM living WHERE revenue > 0 AND tax_paid IS NOT NULL GROUP BY ALL
    UNION ALL
    SELECT county, scope, scope_code, now, 'tax_of_land', count(*), count(*) FILTER (WHERE tax_paid > 0), sum(tax_paid)
    FROM living WHERE land > 0 AND tax_paid IS NOT NULL GROUP BY ALL
    UNION ALL
    SELECT county, scope, scope_code, now, 'land_with_tax', count(*), count(*), sum(land)
    FROM living WHERE land > 0 AND tax_paid IS NOT NULL GROUP BY ALL
    UNION ALL
    SELECT county, scope, scope_code, now, 'electricity_of_revenue', count(*), count(*) FILTER (WHERE electricity > 0), sum(electricity)
    FROM living WHERE revenue > 0 AND electricity IS NOT NULL GROUP BY ALL
    UNION ALL
    SELECT county, scope, scope_code, now, 'revenue_with_electricity', count(*), count(*), sum(revenue)
    FROM living WHERE revenue > 0 AND electricity IS NOT NULL GROUP BY ALL
    UNION ALL
    SELECT county, scope, scope_code, now, 'research', count(*), count(*) FILTER (WHERE research > 0), sum(research)
    FROM living WHERE declared_revenue > 0 AND research IS NOT NULL GROUP BY ALL
    UNION ALL
    SELECT county, scope, scope_code, now, 'revenue_with_research', count(*), count(*), sum(declared_revenue)
    FROM living WHERE declared_revenue > 0 AND research IS NOT NULL GROUP BY ALL
),

summed AS (
    SELECT
        county, scope, scope_code, CAST(month AS DATE) AS month, figure, units, telling, value,
        CAST(NULL AS BIGINT) AS age, CAST(NULL AS BIGINT) AS entered, CAST(NULL AS BIGINT) AS died, CAST(NULL AS BIGINT) AS lost
    FROM figures
    UNION ALL
    SELECT
        county, scope, scope_code, CAST(month AS DATE) AS month, figure, NULL, NULL, NULL,
        age, CAST(sum(entered) AS BIGINT), CAST(sum(died) AS BIGINT), CAST(sum(lost) AS BIGINT)
    FROM aged
    GROUP BY ALL
)

SELECT summed.*, county.name AS county_name, coalesce(town.name, industry.name, county.name) AS scope_name
FROM summed
INNER JOIN county_list AS county ON summed.county = county.code
LEFT JOIN town_list AS town ON summed.scope = '乡镇' AND summed.scope_code = town.code
LEFT JOIN code_list AS industry
    ON summed.scope = '行业门类' AND industry.list = 'gbt4754_2017' AND summed.scope_code = industry.code
