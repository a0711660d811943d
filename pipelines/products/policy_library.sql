-- The policy library: one row a county and policy in force; policy_library.py counts before it and withholds after it.
SELECT
    county.code AS county,
    county.name AS county_name,
    held.policy,
    held.title AS policy_title,
    held.issued_by,
    held.since,
    held.source,
    held.clause,
    held.example,
    held.aimed_at,
    held.condition,
    held.content,
    held.method,
    held.structure,
    held.asks,
    held.level AS asks_level,
    coalesce(counted.enterprises, 0) AS enterprises,
    coalesce(counted.fits, 0) AS fits,
    coalesce(counted.does_not_fit, 0) AS does_not_fit,
    coalesce(counted.undecided, 0) AS undecided,
    counted.lacks
FROM policy_list AS held
CROSS JOIN county_list AS county
LEFT JOIN counted ON county.code = counted.county AND held.policy = counted.policy
