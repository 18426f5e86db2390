-- How many plays of a lesson are on record, and the sums of those that count.
SELECT
    count(*) AS on_record,
    count(*) FILTER (WHERE is_play) AS plays,
    count(*) FILTER (WHERE is_effective) AS effective,
    count(*) FILTER (WHERE is_complete) AS completed,
    coalesce(sum(watch_ms) FILTER (WHERE is_play), 0)::bigint AS watch_ms,
    coalesce(sum(distinct_ms) FILTER (WHERE is_play), 0)::bigint AS distinct_ms
FROM play
WHERE lesson_id = %(lesson_id)s
    AND day BETWEEN %(start)s AND %(end)s
    AND starts_with(region_code, %(region)s)
