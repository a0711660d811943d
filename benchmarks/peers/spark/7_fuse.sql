-- Of what the feeds say about one enterprise the highest authority's word holds; the others are disputes.

-- The last rung's word stands beside the others by now.
CREATE TABLE presence USING parquet AS
SELECT told.feed, told.row, told.record, identified.entity_id FROM identified INNER JOIN told USING (id);

-- One that has ended holds behind no other. All rows of a feed are of one day; of these the greatest record is the
-- newest, as text.
CREATE TABLE newest USING parquet AS
WITH ended AS (
    SELECT 'tax' AS feed, row FROM tax WHERE status IN ('4', '5')
    UNION ALL
    SELECT 'social', row FROM social WHERE insurance_status = '3'
)
SELECT presence.feed, presence.entity_id, max_by(presence.row, struct(ended.row IS NULL, presence.record)) AS row
FROM presence
LEFT JOIN ended ON presence.feed = ended.feed AND presence.row = ended.row
GROUP BY presence.feed, presence.entity_id;

-- Counts and amounts add up over all of a feed's rows of one enterprise.
CREATE TABLE taxed USING parquet AS
SELECT entity_id, CAST(sum(revenue) AS DECIMAL(24, 6)) AS revenue, CAST(sum(tax_paid) AS DECIMAL(24, 6)) AS tax_paid
FROM presence INNER JOIN tax ON feed = 'tax' AND presence.row = tax.row
GROUP BY entity_id;

CREATE TABLE employed USING parquet AS
SELECT entity_id, CAST(sum(insured) AS BIGINT) AS insured
FROM presence INNER JOIN social ON feed = 'social' AND presence.row = social.row
GROUP BY entity_id;

CREATE TABLE wide USING parquet AS
SELECT
    entity.entity_id AS credit_code,
    m.row IS NOT NULL AS m, t.row IS NOT NULL AS t, s.row IS NOT NULL AS s, p.row IS NOT NULL AS p, l.row IS NOT NULL AS l,
    m.name AS m_name, t.name AS t_name, s.name AS s_name, p.name AS p_name, l.name AS l_name,
    m.county AS m_county, s.county AS s_county, p.county AS p_county, l.county AS l_county,
    m.town AS m_town, s.town AS s_town, p.town AS p_town, l.town AS l_town,
    m.place_evidence AS m_place_evidence, s.place_evidence AS s_place_evidence,
    p.place_evidence AS p_place_evidence, l.place_evidence AS l_place_evidence,
    m.address, m.registered, m.scope, t.started,
    m.enterprise_type AS m_enterprise_type, t.enterprise_type AS t_enterprise_type,
    m.capital AS m_capital, t.capital AS t_capital,
    m.capital_currency AS m_capital_currency, t.capital_currency AS t_capital_currency,
    t.status, t.industry, s.industry_section, employed.insured, s.insurance_status, s.first_insured,
    taxed.revenue, taxed.tax_paid,
    m.credit_code AS m_record, t.taxpayer_id AS t_record, s.unit_number AS s_record,
    p.permit_number AS p_record, l.certificate AS l_record
FROM (SELECT DISTINCT entity_id FROM newest) AS entity
LEFT JOIN (SELECT entity_id, market.* FROM newest INNER JOIN market ON feed = 'market' AND newest.row = market.row) AS m
    USING (entity_id)
LEFT JOIN (SELECT entity_id, tax.* FROM newest INNER JOIN tax ON feed = 'tax' AND newest.row = tax.row) AS t
    USING (entity_id)
LEFT JOIN (SELECT entity_id, social.* FROM newest INNER JOIN social ON feed = 'social' AND newest.row = social.row) AS s
    USING (entity_id)
LEFT JOIN (SELECT entity_id, ecology.* FROM newest INNER JOIN ecology ON feed = 'ecology' AND newest.row = ecology.row)
    AS p USING (entity_id)
LEFT JOIN (SELECT entity_id, science.* FROM newest INNER JOIN science ON feed = 'science' AND newest.row = science.row)
    AS l USING (entity_id)
LEFT JOIN taxed USING (entity_id)
LEFT JOIN employed USING (entity_id);

-- Feeds by number: 1 ecology, 2 market, 3 science, 4 social security, 5 tax.
CREATE TABLE origin USING parquet AS
SELECT
    credit_code,
    CAST(CASE WHEN m_name IS NOT NULL THEN 2 WHEN t_name IS NOT NULL THEN 5 WHEN s_name IS NOT NULL THEN 4
        WHEN p_name IS NOT NULL THEN 1 WHEN l_name IS NOT NULL THEN 3 END AS TINYINT) AS name,
    CAST(CASE WHEN m_county IS NOT NULL THEN 2 WHEN s_county IS NOT NULL THEN 4 WHEN p_county IS NOT NULL THEN 1
        WHEN l_county IS NOT NULL THEN 3 END AS TINYINT) AS county,
    CAST(CASE county WHEN 2 THEN CASE WHEN m_town IS NOT NULL THEN 2 END WHEN 4 THEN CASE WHEN s_town IS NOT NULL
        THEN 4 END WHEN 1 THEN CASE WHEN p_town IS NOT NULL THEN 1 END WHEN 3 THEN CASE WHEN l_town IS NOT NULL
        THEN 3 END END AS TINYINT) AS town,
    county AS place_evidence,
    CAST(CASE WHEN address IS NOT NULL THEN 2 END AS TINYINT) AS address,
    CAST(CASE WHEN registered IS NOT NULL THEN 2 END AS TINYINT) AS registered,
    CAST(CASE WHEN started IS NOT NULL THEN 5 END AS TINYINT) AS started,
    CAST(CASE WHEN m_enterprise_type IS NOT NULL THEN 2 WHEN t_enterprise_type IS NOT NULL THEN 5 END AS TINYINT)
        AS enterprise_type,
    CAST(CASE WHEN m_capital IS NOT NULL THEN 2 WHEN t_capital IS NOT NULL THEN 5 END AS TINYINT) AS capital,
    CAST(CASE capital WHEN 2 THEN CASE WHEN m_capital_currency IS NOT NULL THEN 2 END
        WHEN 5 THEN CASE WHEN t_capital_currency IS NOT NULL THEN 5 END END AS TINYINT) AS capital_currency,
    CAST(CASE WHEN scope IS NOT NULL THEN 2 END AS TINYINT) AS scope,
    CAST(CASE WHEN status IS NOT NULL THEN 5 END AS TINYINT) AS status,
    CAST(CASE WHEN industry IS NOT NULL THEN 5 END AS TINYINT) AS industry,
    CAST(CASE WHEN industry_section IS NOT NULL THEN 4 END AS TINYINT) AS industry_section,
    CAST(CASE WHEN insured IS NOT NULL THEN 4 END AS TINYINT) AS insured,
    CAST(CASE WHEN insurance_status IS NOT NULL THEN 4 END AS TINYINT) AS insurance_status,
    CAST(CASE WHEN first_insured IS NOT NULL THEN 4 END AS TINYINT) AS first_insured,
    CAST(CASE WHEN revenue IS NOT NULL THEN 5 END AS TINYINT) AS revenue,
    CAST(CASE WHEN tax_paid IS NOT NULL THEN 5 END AS TINYINT) AS tax_paid
FROM wide;

CREATE TABLE enterprise USING parquet AS
SELECT
    credit_code,
    coalesce(m_name, t_name, s_name, p_name, l_name) AS name,
    coalesce(m_county, s_county, p_county, l_county) AS county,
    CASE WHEN m_county IS NOT NULL THEN m_town WHEN s_county IS NOT NULL THEN s_town
        WHEN p_county IS NOT NULL THEN p_town ELSE l_town END AS town,
    CASE WHEN m_county IS NOT NULL THEN m_place_evidence WHEN s_county IS NOT NULL THEN s_place_evidence
        WHEN p_county IS NOT NULL THEN p_place_evidence ELSE l_place_evidence END AS place_evidence,
    address, registered, started,
    coalesce(m_enterprise_type, t_enterprise_type) AS enterprise_type,
    coalesce(m_capital, t_capital) AS capital,
    CASE WHEN m_capital IS NOT NULL THEN m_capital_currency WHEN t_capital IS NOT NULL THEN t_capital_currency END
        AS capital_currency,
    scope, status, industry, industry_section, insured, insurance_status, first_insured, revenue, tax_paid
FROM wide;

-- The first in authority never loses, and only the register of market entities knows towns.
CREATE TABLE disputes USING parquet AS
WITH compared AS (
    SELECT
        e.credit_code,
        array('ecology_permit', 'market_regulation_enterprise', 'science_technology_list', 'social_security_employer',
            'tax_registration') AS feeds,
        array(p_record, m_record, l_record, s_record, t_record) AS records,
        stack(
            10,
            'name', o.name, e.name, 5, t_name,
            'name', o.name, e.name, 4, s_name,
            'name', o.name, e.name, 1, p_name,
            'name', o.name, e.name, 3, l_name,
            'county', o.county, e.county, 4, s_county,
            'county', o.county, e.county, 1, p_county,
            'county', o.county, e.county, 3, l_county,
            'enterprise_type', o.enterprise_type, e.enterprise_type, 5, t_enterprise_type,
            'capital', o.capital, CAST(e.capital AS STRING), 5, CAST(t_capital AS STRING),
            'capital_currency', o.capital_currency, e.capital_currency, 5, t_capital_currency
        ) AS (column, won, value, loser, lost_value)
    FROM wide
    INNER JOIN enterprise AS e ON wide.credit_code = e.credit_code
    INNER JOIN origin AS o ON wide.credit_code = o.credit_code
)
SELECT
    credit_code, column, element_at(feeds, won) AS won_by, value, element_at(records, won) AS won_record,
    element_at(feeds, loser) AS lost_by, lost_value, element_at(records, loser) AS lost_record
FROM compared
WHERE lost_value <> value;

CREATE TEMPORARY VIEW science_technology_list AS
SELECT presence.entity_id, science.* FROM presence INNER JOIN science ON feed = 'science' AND presence.row = science.row;
CREATE TEMPORARY VIEW ecology_permit AS
SELECT presence.entity_id, ecology.* FROM presence INNER JOIN ecology ON feed = 'ecology' AND presence.row = ecology.row;
