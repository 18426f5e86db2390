-- Everything that was watched, by day, hour and county.
SELECT tally.day, tally.hour, tally.county_code AS region_code, NULL::int AS lesson_id,
    NULL::int AS course_id, tally.plays, tally.effective, tally.completed, tally.watch_ms,
    tally.distinct_ms
FROM tally_hour AS tally
WHERE tally.day BETWEEN %(start)s AND %(end)s
    AND tally.hour < %(hours)s
    AND tally.county_code BETWEEN %(low)s AND %(high)s
