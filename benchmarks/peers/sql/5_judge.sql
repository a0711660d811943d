-- Rows part into good and quarantined with reasons; of the good ones the last of a grain holds.

CREATE TABLE market_judged AS
SELECT
    read.*, county, town, place_evidence,
    reasons(
        [
            unread('registered/unreadable', day_text, registered),
            unread('enterprise_type/unmapped', type_text, enterprise_type),
            unread('capital/unreadable', amount_text, capital),
            unread('capital_currency/unmapped', currency_text, capital_currency),
            place_reason
        ],
        [
            missing('name/missing', name), missing('credit_code/missing', credit_code),
            missing('registered/missing', registered)
        ],
        [
            broken('name/length', is_name(name)),
            broken('credit_code/excel_mangled', NOT is_mangled(credit_code)),
            broken('credit_code/length', length(credit_code) = 18),
            broken('credit_code/check_digit', credit_code_is_valid(credit_code)),
            broken('registered/out_of_range', is_sane(registered)),
            broken('capital/negative', capital >= 0)
        ]
    ) AS reasons
FROM market_read AS read
INNER JOIN placed ON placed.feed = 'market' AND read.row = placed.row;

CREATE TABLE tax_judged AS
SELECT
    *,
    reasons(
        [
            unread('industry/unmapped', industry_text, industry),
            unread('enterprise_type/unmapped', type_text, enterprise_type),
            unread('status/unmapped', status_text, status),
            unread('capital/unreadable', capital_text, capital),
            unread('started/unreadable', started_text, started),
            unread('revenue/unreadable', revenue_text, revenue),
            unread('tax_paid/unreadable', tax_text, tax_paid)
        ],
        [
            missing('taxpayer_id/missing', taxpayer_id), missing('name/missing', name),
            missing('industry/missing', industry), missing('enterprise_type/missing', enterprise_type),
            missing('status/missing', status)
        ],
        [
            broken('taxpayer_id/excel_mangled', NOT is_mangled(taxpayer_id)),
            broken('taxpayer_id/length', length(taxpayer_id) IN (15, 18, 20)),
            broken('taxpayer_id/alphabet', regexp_full_match(taxpayer_id, '[0-9A-Z]+')),
            broken('taxpayer_id/check_digit', taxpayer_id_is_valid(taxpayer_id)),
            broken('name/length', is_name(name)),
            broken('capital/negative', capital >= 0),
            broken('started/out_of_range', is_sane(started)),
            broken('revenue/negative', revenue >= 0),
            broken('tax_paid/negative', tax_paid >= 0)
        ]
    ) AS reasons
FROM tax_read;

CREATE TABLE social_judged AS
SELECT
    read.*, county, town, place_evidence,
    reasons(
        [
            unread('industry_section/unmapped', section_text, industry_section),
            unread('insured/unreadable', insured_text, insured),
            unread('insurance_status/unmapped', status_text, insurance_status),
            unread('first_insured/unreadable', first_text, first_insured),
            unread('batch/unreadable', batch_text, batch),
            place_reason
        ],
        [
            missing('unit_number/missing', unit_number), missing('name/missing', name),
            missing('organisation_code/missing', organisation_code),
            missing('industry_section/missing', industry_section), missing('insured/missing', insured),
            missing('insurance_status/missing', insurance_status), missing('batch/missing', batch)
        ],
        [
            broken('name/length', is_name(name)),
            broken('organisation_code/excel_mangled', NOT is_mangled(organisation_code)),
            broken('organisation_code/length', length(organisation_code) IN (9, 18)),
            broken('organisation_code/check_digit', nine_or_eighteen_is_valid(organisation_code)),
            broken('first_insured/out_of_range', is_sane(first_insured)),
            broken('batch/out_of_range', is_sane(batch))
        ]
    ) AS reasons
FROM social_read AS read
INNER JOIN placed ON placed.feed = 'social' AND read.row = placed.row;

CREATE TABLE science_judged AS
SELECT
    read.*, county, town, place_evidence,
    reasons(
        [
            unread('listed/unmapped', listed_text, listed),
            unread('issued/unreadable', issued_text, issued),
            unread('valid_until/unreadable', until_text, valid_until),
            place_reason
        ],
        [
            missing('name/missing', name), missing('listed/missing', listed),
            missing('certificate/missing', certificate), missing('issued/missing', issued)
        ],
        [
            broken('name/length', is_name(name)),
            broken('certificate/excel_mangled', NOT is_mangled(certificate)),
            broken('certificate/form', regexp_full_match(certificate, '[0-9A-Z]{6,24}')),
            broken('issued/out_of_range', is_sane(issued)),
            broken('valid_until/out_of_range', is_sane(valid_until))
        ]
    ) AS reasons
FROM science_read AS read
INNER JOIN placed ON placed.feed = 'science' AND read.row = placed.row;

CREATE TABLE ecology_judged AS
SELECT
    read.*, county, town, place_evidence,
    reasons(
        [
            unread('permit_class/unmapped', class_text, permit_class),
            unread('issued/unreadable', issued_text, issued),
            unread('valid_until/unreadable', until_text, valid_until)
        ],
        [
            missing('permit_number/missing', permit_number), missing('credit_code/missing', credit_code),
            missing('name/missing', name), missing('permit_class/missing', permit_class),
            missing('issued/missing', issued)
        ],
        [
            broken('permit_number/excel_mangled', NOT is_mangled(permit_number)),
            broken('permit_number/form', regexp_full_match(permit_number, '[0-9A-Z]{18}\d{3}[A-Z]')),
            broken('permit_number/check_digit', credit_code_is_valid(substr(permit_number, 1, 18))),
            broken('credit_code/excel_mangled', NOT is_mangled(credit_code)),
            broken('credit_code/length', length(credit_code) = 18),
            broken('credit_code/check_digit', credit_code_is_valid(credit_code)),
            broken('name/length', is_name(name)),
            broken('issued/out_of_range', is_sane(issued)),
            broken('valid_until/out_of_range', is_sane(valid_until))
        ]
    ) AS reasons
FROM ecology_read AS read
INNER JOIN placed ON placed.feed = 'ecology' AND read.row = placed.row;

CREATE TABLE quarantine AS
SELECT 'market_regulation_enterprise' AS feed, row, unnest(reasons) AS rule FROM market_judged WHERE len(reasons) > 0
UNION ALL SELECT 'tax_registration', row, unnest(reasons) FROM tax_judged WHERE len(reasons) > 0
UNION ALL SELECT 'social_security_employer', row, unnest(reasons) FROM social_judged WHERE len(reasons) > 0
UNION ALL SELECT 'science_technology_list', row, unnest(reasons) FROM science_judged WHERE len(reasons) > 0
UNION ALL SELECT 'ecology_permit', row, unnest(reasons) FROM ecology_judged WHERE len(reasons) > 0
UNION ALL SELECT 'tax_registration', rowid, '/encoding' FROM tax_landed WHERE rowid NOT IN (SELECT row FROM tax_read)
UNION ALL SELECT feed, line, '/fields' FROM malformed;

CREATE TABLE market AS
SELECT row, name, credit_code, registered, enterprise_type, capital, capital_currency, scope, address,
    county, town, place_evidence
FROM market_judged WHERE len(reasons) = 0
QUALIFY row = max(row) OVER (PARTITION BY credit_code);

CREATE TABLE tax AS
SELECT row, taxpayer_id, name, industry, enterprise_type, status, capital, capital_currency, started, revenue, tax_paid
FROM tax_judged WHERE len(reasons) = 0
QUALIFY row = max(row) OVER (PARTITION BY taxpayer_id);

CREATE TABLE social AS
SELECT row, unit_number, name, organisation_code, industry_section, insured, insurance_status, first_insured,
    county, town, place_evidence
FROM social_judged WHERE len(reasons) = 0
QUALIFY row = max(row) OVER (PARTITION BY unit_number);

CREATE TABLE science AS
SELECT row, name, listed, certificate, valid_until, county, town, place_evidence
FROM science_judged WHERE len(reasons) = 0
QUALIFY row = max(row) OVER (PARTITION BY certificate);

CREATE TABLE ecology AS
SELECT row, permit_number, credit_code, name, permit_class, valid_until, county, town, place_evidence
FROM ecology_judged WHERE len(reasons) = 0
QUALIFY row = max(row) OVER (PARTITION BY permit_number);

DROP TABLE market_landed; DROP TABLE tax_landed; DROP TABLE social_landed;
DROP TABLE market_judged; DROP TABLE tax_judged; DROP TABLE social_judged;
DROP TABLE market_read; DROP TABLE tax_read; DROP TABLE social_read; DROP TABLE placed;
