-- The industry profile: one row a county, year and division of industry; columns as schemas/products/industry_profile.py promises.
-- Sums are of integers and decimals, which are exact in any order; a ratio is reckoned once, from exact sums.
WITH RECURSIVE up AS (
    SELECT code AS division, code, parent FROM code_list WHERE list = 'gbt4754_2017' AND length(code) = 2
    UNION ALL
    SELECT up.division, above.code, above.parent
    FROM up INNER JOIN code_list AS above ON above.list = 'gbt4754_2017' AND above.code = up.parent
),

division AS (
    SELECT own.code AS industry, own.name, section.code AS section, section.name AS section_name
    FROM up
    INNER JOIN code_list AS own ON own.list = 'gbt4754_2017' AND up.division = own.code
    INNER JOIN code_list AS section ON section.list = 'gbt4754_2017' AND up.code = section.code
    WHERE up.parent = ''
),

-- Enterprises that count, as in tags: neither revoked nor struck off.
counted AS (
    SELECT e.credit_code, e.county, division.industry, e.insured, e.revenue
    FROM enterprise AS e LEFT JOIN division ON substr(e.industry, 1, 2) = division.industry
    WHERE e.county IS NOT NULL AND coalesce(e.status, '') NOT IN ('4', '5')
),

unclassified AS (
    SELECT county, count(*) AS enterprises FROM counted WHERE industry IS NULL GROUP BY county
),

cell AS (
    SELECT
        county,
        industry,
        count(*) AS enterprises,
        count(insured) AS insured_units,
        count(*) FILTER (WHERE insured > 0) AS insured_telling,
        sum(CAST(insured AS HUGEINT)) AS insured,
        count(revenue) AS revenue_units,
        count(*) FILTER (WHERE revenue > 0) AS revenue_telling,
        sum(revenue) AS revenue,
        sum(CAST(round(revenue) AS HUGEINT)) AS yuan,
        max(CAST(round(revenue) AS HUGEINT)) AS largest,
        sum(CAST(round(revenue) AS HUGEINT) * CAST(round(revenue) AS HUGEINT)) AS squared
    FROM counted
    WHERE industry IS NOT NULL
    GROUP BY county, industry
),

-- Both measures under one another, so that one rule withholds either.
measured AS (
    SELECT county, industry, 'insured' AS measure, insured_units AS units, insured_telling AS telling FROM cell
    UNION ALL
    SELECT county, industry, 'revenue' AS measure, revenue_units AS units, revenue_telling AS telling FROM cell
),

-- Fewer than three tell of themselves; all at zero tell nothing of one another.
few AS (
    SELECT *, units > 0 AND (units < 3 OR telling BETWEEN 1 AND 2) AS is_few FROM measured
),

-- One withheld cell, or several of fewer than three enterprises, could be had back by subtraction from the county's sum.
open AS (
    SELECT county, measure, count(*) AS cells, sum(units) AS units
    FROM few WHERE is_few GROUP BY county, measure
),

beside AS (
    SELECT few.county, few.measure, first(few.industry ORDER BY few.units, few.industry) AS industry
    FROM few INNER JOIN open ON few.county = open.county AND few.measure = open.measure
    WHERE NOT few.is_few AND few.telling > 0 AND (open.cells < 2 OR open.units < 3)
    GROUP BY few.county, few.measure
),

withheld AS (
    SELECT
        few.county,
        few.industry,
        few.measure,
        CASE WHEN few.is_few THEN '少于3家' WHEN beside.industry IS NOT NULL THEN '防止推算' END AS why
    FROM few
    LEFT JOIN beside
        ON few.county = beside.county AND few.measure = beside.measure AND few.industry = beside.industry
),

whole AS (
    SELECT county, sum(enterprises) AS enterprises, sum(insured) AS insured, sum(revenue) AS revenue
    FROM cell GROUP BY county
),

trade AS (
    SELECT industry, sum(enterprises) AS enterprises, sum(insured) AS insured, sum(revenue) AS revenue
    FROM cell GROUP BY industry
),

province AS (
    SELECT sum(enterprises) AS enterprises, sum(insured) AS insured, sum(revenue) AS revenue FROM cell
),

ratio AS (
    SELECT
        cell.county,
        cell.industry,
        cell.enterprises / nullif(CAST(whole.enterprises AS DOUBLE), 0) AS enterprises,
        CAST(cell.insured AS DOUBLE) / nullif(CAST(whole.insured AS DOUBLE), 0) AS insured,
        CAST(cell.revenue AS DOUBLE) / nullif(CAST(whole.revenue AS DOUBLE), 0) AS revenue,
        CAST(trade.enterprises AS DOUBLE) / nullif(CAST(province.enterprises AS DOUBLE), 0) AS of_enterprises,
        CAST(trade.insured AS DOUBLE) / nullif(CAST(province.insured AS DOUBLE), 0) AS of_insured,
        CAST(trade.revenue AS DOUBLE) / nullif(CAST(province.revenue AS DOUBLE), 0) AS of_revenue
    FROM cell
    INNER JOIN whole ON cell.county = whole.county
    INNER JOIN trade ON cell.industry = trade.industry
    CROSS JOIN province
)

SELECT
    cell.county,
    county.name AS county_name,
    date_part('year', today.day) - 1 AS year,
    cell.industry,
    division.name AS industry_name,
    division.section,
    division.section_name,
    cell.enterprises,
    round(ratio.enterprises, 4) AS enterprises_share,
    round(ratio.enterprises / nullif(ratio.of_enterprises, 0), 3) AS enterprises_lq,
    CAST(trade.enterprises AS BIGINT) AS province_enterprises,
    coalesce(unclassified.enterprises, 0) AS unclassified,
    cell.insured_units,
    staff.why AS insured_withheld,
    CASE WHEN staff.why IS NULL THEN CAST(cell.insured AS BIGINT) END AS insured,
    CASE WHEN staff.why IS NULL THEN round(ratio.insured, 4) END AS insured_share,
    CASE WHEN staff.why IS NULL THEN round(ratio.insured / nullif(ratio.of_insured, 0), 3) END AS insured_lq,
    cell.revenue_units,
    output.why AS revenue_withheld,
    CASE WHEN output.why IS NULL THEN cell.revenue END AS revenue,
    CASE WHEN output.why IS NULL THEN round(ratio.revenue, 4) END AS revenue_share,
    CASE WHEN output.why IS NULL THEN round(ratio.revenue / nullif(ratio.of_revenue, 0), 3) END AS revenue_lq,
    CASE
        WHEN output.why IS NULL AND 100 * cell.largest <= 85 * cell.yuan
            THEN round(10000 * CAST(cell.squared AS DOUBLE) / nullif(CAST(cell.yuan AS DOUBLE) * CAST(cell.yuan AS DOUBLE), 0), 1)
    END AS revenue_hhi
FROM cell
CROSS JOIN today
INNER JOIN county_list AS county ON cell.county = county.code
INNER JOIN division ON cell.industry = division.industry
INNER JOIN trade ON cell.industry = trade.industry
INNER JOIN ratio ON cell.county = ratio.county AND cell.industry = ratio.industry
INNER JOIN withheld AS staff ON cell.county = staff.county AND cell.industry = staff.industry AND staff.measure = 'insured'
INNER JOIN withheld AS output ON cell.county = output.county AND cell.industry = output.industry AND output.measure = 'revenue'
LEFT JOIN unclassified ON cell.county = unclassified.county
