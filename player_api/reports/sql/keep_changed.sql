-- The last word of plays that changed after a freeze, kept when the plays go: the late lines of
-- later statements are made of it.
INSERT INTO frozen_play (
    play_id, frozen_through, day, region_code, lesson_id, course_id, box_no,
    plays, effective, completed, watch_ms, distinct_ms
)
SELECT
    play.id, 'infinity'::date, play.day, play.region_code, play.lesson_id, play.course_id,
    play.box_no, play.is_play::int, play.is_effective::int, play.is_complete::int,
    play.is_play::int * play.watch_ms, play.is_play::int * play.distinct_ms
FROM play
WHERE play.day >= %(month)s::date
    AND play.day < (%(month)s::date + interval '1 month')::date
    AND EXISTS (SELECT FROM frozen_play AS kept WHERE kept.play_id = play.id)
ON CONFLICT DO NOTHING
