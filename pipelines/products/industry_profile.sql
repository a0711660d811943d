-- The industry profile: one row a county, year and division of industry; industry_profile.py withholds what few report.
-- Sums are of integers and decimals, which are exact in any order; a ratio is reckoned once, from exact sums.
WITH division AS (
    SELECT own.code AS industry, own.name, section.code AS section, section.name AS section_name
    FROM section_list AS up
    INNER JOIN code_list AS own ON own.list = 'gbt4754_2017' AND up.industry = own.code
    INNER JOIN code_list AS section ON section.list = 'gbt4754_2017' AND up.section = section.code
    WHERE length(own.code) = 2
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
    cell.insured_telling,
    CAST(cell.insured AS BIGINT) AS insured,
    round(ratio.insured, 4) AS insured_share,
    round(ratio.insured / nullif(ratio.of_insured, 0), 3) AS insured_lq,
    cell.revenue_units,
    cell.revenue_telling,
    cell.revenue,
    round(ratio.revenue, 4) AS revenue_share,
    round(ratio.revenue / nullif(ratio.of_revenue, 0), 3) AS revenue_lq,
    CASE
        WHEN 100 * cell.largest <= 85 * cell.yuan
            THEN round(10000 * CAST(cell.squared AS DOUBLE) / nullif(CAST(cell.yuan AS DOUBLE) * CAST(cell.yuan AS DOUBLE), 0), 1)
    END AS revenue_hhi
FROM cell
CROSS JOIN today
INNER JOIN county_list AS county ON cell.county = county.code
INNER JOIN division ON cell.industry = division.industry
INNER JOIN trade ON cell.industry = trade.industry
INNER JOIN ratio ON cell.county = ratio.county AND cell.industry = ratio.industry
LEFT JOIN unclassified ON cell.county = unclassified.county
