-- The plays of a month, those that do not count as well; gives how many.
-- The last word of plays that changed after a freeze is kept: the late lines of later statements
-- are made of it. It is the word of the row that goes, whatever was folded until then. A fold that
-- this waits for has kept a record that is not seen here, but leaves the mark of a wrong clock: by
-- a right one the play's events are too old. A record too many harms nothing.
-- The ids stay, so that no play begins again: its clock may have been right, but a box that comes
-- up later by the time that it saved sends the event as if it were of now.
WITH gone AS (
    DELETE FROM play_row AS play
    USING play_terms AS terms
    WHERE terms.number = play.terms_no
        AND day >= %(month)s::date
        AND day < (%(month)s::date + interval '1 month')::date
    RETURNING play.*, lesson_id, course_id, duration_ms, completion_percent
),
last_word AS (
    INSERT INTO frozen_play (
        play_id, frozen_through, day, region_code, lesson_id, course_id, box_no,
        plays, effective, completed, watch_ms, distinct_ms
    )
    SELECT
        id, 'infinity'::date, day, region_code_of(region_no), lesson_id, course_id, box_no,
        is_play(is_excluded, distinct_ms)::int,
        is_effective(is_excluded, distinct_ms, duration_ms)::int,
        is_complete(is_excluded, distinct_ms, duration_ms, completion_percent)::int,
        is_play(is_excluded, distinct_ms)::int * watch_ms,
        is_play(is_excluded, distinct_ms)::int * distinct_ms
    FROM gone
    WHERE clock <> '0'
        OR id < %(never_set)s
        OR EXISTS (SELECT FROM frozen_play AS kept WHERE kept.play_id = gone.id)
    ON CONFLICT DO NOTHING
),
kept AS (
    INSERT INTO reduced_play (play_id)
    SELECT id FROM gone
    ON CONFLICT DO NOTHING
)
SELECT count(*) FROM gone
