-- By whole months, lesson and prefecture.
SELECT tally.month AS day, NULL::int AS hour, tally.prefecture_code AS region_code,
    tally.lesson_id, tally.course_id, tally.plays, tally.effective, tally.completed,
    tally.watch_ms, tally.distinct_ms
FROM tally_prefecture_month AS tally
WHERE tally.month BETWEEN %(start)s AND %(end)s
    AND tally.prefecture_code BETWEEN %(low)s AND %(high)s
