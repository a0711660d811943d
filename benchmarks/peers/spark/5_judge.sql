-- Rows part into good and quarantined with reasons; of the good ones the last of a grain holds.

CREATE TABLE market_judged USING parquet AS
SELECT
    read.*, county, town, place_evidence,
    reasons(
        array(
            unread('registered/unreadable', day_text, registered IS NOT NULL),
            unread('enterprise_type/unmapped', type_text, enterprise_type IS NOT NULL),
            unread('capital/unreadable', amount_text, capital IS NOT NULL),
            unread('capital_currency/unmapped', currency_text, capital_currency IS NOT NULL),
            place_reason
        ),
        array(
            missing('name/missing', name IS NOT NULL), missing('credit_code/missing', credit_code IS NOT NULL),
            missing('registered/missing', registered IS NOT NULL)
        ),
        array(
            broken('name/length', length(name) BETWEEN 2 AND 200),
            broken('credit_code/excel_mangled', NOT is_mangled(credit_code)),
            broken('credit_code/length', length(credit_code) = 18),
            broken('credit_code/check_digit', credit_code_is_valid(credit_code)),
            broken('registered/out_of_range', is_sane(registered)),
            broken('capital/negative', capital >= 0)
        )
    ) AS reasons
FROM market_read AS read
INNER JOIN placed ON placed.feed = 'market' AND read.row = placed.row;

CREATE TABLE tax_judged USING parquet AS
SELECT
    *,
    reasons(
        array(
            unread('industry/unmapped', industry_text, industry IS NOT NULL),
            unread('enterprise_type/unmapped', type_text, enterprise_type IS NOT NULL),
            unread('status/unmapped', status_text, status IS NOT NULL),
            unread('capital/unreadable', capital_text, capital IS NOT NULL),
            unread('started/unreadable', started_text, started IS NOT NULL),
            unread('revenue/unreadable', revenue_text, revenue IS NOT NULL),
            unread('tax_paid/unreadable', tax_text, tax_paid IS NOT NULL)
        ),
        array(
            missing('taxpayer_id/missing', taxpayer_id IS NOT NULL), missing('name/missing', name IS NOT NULL),
            missing('industry/missing', industry IS NOT NULL), missing('enterprise_type/missing', enterprise_type IS NOT NULL),
            missing('status/missing', status IS NOT NULL)
        ),
        array(
            broken('taxpayer_id/excel_mangled', NOT is_mangled(taxpayer_id)),
            broken('taxpayer_id/length', length(taxpayer_id) IN (15, 18, 20)),
            broken('taxpayer_id/alphabet', taxpayer_id RLIKE r'^[0-9A-Z]+$'),
            broken('taxpayer_id/check_digit', CASE WHEN length(taxpayer_id) = 15
                THEN organisation_code_is_valid(substr(taxpayer_id, 7, 9))
                ELSE credit_code_is_valid(substr(taxpayer_id, 1, 18)) END),
            broken('name/length', length(name) BETWEEN 2 AND 200),
            broken('capital/negative', capital >= 0),
            broken('started/out_of_range', is_sane(started)),
            broken('revenue/negative', revenue >= 0),
            broken('tax_paid/negative', tax_paid >= 0)
        )
    ) AS reasons
FROM tax_read;

CREATE TABLE social_judged USING parquet AS
SELECT
    read.*, county, town, place_evidence,
    reasons(
        array(
            unread('industry_section/unmapped', section_text, industry_section IS NOT NULL),
            unread('insured/unreadable', insured_text, insured IS NOT NULL),
            unread('insurance_status/unmapped', status_text, insurance_status IS NOT NULL),
            unread('first_insured/unreadable', first_text, first_insured IS NOT NULL),
            unread('batch/unreadable', batch_text, batch IS NOT NULL),
            place_reason
        ),
        array(
            missing('unit_number/missing', unit_number IS NOT NULL), missing('name/missing', name IS NOT NULL),
            missing('organisation_code/missing', organisation_code IS NOT NULL),
            missing('industry_section/missing', industry_section IS NOT NULL), missing('insured/missing', insured IS NOT NULL),
            missing('insurance_status/missing', insurance_status IS NOT NULL), missing('batch/missing', batch IS NOT NULL)
        ),
        array(
            broken('name/length', length(name) BETWEEN 2 AND 200),
            broken('organisation_code/excel_mangled', NOT is_mangled(organisation_code)),
            broken('organisation_code/length', length(organisation_code) IN (9, 18)),
            broken('organisation_code/check_digit', CASE WHEN length(organisation_code) = 18
                THEN credit_code_is_valid(organisation_code) ELSE organisation_code_is_valid(organisation_code) END),
            broken('first_insured/out_of_range', is_sane(first_insured)),
            broken('batch/out_of_range', is_sane(batch))
        )
    ) AS reasons
FROM social_read AS read
INNER JOIN placed ON placed.feed = 'social' AND read.row = placed.row;

CREATE TABLE science_judged USING parquet AS
SELECT
    read.*, county, town, place_evidence,
    reasons(
        array(
            unread('listed/unmapped', listed_text, listed IS NOT NULL),
            unread('issued/unreadable', issued_text, issued IS NOT NULL),
            unread('valid_until/unreadable', until_text, valid_until IS NOT NULL),
            place_reason
        ),
        array(
            missing('name/missing', name IS NOT NULL), missing('listed/missing', listed IS NOT NULL),
            missing('certificate/missing', certificate IS NOT NULL), missing('issued/missing', issued IS NOT NULL)
        ),
        array(
            broken('name/length', length(name) BETWEEN 2 AND 200),
            broken('certificate/excel_mangled', NOT is_mangled(certificate)),
            broken('certificate/form', certificate RLIKE r'^[0-9A-Z]{6,24}$'),
            broken('issued/out_of_range', is_sane(issued)),
            broken('valid_until/out_of_range', is_sane(valid_until))
        )
    ) AS reasons
FROM science_read AS read
INNER JOIN placed ON placed.feed = 'science' AND read.row = placed.row;

CREATE TABLE ecology_judged USING parquet AS
SELECT
    read.*, county, town, place_evidence,
    reasons(
        array(
            unread('permit_class/unmapped', class_text, permit_class IS NOT NULL),
            unread('issued/unreadable', issued_text, issued IS NOT NULL),
            unread('valid_until/unreadable', until_text, valid_until IS NOT NULL)
        ),
        array(
            missing('permit_number/missing', permit_number IS NOT NULL), missing('credit_code/missing', credit_code IS NOT NULL),
            missing('name/missing', name IS NOT NULL), missing('permit_class/missing', permit_class IS NOT NULL),
            missing('issued/missing', issued IS NOT NULL)
        ),
        array(
            broken('permit_number/excel_mangled', NOT is_mangled(permit_number)),
            broken('permit_number/form', permit_number RLIKE r'^[0-9A-Z]{18}\d{3}[A-Z]$'),
            broken('permit_number/check_digit', credit_code_is_valid(substr(permit_number, 1, 18))),
            broken('credit_code/excel_mangled', NOT is_mangled(credit_code)),
            broken('credit_code/length', length(credit_code) = 18),
            broken('credit_code/check_digit', credit_code_is_valid(credit_code)),
            broken('name/length', length(name) BETWEEN 2 AND 200),
            broken('issued/out_of_range', is_sane(issued)),
            broken('valid_until/out_of_range', is_sane(valid_until))
        )
    ) AS reasons
FROM ecology_read AS read
INNER JOIN placed ON placed.feed = 'ecology' AND read.row = placed.row;

CREATE TABLE quarantine USING parquet AS
SELECT 'market_regulation_enterprise' AS feed, row, explode(reasons) AS rule FROM market_judged WHERE size(reasons) > 0
UNION ALL SELECT 'tax_registration', row, explode(reasons) FROM tax_judged WHERE size(reasons) > 0
UNION ALL SELECT 'social_security_employer', row, explode(reasons) FROM social_judged WHERE size(reasons) > 0
UNION ALL SELECT 'science_technology_list', row, explode(reasons) FROM science_judged WHERE size(reasons) > 0
UNION ALL SELECT 'ecology_permit', row, explode(reasons) FROM ecology_judged WHERE size(reasons) > 0
UNION ALL SELECT feed, row, rule FROM malformed;

CREATE TABLE market USING parquet AS
SELECT row, name, credit_code, registered, enterprise_type, capital, capital_currency, scope, address,
    county, town, place_evidence
FROM market_judged WHERE size(reasons) = 0
QUALIFY row = max(row) OVER (PARTITION BY credit_code);

CREATE TABLE tax USING parquet AS
SELECT row, taxpayer_id, name, industry, enterprise_type, status, capital, capital_currency, started, revenue, tax_paid
FROM tax_judged WHERE size(reasons) = 0
QUALIFY row = max(row) OVER (PARTITION BY taxpayer_id);

CREATE TABLE social USING parquet AS
SELECT row, unit_number, name, organisation_code, industry_section, insured, insurance_status, first_insured,
    county, town, place_evidence
FROM social_judged WHERE size(reasons) = 0
QUALIFY row = max(row) OVER (PARTITION BY unit_number);

CREATE TABLE science USING parquet AS
SELECT row, name, listed, certificate, valid_until, county, town, place_evidence
FROM science_judged WHERE size(reasons) = 0
QUALIFY row = max(row) OVER (PARTITION BY certificate);

CREATE TABLE ecology USING parquet AS
SELECT row, permit_number, credit_code, name, permit_class, valid_until, county, town, place_evidence
FROM ecology_judged WHERE size(reasons) = 0
QUALIFY row = max(row) OVER (PARTITION BY permit_number);
