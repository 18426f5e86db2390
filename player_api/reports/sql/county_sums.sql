-- What the tallies say of every county of every month up to a day.
SELECT
    date_trunc('month', day)::date AS month,
    left(region_code, 6) AS county,
    sum(plays)::bigint AS plays,
    sum(effective)::bigint AS effective,
    sum(completed)::bigint AS completed,
    sum(watch_ms)::bigint AS watch_ms,
    sum(distinct_ms)::bigint AS distinct_ms
FROM tally_place
WHERE day >= %(start)s::date AND day < %(end)s::date
GROUP BY 1, 2
HAVING sum(plays) > 0
