-- The plays alive now, by course.
SELECT alive.course_id, course.number, course.title, alive.plays
FROM (
    SELECT course_id, count(*)::int AS plays
    FROM play
    WHERE last_at > %(now)s::timestamptz - %(beat)s::interval
        AND started_at > %(now)s::timestamptz - interval '1 day'
        AND started_at <= %(now)s::timestamptz
        AND region_no
            BETWEEN region_no_of(%(region)s) AND last_region_no_in(%(region)s)
        AND is_play
    GROUP BY 1
) AS alive
LEFT JOIN course ON course.id = alive.course_id
ORDER BY alive.plays DESC, alive.course_id
