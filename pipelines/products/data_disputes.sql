-- Data disputes: one row a value that lost, of enterprises with a county; columns as schemas/products/data_disputes.py promises.
-- Towns are a list of code_list; counties are not.
WITH named AS (
    SELECT list, code, name FROM code_list
    UNION ALL
    SELECT 'county' AS list, code, name FROM county_list
),

said AS (
    SELECT
        disputes.*,
        attribute.title,
        attribute.level,
        attribute.list,
        -- An amount is kept with six decimals; a reader needs those that are not zero.
        CASE WHEN attribute.kind = 'money' THEN regexp_replace(disputes.value, '\.?0+$', '') ELSE disputes.value END AS won_value,
        CASE WHEN attribute.kind = 'money' THEN regexp_replace(lost_value, '\.?0+$', '') ELSE lost_value END AS other_value
    FROM disputes INNER JOIN attribute_list AS attribute ON disputes."column" = attribute."column"
)

SELECT
    e.credit_code,
    e.name,
    e.county,
    county.name AS county_name,
    said."column",
    said.title AS column_title,
    said.level,
    won.department_title AS won_department,
    won.title AS won_feed,
    said.won_record,
    said.won_value,
    won_code.name AS won_name,
    said.won_since,
    lost.department_title AS lost_department,
    lost.title AS lost_feed,
    said.lost_record,
    said.other_value AS lost_value,
    lost_code.name AS lost_name,
    said.lost_since,
    greatest(said.won_since, said.lost_since) AS since
FROM said
INNER JOIN enterprise AS e ON said.credit_code = e.credit_code
LEFT JOIN county_list AS county ON e.county = county.code
INNER JOIN feed_list AS won ON said.won_by = won.feed
INNER JOIN feed_list AS lost ON said.lost_by = lost.feed
LEFT JOIN named AS won_code ON said.list = won_code.list AND said.value = won_code.code
LEFT JOIN named AS lost_code ON said.list = lost_code.list AND said.lost_value = lost_code.code
