-- Takes from the tallies what plays counted on the days that they have left.
-- A statement of its own: it must see rows that others committed while the fold waited for them.
WITH leaving AS (
    SELECT
        day, region_code, lesson_id, course_id,
        sum(plays) AS plays, sum(effective) AS effective, sum(completed) AS completed,
        sum(watch_ms) AS watch_ms, sum(distinct_ms) AS distinct_ms
    FROM unnest(
        %(day)s::date[], %(region_code)s::text[], %(lesson_id)s::int[], %(course_id)s::int[],
        %(plays)s::int[], %(effective)s::int[], %(completed)s::int[],
        %(watch_ms)s::bigint[], %(distinct_ms)s::bigint[]
    ) AS play (
        day, region_code, lesson_id, course_id,
        plays, effective, completed, watch_ms, distinct_ms
    )
    GROUP BY day, region_code, lesson_id, course_id
)
UPDATE tally SET
    plays = tally.plays - leaving.plays,
    effective = tally.effective - leaving.effective,
    completed = tally.completed - leaving.completed,
    watch_ms = tally.watch_ms - leaving.watch_ms,
    distinct_ms = tally.distinct_ms - leaving.distinct_ms
FROM leaving
WHERE (tally.day, tally.region_code, tally.lesson_id, tally.course_id)
    = (leaving.day, leaving.region_code, leaving.lesson_id, leaving.course_id)
