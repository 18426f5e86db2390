-- What a tally says of every county or prefecture of every month up to a day.
SELECT
    date_trunc('month', {day})::date AS month,
    left({place}, {digits}) AS place,
    sum(plays)::bigint AS plays,
    sum(effective)::bigint AS effective,
    sum(completed)::bigint AS completed,
    sum(watch_ms)::bigint AS watch_ms,
    sum(distinct_ms)::bigint AS distinct_ms
FROM {table}
WHERE {day} >= %(start)s::date AND {day} < %(end)s::date
GROUP BY 1, 2
HAVING sum(plays) > 0
