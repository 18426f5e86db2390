-- Every play of a lesson, newest first, those that do not count as well.
SELECT
    play.id,
    play.started_at,
    play.region_code,
    region.name AS region_name,
    play.box_id,
    play.distinct_ms,
    play.watch_ms,
    play.duration_ms,
    play.is_play,
    play.is_effective,
    play.is_complete
FROM play
LEFT JOIN region ON region.code = play.region_code
WHERE play.lesson_id = %(lesson_id)s
    AND play.day BETWEEN %(start)s AND %(end)s
    AND starts_with(play.region_code, %(region)s)
ORDER BY play.started_at DESC, play.id
LIMIT %(limit)s OFFSET %(offset)s
