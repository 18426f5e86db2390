-- By whole months, lesson and county or prefecture.
SELECT tally.month AS day, NULL::int AS hour, tally.{place} AS region_code, tally.lesson_id,
    tally.course_id, tally.plays, tally.effective, tally.completed, tally.watch_ms,
    tally.distinct_ms
FROM {table} AS tally
WHERE tally.month BETWEEN %(start)s AND %(end)s
    AND tally.{place} BETWEEN %(low)s AND %(high)s
    {only}
