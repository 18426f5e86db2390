-- Everything that was watched, by day, hour and county or prefecture.
SELECT tally.day, tally.hour, tally.{place} AS region_code, NULL::int AS lesson_id,
    NULL::int AS course_id, tally.plays, tally.effective, tally.completed, tally.watch_ms,
    tally.distinct_ms
FROM {table} AS tally
WHERE tally.day BETWEEN %(start)s AND %(end)s
    AND tally.hour < %(hours)s
    AND tally.{place} BETWEEN %(low)s AND %(high)s
