-- What every play of a month counted when the month was frozen: as the first record of a later
-- change says, else as the play is now. Only plays that counted.
SELECT
    play.id, play.day, play.region_code, play.lesson_id, play.course_id, play.box_no,
    play.is_effective::int AS effective,
    play.is_complete::int AS completed,
    play.watch_ms,
    play.distinct_ms
FROM play
WHERE play.day >= %(month)s::date
    AND play.day < (%(month)s::date + interval '1 month')::date
    AND play.is_play
    AND NOT EXISTS (
        SELECT FROM frozen_play AS kept
        WHERE kept.play_id = play.id AND kept.frozen_through >= %(month)s::date
    )
UNION ALL
SELECT
    play_id, day, region_code, lesson_id, course_id, box_no,
    effective::int, completed::int, watch_ms, distinct_ms
FROM (
    SELECT DISTINCT ON (play_id) *
    FROM frozen_play
    WHERE frozen_through >= %(month)s::date
    ORDER BY play_id, frozen_through
) AS kept
WHERE plays > 0
    AND day >= %(month)s::date
    AND day < (%(month)s::date + interval '1 month')::date
