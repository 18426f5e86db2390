-- Everything that was watched, by day, hour and prefecture.
SELECT tally.day, tally.hour, tally.prefecture_code AS region_code, NULL::int AS lesson_id,
    NULL::int AS course_id, tally.plays, tally.effective, tally.completed, tally.watch_ms,
    tally.distinct_ms
FROM tally_prefecture_hour AS tally
WHERE tally.day BETWEEN %(start)s AND %(end)s
    AND tally.hour < %(hours)s
    AND tally.prefecture_code BETWEEN %(low)s AND %(high)s
