-- Each feed's landed text becomes values in the standard's types, beside the texts that say where a row belongs.

CREATE TABLE market_read AS
WITH tidied AS (
    SELECT
        rowid AS row,
        nullif(nullif(tidy("企业名称"), ''), 'N/A') AS name_text,
        nullif(nullif(narrow("统一社会信用代码"), ''), 'N/A') AS code_text,
        nullif(nullif(narrow("注册日期"), ''), 'N/A') AS day_text,
        nullif(nullif(narrow("企业类型"), ''), 'N/A') AS type_text,
        nullif(nullif(narrow("注册资金"), ''), 'N/A') AS capital_text,
        nullif(nullif(tidy("经营范围"), ''), 'N/A') AS scope,
        nullif(nullif(tidy("注册地址"), ''), 'N/A') AS address,
        narrow("地区") AS city_text,
        narrow("统一社会信用代码") AS office_text,
        narrow("注册地址") AS address_text,
        day_of(narrow("注册日期"), '\d+-\d{1,2}-\d{1,2}', '%Y-%m-%d') AS written
    FROM market_landed
), meant AS (
    SELECT
        *,
        taken(capital_text, '^([\d.,]+)\s*\(?\s*万') AS amount_text,
        taken(capital_text, '^[\d.,]+\s*\(?\s*(万.*?)\)?$') AS currency_text
    FROM tidied
)
SELECT
    row,
    squeezed(name_text) AS name,
    spelt(code_text) AS credit_code,
    day_of(day_text, '\d+-\d{1,2}-\d{1,2}', '%Y-%m-%d') AS registered,
    kind.standard AS enterprise_type,
    CAST(money(amount_text) * 10000 AS DECIMAL(24, 6)) AS capital,
    currency.standard AS capital_currency,
    scope,
    address,
    day_text, type_text, amount_text, currency_text,
    regexp_extract(office_text, '^..(\d{6})', 1) AS office_text, city_text, address_text, written
FROM meant
LEFT JOIN meaning AS kind
    ON kind.list = 'enterprise_type' AND kind.source = 'market_regulation' AND kind.code = type_text
LEFT JOIN meaning AS currency
    ON currency.list = 'currency' AND currency.source = 'capital_unit' AND currency.code = currency_text;

CREATE TABLE tax_read AS
WITH tidied AS (
    SELECT
        rowid AS row,
        spelt(nullif(narrow("NSRSBH"), '')) AS taxpayer_id,
        squeezed(nullif(tidy("NSRMC"), '')) AS name,
        nullif(narrow("HY_DM"), '') AS industry_text,
        nullif(narrow("DJZCLX_DM"), '') AS type_text,
        nullif(narrow("NSRZT_DM"), '') AS status_text,
        nullif(narrow("ZCZB"), '') AS capital_text,
        nullif(narrow("KYSLRQ"), '') AS started_text,
        nullif(narrow("YYSR"), '') AS revenue_text,
        nullif(narrow("SJSE"), '') AS tax_text
    FROM tax_landed
    WHERE NOT contains(concat_ws(',', "NSRSBH", "NSRMC", "HY_DM", "DJZCLX_DM", "NSRZT_DM", "ZCZB"), chr(65533))
)
SELECT
    row, taxpayer_id, name,
    industry.standard AS industry,
    kind.standard AS enterprise_type,
    status.standard AS status,
    money(capital_text) AS capital,
    'CNY' AS capital_currency,
    day_of(started_text, '\d{8}', '%Y%m%d') AS started,
    money(revenue_text) AS revenue,
    money(tax_text) AS tax_paid,
    industry_text, type_text, status_text, capital_text, started_text, revenue_text, tax_text
FROM tidied
LEFT JOIN meaning AS industry
    ON industry.list = 'gbt4754_2017' AND industry.source = 'gbt4754_2011' AND industry.code = industry_text
LEFT JOIN meaning AS kind
    ON kind.list = 'enterprise_type' AND kind.source = 'tax_registration_type' AND kind.code = type_text
LEFT JOIN meaning AS status
    ON status.list = 'enterprise_status' AND status.source = 'tax_status' AND status.code = status_text;

CREATE TABLE social_read AS
WITH tidied AS (
    SELECT
        rowid AS row,
        nullif(tidy(unescaped(dwbh)), '') AS unit_number,
        squeezed(nullif(tidy(unescaped(dwmc)), '')) AS name,
        spelt(nullif(narrow(unescaped(zzjgdm)), '')) AS organisation_code,
        narrow(unescaped(xzqhmc)) AS division_text,
        nullif(narrow(hyml), '') AS section_text,
        nullif(narrow(cbrs), '') AS insured_text,
        nullif(narrow(jfzt), '') AS status_text,
        nullif(narrow(sccbny), '') AS first_text,
        nullif(narrow(pc), '') AS batch_text
    FROM social_landed
)
SELECT
    row, unit_number, name, organisation_code,
    section.standard AS industry_section,
    CASE WHEN regexp_full_match(insured_text, '\d{1,10}') THEN CAST(insured_text AS BIGINT) END AS insured,
    status.standard AS insurance_status,
    day_of(first_text || '01', '\d{8}', '%Y%m%d') AS first_insured,
    day_of(batch_text || '01', '\d{8}', '%Y%m%d') AS batch,
    section_text, insured_text, status_text, first_text, batch_text, division_text
FROM tidied
LEFT JOIN meaning AS section
    ON section.list = 'gbt4754_2017' AND section.source = 'section' AND section.code = section_text
LEFT JOIN meaning AS status
    ON status.list = 'insurance_status' AND status.source = 'social_security' AND status.code = status_text;

CREATE TABLE science_read AS
WITH tidied AS (
    SELECT
        rowid AS row,
        squeezed(nullif(tidy("企业名称"), '')) AS name,
        nullif(narrow("名单类别"), '') AS listed_text,
        spelt(nullif(narrow("证书编号"), '')) AS certificate,
        nullif(narrow("发证日期"), '') AS issued_text,
        nullif(narrow("有效期至"), '') AS until_text,
        narrow("所在地") AS division_text
    FROM science_landed
)
SELECT
    row, name, listed.standard AS listed, certificate,
    excel_day(issued_text) AS issued, excel_day(until_text) AS valid_until,
    listed_text, issued_text, until_text, division_text
FROM tidied
LEFT JOIN meaning AS listed
    ON listed.list = 'technology_list' AND listed.source = 'science_technology' AND listed.code = listed_text;

CREATE TABLE ecology_read AS
WITH tidied AS (
    SELECT
        rowid AS row,
        spelt(nullif(narrow("permitNo"), '')) AS permit_number,
        spelt(taken(nullif(narrow("permitNo"), ''), '^\s*(.{18})')) AS credit_code,
        squeezed(nullif(tidy("unitName"), '')) AS name,
        nullif(narrow("managementClass"), '') AS class_text,
        nullif(narrow("issueDate"), '') AS issued_text,
        nullif(narrow("validUntil"), '') AS until_text,
        narrow("divisionCode") AS division_text
    FROM ecology_landed
)
SELECT
    row, permit_number, credit_code, name, class.standard AS permit_class,
    day_of(issued_text, '\d+年\d{1,2}月\d{1,2}日', '%Y年%m月%d日') AS issued,
    day_of(until_text, '\d+年\d{1,2}月\d{1,2}日', '%Y年%m月%d日') AS valid_until,
    class_text, issued_text, until_text, division_text
FROM tidied
LEFT JOIN meaning AS class
    ON class.list = 'permit_class' AND class.source = 'ecology' AND class.code = class_text;
