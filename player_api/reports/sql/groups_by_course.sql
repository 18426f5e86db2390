-- Plays to groups and the people present by course, the most people first.
SELECT
    course.id,
    course.number,
    course.title,
    sum(tally.plays)::bigint AS plays,
    sum(tally.people)::bigint AS people
FROM tally_group AS tally
LEFT JOIN course ON course.id = tally.course_id
WHERE tally.day BETWEEN %(start)s AND %(end)s
    AND starts_with(tally.region_code, %(region)s)
    AND tally.plays > 0
GROUP BY course.id, course.number, course.title
ORDER BY people DESC, course.number
