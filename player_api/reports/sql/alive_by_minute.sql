-- The plays alive in the minutes of each day, by regions of so many digits (0: all together): a
-- play steps in with its first minute and out after its last, and the running sum of the steps is
-- what is alive. Only minutes in which the number changes have a row.
WITH calendar AS (
    SELECT
        day::date AS day,
        day::date::timestamp AT TIME ZONE %(zone)s AS begins,
        (day::date + 1)::timestamp AT TIME ZONE %(zone)s AS ends
    FROM generate_series(%(start)s::date, %(end)s::date, interval '1 day') AS days (day)
),
alive AS (
    SELECT
        calendar.day,
        play.region_code,
        floor(extract(epoch FROM greatest(play.started_at, calendar.begins) - calendar.begins) / 60)
            ::int AS enters,
        ceil(
            extract(epoch FROM least(
                play.last_at + %(beat)s::interval,
                play.started_at + interval '1 day',
                calendar.ends
            ) - calendar.begins) / 60
        )::int AS leaves
    FROM play
    CROSS JOIN LATERAL (VALUES (play.day), (play.day + 1)) AS touched (day)
    INNER JOIN calendar
        ON calendar.day = touched.day
    WHERE play.day BETWEEN %(start)s::date - 1 AND %(end)s::date
        AND play.region_no
            BETWEEN region_no_of(%(region)s) AND last_region_no_in(%(region)s)
        AND play.is_play
        AND play.started_at < calendar.ends
        AND play.last_at + %(beat)s::interval > calendar.begins
        AND play.started_at + interval '1 day' > calendar.begins
),
placed AS (
    SELECT day, left(region_code, level.digits) AS code, enters, leaves
    FROM alive
    CROSS JOIN unnest(%(digits)s::int[]) AS level (digits)
    WHERE length(region_code) >= level.digits
),
steps AS (
    SELECT day, code, enters AS minute, count(*) AS step FROM placed GROUP BY 1, 2, 3
    UNION ALL
    SELECT day, code, leaves, -count(*) FROM placed GROUP BY 1, 2, 3
)
SELECT
    day,
    code,
    minute,
    sum(sum(step)) OVER (PARTITION BY day, code ORDER BY minute)::int AS plays
FROM steps
GROUP BY day, code, minute
