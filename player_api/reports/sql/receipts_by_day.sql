-- What arrived on every day of the period, newest first. Summed up before the days without any
-- come in: a join of every receipt with its day would take three times as long.
WITH arrived AS (
    SELECT
        day,
        sum(received)::bigint AS received,
        sum(counted)::bigint AS counted,
        sum(unchanged)::bigint AS unchanged,
        sum(late)::bigint AS late,
        sum(invalid_user)::bigint AS invalid_user,
        sum(refused)::bigint AS refused
    FROM receipt
    WHERE day BETWEEN %(start)s AND %(end)s
        AND (%(region)s::text = '' OR starts_with(region_code, %(region)s::text))
    GROUP BY day
)
SELECT
    calendar.day::date AS day,
    coalesce(arrived.received, 0) AS received,
    coalesce(arrived.counted, 0) AS counted,
    coalesce(arrived.unchanged, 0) AS unchanged,
    coalesce(arrived.late, 0) AS late,
    coalesce(arrived.invalid_user, 0) AS invalid_user,
    coalesce(arrived.refused, 0) AS refused
FROM generate_series(%(start)s::date, %(end)s::date, interval '1 day') AS calendar (day)
LEFT JOIN arrived ON arrived.day = calendar.day::date
ORDER BY calendar.day DESC
