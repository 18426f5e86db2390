-- Sums by lesson of one course, in the order of the course; removed lessons come last.
SELECT
    tally.lesson_id,
    lesson.position,
    lesson.title,
    lesson.removed_at IS NOT NULL AS is_removed,
    sum(tally.plays)::bigint AS plays,
    sum(tally.effective)::bigint AS effective,
    sum(tally.completed)::bigint AS completed,
    sum(tally.watch_ms)::bigint AS watch_ms
FROM tally
LEFT JOIN lesson ON lesson.id = tally.lesson_id
WHERE tally.day BETWEEN %(start)s AND %(end)s
    AND starts_with(tally.region_code, %(region)s)
    AND tally.course_id = %(course_id)s
GROUP BY tally.lesson_id, lesson.position, lesson.title, lesson.removed_at
HAVING sum(tally.plays) > 0
ORDER BY lesson.removed_at IS NOT NULL, lesson.position, tally.lesson_id
