-- The industry profile: one row a county, division of industry and year; industry_profile.py withholds what few report.
-- Sums are of integers and decimals, which are exact in any order; a ratio is reckoned once, from exact sums.
-- Nobody in a feed is none where the feed has arrived, else unknown.
WITH division AS (
    SELECT own.code AS industry, own.name, section.code AS section, section.name AS section_name
    FROM section_list AS up
    INNER JOIN code_list AS own ON own.list = 'gbt4754_2017' AND up.industry = own.code
    INNER JOIN code_list AS section ON section.list = 'gbt4754_2017' AND up.section = section.code
    WHERE length(own.code) = 2
),

-- The newest input-output table: items of two digits are sectors, the others value added, final use and imports.
flow AS (
    SELECT
        from_item,
        to_item,
        amount,
        regexp_full_match(from_item, '\d\d') AS from_sector,
        regexp_full_match(to_item, '\d\d') AS to_sector
    FROM statistics_input_output
    WHERE year = (SELECT max(year) FROM statistics_input_output)
),

sold AS (
    SELECT from_item AS sector, coalesce(sum(amount) FILTER (to_sector), 0) AS intermediate, sum(amount) AS demand
    FROM flow
    WHERE from_sector AND to_item NOT IN ('IM', 'DIM')
    GROUP BY from_item
),

bought AS (
    SELECT to_item AS sector, coalesce(sum(amount) FILTER (from_sector), 0) AS intermediate, sum(amount) AS inputs
    FROM flow
    WHERE to_sector
    GROUP BY to_item
),

sector AS (
    SELECT
        sold.sector,
        CAST(sold.intermediate AS DOUBLE) / nullif(CAST(sold.demand AS DOUBLE), 0) AS use_ratio,
        CAST(bought.intermediate AS DOUBLE) / nullif(CAST(bought.inputs AS DOUBLE), 0) AS input_ratio,
        CAST(sum(sold.intermediate) OVER () AS DOUBLE) / CAST(sum(sold.demand) OVER () AS DOUBLE) AS mean_use_ratio,
        CAST(sum(bought.intermediate) OVER () AS DOUBLE) / CAST(sum(bought.inputs) OVER () AS DOUBLE) AS mean_input_ratio
    FROM sold INNER JOIN bought ON sold.sector = bought.sector
),

-- Chenery and Watanabe (1958): who sells to other sectors, and who buys of them, more than all sectors together do.
chain AS (
    SELECT
        held.code AS industry,
        sector.use_ratio,
        sector.input_ratio,
        CASE
            WHEN sector.use_ratio < sector.mean_use_ratio THEN '下游'
            WHEN sector.use_ratio >= sector.mean_use_ratio AND sector.input_ratio < sector.mean_input_ratio THEN '上游'
            WHEN sector.use_ratio >= sector.mean_use_ratio AND sector.input_ratio >= sector.mean_input_ratio THEN '中游'
        END AS position
    FROM sector
    INNER JOIN dictionary_list AS held
        ON held.list = 'input_output' AND held.source = 'gbt4754_2017' AND sector.sector = held.standard
),

known AS (
    SELECT
        e.credit_code,
        e.county,
        e.insured,
        division.industry,
        coalesce(e.status, '') NOT IN (
            SELECT code FROM ended_list WHERE entity = 'enterprise' AND "column" = 'status'
        ) AS lives
    FROM enterprise AS e LEFT JOIN division ON substr(e.industry, 1, 2) = division.industry
    WHERE e.county IS NOT NULL
),

unclassified AS (
    SELECT county, count(*) AS enterprises FROM known WHERE lives AND industry IS NULL GROUP BY county
),

returned AS (
    SELECT year, count(entity_id) AS returns, max(returns) OVER () AS most
    FROM tax_annual CROSS JOIN today WHERE year < date_part('year', today.day) GROUP BY year
),

-- More than half as many returns as of the fullest year are a year's; fewer came early, or are slips.
newest AS (
    SELECT coalesce(max(returned.year), any_value(date_part('year', today.day) - 1)) AS year
    FROM today LEFT JOIN returned ON 2 * returned.returns > returned.most
),

-- Ten years, as far as there are returns.
years AS (
    SELECT DISTINCT told.year FROM tax_annual AS told, newest WHERE told.year BETWEEN newest.year - 9 AND newest.year
    UNION
    SELECT year FROM newest
),

-- Who has closed since is in the years in which it declared: growth of those that are left would be too high.
told AS (
    SELECT said.entity_id, said.year, known.county, known.industry, sum(said.revenue) AS revenue, sum(said.tax_paid) AS tax
    FROM tax_annual AS said
    INNER JOIN known ON said.entity_id = known.credit_code
    INNER JOIN years ON said.year = years.year
    WHERE known.industry IS NOT NULL
    GROUP BY said.entity_id, said.year, known.county, known.industry
),

-- Twice the median is the sum of the two middle returns, which is exact; the mean of an even number would not be.
usual AS (
    SELECT entity_id, quantile_disc(revenue, 0.5) + quantile_disc(revenue, 0.5 ORDER BY revenue DESC) AS twice
    FROM told WHERE revenue > 0 GROUP BY entity_id HAVING count(*) >= 3
),

-- Yuan taken for ten thousand yuan, or the reverse, in one year's return would outweigh a county's industry.
doubted AS (
    SELECT
        told.*,
        coalesce(
            told.revenue > 0 AND (told.revenue * 2000 <= usual.twice OR told.revenue * 2000 >= usual.twice * 1000000), false
        ) AS slips
    FROM told LEFT JOIN usual ON told.entity_id = usual.entity_id
),

declared AS (
    SELECT
        * REPLACE (CASE WHEN NOT slips THEN revenue END AS revenue),
        coalesce(bool_or(slips) OVER five_before, false) AS slipped,
        coalesce(bool_or(slips) OVER five_after, false) AS will_slip
    FROM doubted
    WINDOW
        five_before AS (PARTITION BY entity_id ORDER BY year RANGE BETWEEN 5 PRECEDING AND 5 PRECEDING),
        five_after AS (PARTITION BY entity_id ORDER BY year RANGE BETWEEN 5 FOLLOWING AND 5 FOLLOWING)
),

metered AS (
    SELECT told.entity_id, told.year, known.county, known.industry, sum(told.energy) AS energy
    FROM power_customer AS told
    INNER JOIN known ON told.entity_id = known.credit_code
    INNER JOIN years ON told.year = years.year
    WHERE told.month = 0 AND known.industry IS NOT NULL
    GROUP BY told.entity_id, told.year, known.county, known.industry
),

power AS (
    SELECT
        county,
        industry,
        year,
        count(*) AS units,
        count(*) FILTER (WHERE energy > 0) AS telling,
        sum(energy) AS energy
    FROM metered
    GROUP BY county, industry, year
),

parcels AS (
    SELECT entity_id, sum(area) AS land FROM natural_resources_parcel GROUP BY entity_id
),

living AS (
    SELECT
        county,
        industry,
        count(*) AS enterprises,
        count(insured) AS insured_units,
        count(*) FILTER (WHERE insured > 0) AS insured_telling,
        sum(CAST(insured AS HUGEINT)) AS insured,
        count(parcels.land) AS land_units,
        count(*) FILTER (WHERE parcels.land > 0) AS land_telling,
        sum(parcels.land) AS land
    FROM known LEFT JOIN parcels ON known.credit_code = parcels.entity_id
    WHERE lives AND industry IS NOT NULL
    GROUP BY county, industry
),

output AS (
    SELECT
        county,
        industry,
        year,
        count(*) AS units,
        count(*) FILTER (WHERE NOT slips) AS revenue_units,
        count(*) FILTER (WHERE slips) AS revenue_doubtful,
        count(*) FILTER (WHERE revenue > 0) AS revenue_telling,
        sum(revenue) AS revenue,
        sum(revenue) FILTER (WHERE NOT slipped) AS revenue_grown,
        sum(revenue) FILTER (WHERE NOT will_slip) AS revenue_to_grow,
        count(revenue) FILTER (WHERE slipped) AS apart,
        count(revenue) FILTER (WHERE will_slip) AS will_be_apart,
        sum(CAST(round(revenue) AS HUGEINT)) AS yuan,
        max(CAST(round(revenue) AS HUGEINT)) AS largest,
        sum(CAST(round(revenue) AS HUGEINT) * CAST(round(revenue) AS HUGEINT)) AS squared,
        count(*) FILTER (WHERE tax > 0) AS tax_telling,
        sum(tax) AS tax
    FROM declared
    GROUP BY county, industry, year
),

place AS (
    SELECT county, industry FROM living
    UNION
    SELECT county, industry FROM output
    UNION
    SELECT county, industry FROM power
),

cell AS (
    SELECT
        place.county,
        place.industry,
        years.year,
        CASE WHEN years.year = newest.year THEN coalesce(living.enterprises, 0) END AS enterprises,
        CASE
            WHEN years.year = newest.year AND 'social_security_employer' IN (FROM arrived)
                THEN coalesce(living.insured_units, 0)
        END AS insured_units,
        CASE
            WHEN years.year = newest.year AND 'natural_resources_parcel' IN (FROM arrived) THEN coalesce(living.land_units, 0)
        END AS land_units,
        living.* EXCLUDE (county, industry, enterprises, insured_units, land_units),
        output.* EXCLUDE (county, industry, year, revenue_to_grow, apart, will_be_apart),
        CASE WHEN 'power_customer' IN (FROM arrived) THEN coalesce(power.units, 0) END AS energy_units,
        power.telling AS energy_telling,
        power.energy,
        was.revenue_to_grow AS revenue_was,
        coalesce(output.apart, 0) + coalesce(was.will_be_apart, 0) AS apart,
        base.year AS base_year
    FROM place
    CROSS JOIN years
    CROSS JOIN newest
    LEFT JOIN living
        ON place.county = living.county AND place.industry = living.industry AND years.year = newest.year
    LEFT JOIN output ON place.county = output.county AND place.industry = output.industry AND years.year = output.year
    LEFT JOIN power ON place.county = power.county AND place.industry = power.industry AND years.year = power.year
    LEFT JOIN years AS base ON years.year - 5 = base.year
    LEFT JOIN output AS was ON place.county = was.county AND place.industry = was.industry AND base.year = was.year
    WHERE years.year = newest.year OR output.units > 0 OR was.units > 0 OR power.units > 0
),

whole AS (
    SELECT county, year, sum(enterprises) AS enterprises, sum(insured) AS insured, sum(revenue) AS revenue
    FROM cell GROUP BY county, year
),

trade AS (
    SELECT
        industry, year, sum(enterprises) AS enterprises, sum(insured) AS insured, sum(revenue) AS revenue,
        sum(revenue_grown) AS revenue_grown, sum(revenue_was) AS revenue_was
    FROM cell GROUP BY industry, year
),

province AS (
    SELECT
        year, sum(enterprises) AS enterprises, sum(insured) AS insured, sum(revenue) AS revenue,
        sum(revenue_grown) AS revenue_grown, sum(revenue_was) AS revenue_was
    FROM cell GROUP BY year
),

-- A quotient of quotients is divided once: of three divisions an exact half may come out below itself, and is rounded down.
ratio AS (
    SELECT
        cell.county,
        cell.industry,
        cell.year,
        cell.enterprises / nullif(CAST(whole.enterprises AS DOUBLE), 0) AS enterprises,
        CAST(cell.insured AS DOUBLE) / nullif(CAST(whole.insured AS DOUBLE), 0) AS insured,
        CAST(cell.revenue AS DOUBLE) / nullif(CAST(whole.revenue AS DOUBLE), 0) AS revenue,
        CAST(cell.enterprises AS DOUBLE) * CAST(province.enterprises AS DOUBLE)
        / nullif(CAST(whole.enterprises AS DOUBLE) * CAST(trade.enterprises AS DOUBLE), 0) AS enterprises_lq,
        CAST(cell.insured AS DOUBLE) * CAST(province.insured AS DOUBLE)
        / nullif(CAST(whole.insured AS DOUBLE) * CAST(trade.insured AS DOUBLE), 0) AS insured_lq,
        CAST(cell.revenue AS DOUBLE) * CAST(province.revenue AS DOUBLE)
        / nullif(CAST(whole.revenue AS DOUBLE) * CAST(trade.revenue AS DOUBLE), 0) AS revenue_lq,
        CAST(coalesce(province.revenue_grown, 0) AS DOUBLE) / nullif(CAST(province.revenue_was AS DOUBLE), 0) AS province_grew,
        CAST(coalesce(trade.revenue_grown, 0) AS DOUBLE) / nullif(CAST(trade.revenue_was AS DOUBLE), 0) AS trade_grew
    FROM cell
    INNER JOIN whole ON cell.county = whole.county AND cell.year = whole.year
    INNER JOIN trade ON cell.industry = trade.industry AND cell.year = trade.year
    INNER JOIN province ON cell.year = province.year
),

-- Dunn's parts of a change, of those whose returns slip at neither end; what was not there at first has grown by itself alone.
shift AS (
    SELECT
        cell.county,
        cell.industry,
        cell.year,
        coalesce(cell.revenue_grown, 0) - coalesce(cell.revenue_was, 0) AS change,
        CAST(coalesce(CAST(cell.revenue_was AS DOUBLE) * (ratio.province_grew - 1), 0) AS DECIMAL(24, 2)) AS national,
        CAST(
            coalesce(CAST(cell.revenue_was AS DOUBLE) * (ratio.trade_grew - ratio.province_grew), 0) AS DECIMAL(24, 2)
        ) AS mix
    FROM cell
    INNER JOIN ratio ON cell.county = ratio.county AND cell.industry = ratio.industry AND cell.year = ratio.year
    WHERE cell.base_year IS NOT NULL AND (cell.revenue_grown IS NOT NULL OR cell.revenue_was IS NOT NULL)
)

SELECT
    cell.county,
    county.name AS county_name,
    cell.year,
    cell.industry,
    division.name AS industry_name,
    division.section,
    division.section_name,
    chain.position AS chain_position,
    round(chain.use_ratio, 3) AS intermediate_use,
    round(chain.input_ratio, 3) AS intermediate_input,
    cell.enterprises,
    round(ratio.enterprises, 4) AS enterprises_share,
    round(ratio.enterprises_lq, 3) AS enterprises_lq,
    CAST(trade.enterprises AS BIGINT) AS province_enterprises,
    CASE WHEN cell.year = newest.year THEN coalesce(unclassified.enterprises, 0) END AS unclassified,
    cell.insured_units,
    cell.insured_telling,
    CAST(cell.insured AS BIGINT) AS insured,
    round(ratio.insured, 4) AS insured_share,
    round(ratio.insured_lq, 3) AS insured_lq,
    coalesce(cell.revenue_units, 0) AS revenue_units,
    coalesce(cell.revenue_doubtful, 0) AS revenue_doubtful,
    cell.revenue_telling,
    cell.revenue,
    round(ratio.revenue, 4) AS revenue_share,
    round(ratio.revenue_lq, 3) AS revenue_lq,
    CASE
        WHEN 100 * cell.largest <= 85 * cell.yuan
            THEN round(10000 * CAST(cell.squared AS DOUBLE) / nullif(CAST(cell.yuan AS DOUBLE) * CAST(cell.yuan AS DOUBLE), 0), 1)
    END AS revenue_hhi,
    coalesce(cell.units, 0) AS tax_units,
    cell.tax_telling,
    cell.tax,
    cell.energy_units,
    cell.energy_telling,
    cell.energy,
    cell.land_units,
    cell.land_telling,
    cell.land,
    cell.base_year,
    cell.apart AS revenue_apart,
    shift.change AS revenue_change,
    shift.national AS national_effect,
    shift.mix AS mix_effect,
    shift.change - shift.national - shift.mix AS competitive_effect
FROM cell
CROSS JOIN newest
INNER JOIN county_list AS county ON cell.county = county.code
INNER JOIN division ON cell.industry = division.industry
INNER JOIN trade ON cell.industry = trade.industry AND cell.year = trade.year
INNER JOIN ratio ON cell.county = ratio.county AND cell.industry = ratio.industry AND cell.year = ratio.year
LEFT JOIN chain ON cell.industry = chain.industry
LEFT JOIN shift ON cell.county = shift.county AND cell.industry = shift.industry AND cell.year = shift.year
LEFT JOIN unclassified ON cell.county = unclassified.county
