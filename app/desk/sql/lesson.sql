-- By day, lesson and prefecture.
SELECT tally.day, NULL::int AS hour, tally.prefecture_code AS region_code, tally.lesson_id,
    tally.course_id, tally.plays, tally.effective, tally.completed, tally.watch_ms,
    tally.distinct_ms
FROM tally_lesson AS tally
WHERE tally.day BETWEEN %(start)s AND %(end)s
    AND tally.prefecture_code BETWEEN %(low)s AND %(high)s
    {only}
