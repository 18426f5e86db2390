-- By how much the number of plays that see a step differs from the step before; the row without a
-- step says how many plays there are. A seen range begins to count in the first step whose middle
-- is not before its start, and no longer in the first whose middle is not before its end.
-- Of a county's plays few are of the lesson, and of the lesson's plays few from the county: where
-- the days are no condition of an index, PostgreSQL looks for both and reads what they share.
WITH counted AS MATERIALIZED (
    SELECT left(region_code, %(digits)s) AS region_code, lesson_id, watched
    FROM play
    WHERE length(%(region)s) <= 4
        AND lesson_id = ANY(%(lessons)s::int[])
        AND day BETWEEN %(start)s AND %(end)s
        AND region_no BETWEEN region_no_of(%(region)s) AND last_region_no_in(%(region)s)
        AND is_play
    UNION ALL
    SELECT left(region_code, %(digits)s), lesson_id, watched
    FROM play
    WHERE length(%(region)s) > 4
        AND lesson_id = ANY(%(lessons)s::int[])
        AND day + 0 BETWEEN %(start)s AND %(end)s
        AND region_no BETWEEN region_no_of(%(region)s) AND last_region_no_in(%(region)s)
        AND is_play
),
steps AS (
    SELECT *
    FROM unnest(%(lessons)s::int[], %(wholes)s::int[], %(last_middles_ms)s::int[])
        AS lesson (lesson_id, whole, last_middle_ms)
),
bounds AS (
    SELECT counted.region_code, counted.lesson_id, bound.at_ms, bound.change
    FROM counted
    CROSS JOIN LATERAL unnest(counted.watched) AS span
    CROSS JOIN LATERAL (VALUES (lower(span), 1), (upper(span), -1)) AS bound (at_ms, change)
)
SELECT
    region_code,
    lesson_id,
    least(whole, (at_ms + %(step_ms)s::int / 2 - 1) / %(step_ms)s::int)
        + (at_ms > last_middle_ms)::int AS step,
    sum(change)::int AS change
FROM bounds
JOIN steps USING (lesson_id)
GROUP BY 1, 2, 3
UNION ALL
SELECT region_code, lesson_id, NULL, count(*)::int
FROM counted
GROUP BY 1, 2
