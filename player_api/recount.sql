-- Every tally that is not the sum over its plays; no row when all is well.
WITH counted AS (
    SELECT
        day, region_code, lesson_id, course_id,
        count(*) AS plays,
        count(*) FILTER (WHERE is_effective) AS effective,
        count(*) FILTER (WHERE is_complete) AS completed,
        sum(watch_ms) AS watch_ms,
        sum(distinct_ms) AS distinct_ms
    FROM play
    WHERE is_play
    GROUP BY day, region_code, lesson_id, course_id
)
SELECT
    day, region_code, lesson_id, course_id,
    ARRAY[
        coalesce(tally.plays, 0), coalesce(tally.effective, 0), coalesce(tally.completed, 0),
        coalesce(tally.watch_ms, 0), coalesce(tally.distinct_ms, 0)
    ]::bigint[] AS tallied,
    ARRAY[
        coalesce(counted.plays, 0), coalesce(counted.effective, 0),
        coalesce(counted.completed, 0), coalesce(counted.watch_ms, 0),
        coalesce(counted.distinct_ms, 0)
    ]::bigint[] AS counted
FROM tally
FULL JOIN counted USING (day, region_code, lesson_id, course_id)
WHERE (
        coalesce(tally.plays, 0), coalesce(tally.effective, 0), coalesce(tally.completed, 0),
        coalesce(tally.watch_ms, 0), coalesce(tally.distinct_ms, 0)
    ) <> (
        coalesce(counted.plays, 0), coalesce(counted.effective, 0),
        coalesce(counted.completed, 0), coalesce(counted.watch_ms, 0),
        coalesce(counted.distinct_ms, 0)
    )
ORDER BY day, region_code, lesson_id, course_id
