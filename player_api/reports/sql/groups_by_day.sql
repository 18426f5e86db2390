-- Plays to groups and the people present on every day of the period, newest first.
SELECT
    calendar.day::date AS day,
    coalesce(sum(tally.plays), 0)::bigint AS plays,
    coalesce(sum(tally.people), 0)::bigint AS people
FROM generate_series(%(start)s::date, %(end)s::date, interval '1 day') AS calendar (day)
LEFT JOIN tally_group AS tally
    ON tally.day = calendar.day::date
    AND starts_with(tally.region_code, %(region)s)
GROUP BY calendar.day
ORDER BY calendar.day DESC
