-- Sums by course, most played first.
SELECT
    tally.course_id,
    course.number,
    course.title,
    sum(tally.plays)::bigint AS plays,
    sum(tally.effective)::bigint AS effective,
    sum(tally.completed)::bigint AS completed,
    sum(tally.watch_ms)::bigint AS watch_ms
FROM tally
LEFT JOIN course ON course.id = tally.course_id
WHERE tally.day BETWEEN %(start)s AND %(end)s
    AND starts_with(tally.region_code, %(region)s)
GROUP BY tally.course_id, course.number, course.title
HAVING sum(tally.plays) > 0
ORDER BY plays DESC, watch_ms DESC, tally.course_id
