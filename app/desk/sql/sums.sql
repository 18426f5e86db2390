-- The sums of the cells by one key.
SELECT
    {key} AS key,
    sum(plays)::bigint AS plays,
    sum(effective)::bigint AS effective,
    sum(completed)::bigint AS completed,
    sum(watch_ms)::bigint AS watch_ms,
    sum(distinct_ms)::bigint AS distinct_ms
FROM ({cells}) AS cell
GROUP BY 1
HAVING sum(plays) > 0
