-- Cross-county haulage: one row a receiving county, month and vehicle; columns as schemas/products/cross_county_haulage.py promises.
-- Nothing in a feed is none where the feed has arrived, else unknown.
WITH crossing AS (
    SELECT trip.*, CAST(date_trunc('month', trip.day) AS DATE) AS month
    FROM haulage_trip AS trip
    CROSS JOIN today
    WHERE trip.county <> trip.origin_county AND trip.day <= today.day
),

-- A trip is permitted by a permit that held on its day for what it carried.
permitted AS (
    SELECT DISTINCT crossing.trip
    FROM crossing
    INNER JOIN vehicle_permit AS held
        ON crossing.plate = held.plate AND crossing.waste = held.waste
        AND crossing.day BETWEEN held.valid_from AND held.valid_until
),

moved AS (
    SELECT
        crossing.county,
        crossing.month,
        crossing.plate,
        arg_max(crossing.credit_code, (crossing.day, crossing.trip)) AS credit_code,
        count(*) AS trips,
        sum(crossing.volume) AS volume,
        string_agg(DISTINCT kinds.name, ';' ORDER BY kinds.name) AS wastes,
        string_agg(DISTINCT origin.name, ';' ORDER BY origin.name) AS origin_counties,
        CASE WHEN 'vehicle_permit' IN (FROM arrived) THEN count(permitted.trip) END AS trips_permitted
    FROM crossing
    LEFT JOIN permitted ON crossing.trip = permitted.trip
    LEFT JOIN code_list AS kinds ON kinds.list = 'waste_type' AND crossing.waste = kinds.code
    LEFT JOIN county_list AS origin ON crossing.origin_county = origin.code
    GROUP BY crossing.county, crossing.month, crossing.plate
),

latest AS (
    SELECT plate, arg_max(permit, (valid_until, permit)) AS permit FROM vehicle_permit GROUP BY plate
),

permits AS (
    SELECT latest.plate, latest.permit, office.name AS county_name, held.valid_until
    FROM latest
    INNER JOIN vehicle_permit AS held ON latest.permit = held.permit
    LEFT JOIN county_list AS office ON held.county = office.code
),

penalised AS (
    SELECT
        decided.plate,
        count(*) AS penalties,
        sum(decided.fine) AS amount,
        string_agg(DISTINCT place.name, ';' ORDER BY place.name) AS counties,
        arg_max(offence.name, (decided.decided, decided.case_number)) AS last_offence
    FROM haulage_penalty AS decided
    CROSS JOIN today
    LEFT JOIN county_list AS place ON decided.county = place.code
    LEFT JOIN code_list AS offence ON offence.list = 'haulage_offence' AND decided.offence = offence.code
    WHERE decided.decided > today.day - INTERVAL 12 MONTH AND decided.decided <= today.day
    GROUP BY decided.plate
)

SELECT
    moved.county,
    county.name AS county_name,
    moved.month,
    moved.plate,
    moved.credit_code,
    moved.trips,
    moved.volume,
    moved.wastes,
    moved.origin_counties,
    moved.trips_permitted,
    moved.trips - moved.trips_permitted AS trips_unpermitted,
    permits.permit,
    permits.county_name AS permit_county_name,
    permits.valid_until AS permit_valid_until,
    permits.valid_until < today.day AS permit_expired,
    CASE WHEN 'haulage_penalty' IN (FROM arrived) THEN coalesce(penalised.penalties, 0) END AS penalties,
    CASE WHEN 'haulage_penalty' IN (FROM arrived) THEN coalesce(penalised.amount, 0) END AS penalties_amount,
    penalised.counties AS penalty_counties,
    penalised.last_offence
FROM moved
CROSS JOIN today
INNER JOIN county_list AS county ON moved.county = county.code
LEFT JOIN permits ON moved.plate = permits.plate
LEFT JOIN penalised ON moved.plate = penalised.plate
