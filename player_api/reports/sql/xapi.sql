-- Plays that count, with what an xAPI statement says of them.
SELECT
    play.id, play.box_no, play.lesson_id, play.course_id, play.started_at, play.last_at,
    play.duration_ms, play.watch_ms, play.distinct_ms, play.position_ms, play.completion_percent,
    play.is_complete, play.region_code, play.clock,
    play.watched::text AS watched,
    lesson.title AS lesson_title,
    course.title AS course_title
FROM play
LEFT JOIN lesson ON lesson.id = play.lesson_id
LEFT JOIN course ON course.id = play.course_id
WHERE play.day BETWEEN %(start)s AND %(end)s
    AND play.region_no
        BETWEEN region_no_of(%(region)s) AND last_region_no_in(%(region)s)
    AND play.is_play
ORDER BY play.id
