-- By how much the number of plays that see a step differs from the step before; the row without a
-- step says how many plays there are. A seen range begins to count in the first step whose middle
-- is not before its start, and no longer in the first whose middle is not before its end.
WITH counted AS MATERIALIZED (
    SELECT watched
    FROM play
    WHERE lesson_id = %(lesson_id)s
        AND day BETWEEN %(start)s AND %(end)s
        AND region_no
            BETWEEN region_no_of(%(region)s) AND last_region_no_in(%(region)s)
        AND is_play
),
bounds AS (
    SELECT bound.at_ms, bound.change
    FROM counted
    CROSS JOIN LATERAL unnest(counted.watched) AS span
    CROSS JOIN LATERAL (VALUES (lower(span), 1), (upper(span), -1)) AS bound (at_ms, change)
)
SELECT
    least(%(whole)s::int, (at_ms + %(step_ms)s::int / 2 - 1) / %(step_ms)s::int)
        + (at_ms > %(last_middle_ms)s::int)::int AS step,
    sum(change)::int AS change
FROM bounds
GROUP BY 1
UNION ALL
SELECT NULL, count(*)::int
FROM counted
