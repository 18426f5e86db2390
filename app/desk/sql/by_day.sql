-- Sums by day, every day of the period, newest first; of one course or lesson if it is named.
SELECT
    calendar.day::date AS day,
    coalesce(sum(tally.plays), 0)::bigint AS plays,
    coalesce(sum(tally.effective), 0)::bigint AS effective,
    coalesce(sum(tally.completed), 0)::bigint AS completed,
    coalesce(sum(tally.watch_ms), 0)::bigint AS watch_ms
FROM generate_series(%(start)s::date, %(end)s::date, interval '1 day') AS calendar (day)
LEFT JOIN tally
    ON tally.day = calendar.day::date
    AND starts_with(tally.region_code, %(region)s)
    AND (%(course_id)s::int IS NULL OR tally.course_id = %(course_id)s)
    AND (%(lesson_id)s::int IS NULL OR tally.lesson_id = %(lesson_id)s)
GROUP BY calendar.day
ORDER BY calendar.day DESC
