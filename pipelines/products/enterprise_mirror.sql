-- The enterprise mirror: one row an enterprise with a county; columns as schemas/products/enterprise_mirror.py promises.
-- Nothing in a feed is none where the feed has arrived, else unknown.
WITH lists AS (
    SELECT
        entity_id,
        string_agg(DISTINCT listed.name, ';' ORDER BY listed.name) AS technology_lists,
        CASE WHEN bool_and(valid_until IS NOT NULL) THEN max(valid_until) END AS technology_valid_until
    FROM science_technology_list AS recognised
    CROSS JOIN today
    LEFT JOIN code_list AS listed ON listed.list = 'technology_list' AND recognised.listed = listed.code
    WHERE valid_until IS NULL OR valid_until >= today.day
    GROUP BY entity_id
),

permits AS (
    SELECT
        entity_id,
        count(*) AS permits,
        min(permit_class) AS permit_class,
        CASE WHEN bool_and(valid_until IS NOT NULL) THEN max(valid_until) END AS permit_valid_until
    FROM ecology_permit, today
    WHERE valid_until IS NULL OR valid_until >= today.day
    GROUP BY entity_id
),

disputed AS (
    SELECT credit_code, count(DISTINCT "column") AS disputes FROM disputes GROUP BY credit_code
),

returned AS (
    SELECT entity_id, max(year) AS year
    FROM tax_annual, today
    WHERE year BETWEEN extract(YEAR FROM today.day) - 2 AND extract(YEAR FROM today.day) - 1
    GROUP BY entity_id
),

annual AS (
    SELECT
        tax_annual.entity_id,
        max(returned.year) AS declared_year,
        sum(revenue) FILTER (years.ago = 0) AS revenue_declared,
        sum(revenue) FILTER (years.ago = 1) AS revenue_before,
        sum(revenue) FILTER (years.ago = 2) AS revenue_before_2,
        sum(tax_paid) FILTER (years.ago = 0) AS tax_paid_declared,
        sum(tax_paid) FILTER (years.ago = 1) AS tax_paid_before,
        sum(tax_paid) FILTER (years.ago = 2) AS tax_paid_before_2,
        sum(profit) FILTER (years.ago = 0) AS profit,
        sum(profit) FILTER (years.ago = 1) AS profit_before,
        sum(research) FILTER (years.ago = 0) AS research_expense,
        sum(research) FILTER (years.ago = 1) AS research_expense_before,
        (arg_max({'grade': credit_class}, (tax_annual.year, credit_class IS NOT NULL, taxpayer_id))
            FILTER (tax_annual.year <= extract(YEAR FROM today.day))).grade AS tax_credit_grade
    FROM tax_annual
    CROSS JOIN today
    LEFT JOIN returned ON tax_annual.entity_id = returned.entity_id
    CROSS JOIN LATERAL (SELECT returned.year - tax_annual.year AS ago) AS years
    GROUP BY tax_annual.entity_id
),

metered AS (
    SELECT
        entity_id,
        sum(energy) FILTER (year = extract(YEAR FROM today.day) - 1) AS electricity,
        sum(energy) FILTER (year = extract(YEAR FROM today.day) - 2) AS electricity_before
    FROM power_customer, today
    WHERE month = 0
    GROUP BY entity_id
),

by_month AS (
    SELECT entity_id, year, month, sum(energy) AS energy
    FROM power_customer, today
    WHERE month BETWEEN 1 AND 12 AND (year, month) <= (extract(YEAR FROM today.day), extract(MONTH FROM today.day))
    GROUP BY ALL
),

last_month AS (
    SELECT entity_id, arg_max(energy, (year, month)) AS electricity_month FROM by_month GROUP BY entity_id
),

parcels AS (
    SELECT entity_id, sum(area) AS land FROM natural_resources_parcel GROUP BY entity_id
),

rated AS (
    SELECT entity_id, arg_max(grade, (rated, credit_code)) AS grade
    FROM development_reform_credit, today
    WHERE rated <= today.day
    GROUP BY entity_id
),

penalised AS (
    SELECT entity_id, count(*) AS penalties
    FROM market_regulation_penalty, today
    WHERE decided > today.day - INTERVAL 3 YEAR AND decided <= today.day
    GROUP BY entity_id
),

known AS (
    SELECT entity_id, count(DISTINCT department) AS departments
    FROM presence INNER JOIN feed_list ON presence.feed = feed_list.feed
    GROUP BY entity_id
)

SELECT
    e.credit_code,
    substr(e.credit_code, 9, 9) AS organisation_code,
    e.name,
    -- 4000 lies above sole proprietorships and partnerships too.
    coalesce(kind.code <> '4000' AND kind.name LIKE '%分%', false)
        OR regexp_matches(e.name, '(分公司|分行|支行|分店|分厂|分社|营业部|办事处|代表处)$') AS is_branch,
    e.county,
    county.name AS county_name,
    e.town,
    town.name AS town_name,
    e.place_evidence,
    e.address,
    e.registered,
    e.started,
    CASE
        WHEN e.registered <= today.day THEN extract(YEAR FROM today.day) - extract(YEAR FROM e.registered)
            - CAST(strftime(today.day, '%m%d') < strftime(e.registered, '%m%d') AS INTEGER)
    END AS age_years,
    e.enterprise_type,
    kind.name AS enterprise_type_name,
    e.capital,
    e.capital_currency,
    e.scope,
    e.status,
    status.name AS status_name,
    e.industry,
    industry.name AS industry_name,
    coalesce(section.section, e.industry_section) AS industry_section,
    section_name.name AS industry_section_name,
    known.departments,
    lists.technology_lists,
    lists.technology_valid_until,
    CASE WHEN 'ecology_permit' IN (FROM arrived) THEN coalesce(permits.permits, 0) END AS permits,
    permits.permit_class,
    permit_class.name AS permit_class_name,
    permits.permit_valid_until,
    coalesce(disputed.disputes, 0) AS disputes,
    e.insured,
    e.insurance_status,
    insurance.name AS insurance_status_name,
    e.first_insured,
    e.revenue,
    e.tax_paid,
    CAST(e.revenue AS DOUBLE) / nullif(e.insured, 0) AS revenue_per_insured,
    annual.declared_year,
    annual.revenue_declared,
    annual.revenue_before,
    annual.revenue_before_2,
    annual.tax_paid_declared,
    annual.tax_paid_before,
    annual.tax_paid_before_2,
    annual.profit,
    annual.profit_before,
    annual.research_expense,
    annual.research_expense_before,
    annual.tax_credit_grade,
    metered.electricity,
    metered.electricity_before,
    last_month.electricity_month,
    parcels.land,
    credit_grade.name AS credit_grade,
    CASE WHEN 'market_regulation_penalty' IN (FROM arrived) THEN coalesce(penalised.penalties, 0) END AS penalties_market
FROM enterprise AS e
CROSS JOIN today
LEFT JOIN county_list AS county ON e.county = county.code
LEFT JOIN town_list AS town ON e.town = town.code
LEFT JOIN code_list AS kind ON kind.list = 'enterprise_type' AND e.enterprise_type = kind.code
LEFT JOIN code_list AS status ON status.list = 'enterprise_status' AND e.status = status.code
LEFT JOIN code_list AS industry ON industry.list = 'gbt4754_2017' AND e.industry = industry.code
LEFT JOIN section_list AS section ON e.industry = section.industry
LEFT JOIN code_list AS section_name
    ON section_name.list = 'gbt4754_2017' AND coalesce(section.section, e.industry_section) = section_name.code
LEFT JOIN lists ON e.credit_code = lists.entity_id
LEFT JOIN permits ON e.credit_code = permits.entity_id
LEFT JOIN code_list AS permit_class ON permit_class.list = 'permit_class' AND permits.permit_class = permit_class.code
LEFT JOIN code_list AS insurance ON insurance.list = 'insurance_status' AND e.insurance_status = insurance.code
LEFT JOIN disputed ON e.credit_code = disputed.credit_code
LEFT JOIN known ON e.credit_code = known.entity_id
LEFT JOIN annual ON e.credit_code = annual.entity_id
LEFT JOIN metered ON e.credit_code = metered.entity_id
LEFT JOIN last_month ON e.credit_code = last_month.entity_id
LEFT JOIN parcels ON e.credit_code = parcels.entity_id
LEFT JOIN rated ON e.credit_code = rated.entity_id
LEFT JOIN code_list AS credit_grade ON credit_grade.list = 'credit_grade' AND rated.grade = credit_grade.code
LEFT JOIN penalised ON e.credit_code = penalised.entity_id
WHERE e.name IS NOT NULL
