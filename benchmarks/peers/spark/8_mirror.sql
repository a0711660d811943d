-- The enterprise mirror, as pipelines/products/enterprise_mirror.sql says it, in Spark's dialect.
CREATE TABLE mirror USING parquet AS
WITH industry_section AS (
    SELECT a.code AS industry, CASE WHEN a.parent = '' THEN a.code WHEN b.parent = '' THEN b.code
        WHEN c.parent = '' THEN c.code ELSE d.code END AS code
    FROM code_list AS a
    LEFT JOIN code_list AS b ON b.list = a.list AND b.code = a.parent
    LEFT JOIN code_list AS c ON c.list = a.list AND c.code = b.parent
    LEFT JOIN code_list AS d ON d.list = a.list AND d.code = c.parent
    WHERE a.list = 'gbt4754_2017'
), lists AS (
    SELECT entity_id, array_join(array_sort(collect_set(listed.name)), ';') AS technology_lists,
        CASE WHEN every(valid_until IS NOT NULL) THEN max(valid_until) END AS technology_valid_until
    FROM science_technology_list AS recognised
    LEFT JOIN code_list AS listed ON listed.list = 'technology_list' AND recognised.listed = listed.code
    WHERE valid_until IS NULL OR valid_until >= DATE '${day}'
    GROUP BY entity_id
), permits AS (
    SELECT entity_id, count(*) AS permits, min(permit_class) AS permit_class,
        CASE WHEN every(valid_until IS NOT NULL) THEN max(valid_until) END AS permit_valid_until
    FROM ecology_permit
    WHERE valid_until IS NULL OR valid_until >= DATE '${day}'
    GROUP BY entity_id
), disputed AS (
    SELECT credit_code, count(DISTINCT column) AS disputes FROM disputes GROUP BY credit_code
), known AS (
    SELECT entity_id, count(DISTINCT feed) AS departments FROM presence GROUP BY entity_id
)
SELECT
    e.credit_code,
    substr(e.credit_code, 9, 9) AS organisation_code,
    e.name,
    coalesce(kind.code <> '4000' AND contains(kind.name, '分'), false)
        OR e.name RLIKE '(分公司|分行|支行|分店|分厂|分社|营业部|办事处|代表处)$' AS is_branch,
    e.county,
    county.name AS county_name,
    e.town,
    town.name AS town_name,
    e.place_evidence,
    e.address,
    e.registered,
    e.started,
    CAST(year(DATE '${day}') - year(e.registered)
        - CAST(date_format(DATE '${day}', 'MMdd') < date_format(e.registered, 'MMdd') AS INT) AS BIGINT) AS age_years,
    e.enterprise_type,
    kind.name AS enterprise_type_name,
    e.capital,
    e.capital_currency,
    e.scope,
    e.status,
    status.name AS status_name,
    e.industry,
    industry.name AS industry_name,
    coalesce(section.code, e.industry_section) AS industry_section,
    section_list.name AS industry_section_name,
    known.departments,
    lists.technology_lists,
    lists.technology_valid_until,
    coalesce(permits.permits, 0) AS permits,
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
    CAST(CAST(bround(CAST(e.revenue AS DOUBLE) / nullif(e.insured, 0) * 1000000, 0) AS DECIMAL(24, 0)) * 0.000001BD
        AS DECIMAL(24, 6)) AS revenue_per_insured
FROM enterprise AS e
LEFT JOIN county_list AS county ON e.county = county.code
LEFT JOIN town_list AS town ON e.town = town.code
LEFT JOIN code_list AS kind ON kind.list = 'enterprise_type' AND e.enterprise_type = kind.code
LEFT JOIN code_list AS status ON status.list = 'enterprise_status' AND e.status = status.code
LEFT JOIN code_list AS industry ON industry.list = 'gbt4754_2017' AND e.industry = industry.code
LEFT JOIN industry_section AS section ON e.industry = section.industry
LEFT JOIN code_list AS section_list
    ON section_list.list = 'gbt4754_2017' AND coalesce(section.code, e.industry_section) = section_list.code
LEFT JOIN lists ON e.credit_code = lists.entity_id
LEFT JOIN permits ON e.credit_code = permits.entity_id
LEFT JOIN code_list AS permit_class ON permit_class.list = 'permit_class' AND permits.permit_class = permit_class.code
LEFT JOIN code_list AS insurance ON insurance.list = 'insurance_status' AND e.insurance_status = insurance.code
LEFT JOIN disputed ON e.credit_code = disputed.credit_code
LEFT JOIN known ON e.credit_code = known.entity_id
WHERE e.name IS NOT NULL AND e.county IS NOT NULL;
