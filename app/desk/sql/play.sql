-- The plays themselves, as cells of one: for what no tally is kept.
SELECT play.day, play.hour, play.region_code, play.lesson_id, play.course_id, 1 AS plays,
    play.is_effective::int AS effective, play.is_complete::int AS completed,
    play.watch_ms::bigint AS watch_ms, play.distinct_ms::bigint AS distinct_ms
FROM play
WHERE play.is_play
    AND play.day BETWEEN %(start)s AND %(end)s
    AND play.region_no BETWEEN region_no_of(%(low)s) AND last_region_no_in(%(low)s)
    {only}
