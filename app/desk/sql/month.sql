-- By whole months, lesson and county.
SELECT tally.month AS day, NULL::int AS hour, tally.county_code AS region_code, tally.lesson_id,
    tally.course_id, tally.plays, tally.effective, tally.completed, tally.watch_ms,
    tally.distinct_ms
FROM tally_month AS tally
WHERE tally.month BETWEEN %(start)s AND %(end)s
    AND tally.county_code BETWEEN %(low)s AND %(high)s
    {only}
