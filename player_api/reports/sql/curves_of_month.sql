-- All curves that are kept of a month, without its mark.
SELECT region_code, lesson_id, duration_ms, plays, seen
FROM curve
WHERE month = %(month)s
    AND lesson_id > 0
