-- Data quality: one row a county and feed, of feeds that products rest on; columns as schemas/products/data_quality.py promises.
WITH total AS (
    SELECT county, count(*) AS enterprises FROM enterprise WHERE county IS NOT NULL GROUP BY county
),

used AS (
    SELECT
        feed,
        count(*) AS deliveries,
        max(as_of) AS as_of,
        arg_max(delivery, number) AS newest,
        arg_max(came_after, number) AS came_after,
        CAST(sum(landed) AS BIGINT) AS landed,
        CAST(sum(standard) AS BIGINT) AS standard,
        CAST(sum(quarantined) AS BIGINT) AS quarantined,
        CAST(sum(superseded) AS BIGINT) AS superseded
    FROM deliveries
    WHERE in_use
    GROUP BY feed
),

leapt AS (
    SELECT feed, delivery FROM drift WHERE rule = 'leap' AND verdict = 'stop'
),

-- A day that leaps is a slip, and none. Of what was delivered again with the same bytes and taken in nothing is open.
stopped AS (
    SELECT
        told.feed,
        told.refused,
        told.came_after,
        leapt.delivery IS NOT NULL AS leaps,
        CASE WHEN leapt.delivery IS NULL THEN told.as_of END AS as_of
    FROM deliveries AS told
    LEFT JOIN leapt ON told.feed = leapt.feed AND told.delivery = leapt.delivery
    ANTI JOIN deliveries AS again
        ON
            told.feed = again.feed
            AND right(told.delivery, 12) = right(again.delivery, 12)
            AND again.refused IS NULL
            AND told.came_after < again.came_after
    WHERE told.refused IS NOT NULL
),

-- All that is told of the newest day: of one day no file's name says which came later. What leapt is told where nothing
-- else is, until a newer delivery than the one that it leapt beyond is in use.
refused AS (
    SELECT feed, string_agg(DISTINCT refused, ';' ORDER BY refused) AS refused
    FROM (
        SELECT stopped.feed, stopped.refused
        FROM stopped LEFT JOIN used ON stopped.feed = used.feed
        WHERE
            used.as_of IS NULL
            OR stopped.as_of > used.as_of
            OR (stopped.leaps AND stopped.came_after > used.came_after)
        QUALIFY rank() OVER (PARTITION BY stopped.feed ORDER BY stopped.as_of DESC NULLS LAST) = 1
    )
    GROUP BY feed
),

here AS (
    SELECT county, feed, count(*) AS rows_here, count(DISTINCT entity_id) AS known
    FROM presence
    WHERE county IS NOT NULL
    GROUP BY county, feed
),

-- What a row in quarantine may call an enterprise, in capitals and with narrow brackets; a name that two of them have
-- tells of neither.
called AS (
    SELECT credit_code AS identity, county FROM enterprise
    UNION ALL
    SELECT substr(credit_code, 9, 9) AS identity, county FROM enterprise
    UNION ALL
    SELECT upper(translate(name, '（）', '()')) AS identity, county FROM enterprise WHERE name IS NOT NULL
),

belongs AS (
    SELECT identity, min(county) AS county FROM called GROUP BY identity HAVING count(*) = 1
),

written AS (
    SELECT feed, reasons, upper(translate(trim(identity), '（）', '()')) AS identity FROM quarantine WHERE waits
),

kept AS (
    SELECT belongs.county, written.feed, written.reasons
    FROM written INNER JOIN belongs ON
        CASE
            WHEN regexp_matches(written.identity, '^[0-9A-Z]{20}$') THEN substr(written.identity, 1, 18)
            ELSE written.identity
        END = belongs.identity
    WHERE belongs.county IS NOT NULL
),

kept_here AS (
    SELECT county, feed, count(*) AS quarantined_here FROM kept GROUP BY county, feed
),

why AS (
    SELECT county, feed, reason."column" || '/' || reason.rule AS reason, count(*) AS times
    FROM (SELECT county, feed, unnest(reasons) AS reason FROM kept) AS told
    GROUP BY ALL
),

main AS (
    SELECT county, feed, reason FROM why
    QUALIFY row_number() OVER (PARTITION BY county, feed ORDER BY times DESC, reason) = 1
),

coded AS (
    SELECT
        feed,
        CAST(sum(mapped) AS DOUBLE) / nullif(sum("values"), 0) AS share,
        first("column" ORDER BY mapped / nullif("values", 0), "column") FILTER (WHERE mapped < "values") AS weakest
    FROM coverage
    GROUP BY feed
),

drifted AS (
    SELECT drift.feed, count(*) AS signs
    FROM drift INNER JOIN used ON drift.feed = used.feed AND drift.delivery = used.newest
    WHERE drift.verdict <> 'benign'
    GROUP BY drift.feed
),

spoken AS (
    SELECT own.county, told.credit_code, told."column", told.won_by, told.lost_by
    FROM disputes AS told INNER JOIN enterprise AS own USING (credit_code)
),

-- A value that won over several others is one value.
won AS (
    SELECT county, won_by AS feed, count(DISTINCT (credit_code, "column")) AS times FROM spoken GROUP BY county, won_by
),

lost AS (
    SELECT county, lost_by AS feed, count(*) AS times FROM spoken GROUP BY county, lost_by
),

newest AS (
    SELECT max(as_of) AS day FROM used
),

due AS (
    SELECT
        feed,
        every_days,
        split_part(cron, ' ', 3) AS day_of_month,
        split_part(cron, ' ', 4) AS month
    FROM feed_list
),

-- Of a feed that is due in one month of the year a delivery of the same day a year before is in time, leap year or not.
answered AS (
    SELECT
        used.feed,
        due.day_of_month,
        due.month,
        CAST(
            CASE WHEN due.month = '*' THEN used.as_of + to_days(due.every_days) ELSE used.as_of + INTERVAL 1 YEAR END
            AS DATE
        ) AS until
    FROM used INNER JOIN due USING (feed)
),

awaited AS (
    SELECT
        answered.feed,
        answered.day_of_month,
        answered.month,
        unnest(range(answered.until + 1, newest.day + 1, INTERVAL 1 DAY)) AS day
    FROM answered CROSS JOIN newest
),

-- Days on which a newer delivery than the one in use was due, as the portal reckons it: the file of June is due in July.
missed AS (
    SELECT feed, count(*) AS cycles
    FROM awaited
    WHERE
        day_of_month IN ('*', CAST(date_part('day', day) AS VARCHAR))
        AND month IN ('*', CAST(date_part('month', day) AS VARCHAR))
    GROUP BY feed
)

SELECT
    county.code AS county,
    county.name AS county_name,
    feed.feed,
    feed.title AS feed_title,
    feed.department_title,
    feed.due,
    coalesce(used.deliveries, 0) AS deliveries,
    used.as_of,
    date_diff('day', used.as_of, newest.day) AS lag_days,
    CASE WHEN used.as_of IS NOT NULL THEN coalesce(missed.cycles, 0) END AS cycles_behind,
    refused.refused,
    coalesce(used.landed, 0) AS landed,
    coalesce(used.standard, 0) AS standard,
    coalesce(used.quarantined, 0) AS quarantined,
    coalesce(used.superseded, 0) AS superseded,
    round(CAST(used.quarantined AS DOUBLE) / nullif(used.landed, 0), 6) AS quarantined_share,
    coalesce(here.rows_here, 0) AS rows_here,
    coalesce(here.known, 0) AS enterprises_known,
    coalesce(total.enterprises, 0) AS enterprises,
    CASE
        WHEN feed.entity = 'enterprise' THEN round(CAST(coalesce(here.known, 0) AS DOUBLE) / nullif(total.enterprises, 0), 6)
    END AS known_share,
    coalesce(kept_here.quarantined_here, 0) AS quarantined_here,
    main.reason AS main_reason,
    round(coded.share, 6) AS coded_share,
    coded.weakest AS weakest_column,
    coalesce(drifted.signs, 0) AS drift_signs,
    coalesce(won.times, 0) AS values_won,
    coalesce(lost.times, 0) AS values_lost
FROM county_list AS county
CROSS JOIN feed_list AS feed
CROSS JOIN newest
LEFT JOIN used ON feed.feed = used.feed
LEFT JOIN missed ON feed.feed = missed.feed
LEFT JOIN refused ON feed.feed = refused.feed
LEFT JOIN total ON county.code = total.county
LEFT JOIN here ON county.code = here.county AND feed.feed = here.feed
LEFT JOIN kept_here ON county.code = kept_here.county AND feed.feed = kept_here.feed
LEFT JOIN main ON county.code = main.county AND feed.feed = main.feed
LEFT JOIN coded ON feed.feed = coded.feed
LEFT JOIN drifted ON feed.feed = drifted.feed
LEFT JOIN won ON county.code = won.county AND feed.feed = won.feed
LEFT JOIN lost ON county.code = lost.county AND feed.feed = lost.feed
