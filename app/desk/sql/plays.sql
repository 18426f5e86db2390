-- Plays as they are on record, newest first, those that do not count as well.
SELECT
    play.id,
    play.started_at,
    play.clock,
    play.region_code,
    region.name AS region_name,
    course.title AS course_title,
    lesson.title AS lesson_title,
    box.id AS box_id,
    play.distinct_ms,
    play.watch_ms,
    play.duration_ms,
    play.is_excluded,
    play.is_play,
    play.is_effective,
    play.is_complete
FROM play
LEFT JOIN region ON region.code = play.region_code
LEFT JOIN course ON course.id = play.course_id
LEFT JOIN lesson ON lesson.id = play.lesson_id
LEFT JOIN box ON box.number = play.box_no
WHERE play.day BETWEEN %(start)s AND %(end)s
    AND play.region_no BETWEEN region_no_of(%(low)s) AND last_region_no_in(%(low)s)
    {only}
ORDER BY play.started_at DESC, play.id DESC
