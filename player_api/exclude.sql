-- Excludes the plays of some boxes' days from everything that counts, or lets them count again.
-- The caller holds the fold lock alone.
WITH flagged AS (
    SELECT box_no, day FROM unnest(%(box_no)s::int[], %(day)s::date[]) AS flagged (box_no, day)
),
-- the newest month that is closed: frozen_through.sql
changed AS (
    UPDATE play SET is_excluded = %(excluded)s
    FROM flagged
    WHERE play.box_no = flagged.box_no AND play.day = flagged.day
        AND play.is_excluded <> %(excluded)s
    RETURNING
        new.id, new.box_no, new.day, new.hour, new.region_code, new.lesson_id, new.course_id,
        old.is_play::int AS old_plays,
        old.is_effective::int AS old_effective,
        old.is_complete::int AS old_completed,
        old.is_play::int * old.watch_ms AS old_watch_ms,
        old.is_play::int * old.distinct_ms AS old_distinct_ms,
        (old.is_play AND old.people > 0)::int AS old_groups,
        old.is_play::int * old.people AS old_people,
        new.is_play::int AS plays,
        new.is_effective::int AS effective,
        new.is_complete::int AS completed,
        new.is_play::int * new.watch_ms AS watch_ms,
        new.is_play::int * new.distinct_ms AS distinct_ms,
        (new.is_play AND new.people > 0)::int AS groups,
        new.is_play::int * new.people AS people
),
touched AS (
    INSERT INTO changed_day AS touched (day)
    SELECT DISTINCT day FROM changed ORDER BY day
    ON CONFLICT (day) DO UPDATE SET changes = touched.changes + 1
),
kept AS (
    INSERT INTO frozen_play (
        play_id, frozen_through, day, region_code, lesson_id, course_id, box_no,
        plays, effective, completed, watch_ms, distinct_ms
    )
    SELECT
        id, through, day, region_code, lesson_id, course_id, box_no,
        old_plays, old_effective, old_completed, old_watch_ms, old_distinct_ms
    FROM changed, frozen
    WHERE date_trunc('month', day) <= through
    ON CONFLICT (play_id, frozen_through) DO NOTHING
)
SELECT
    day, hour, region_code, lesson_id, course_id,
    old_plays, old_effective, old_completed, old_watch_ms, old_distinct_ms, old_groups, old_people,
    plays, effective, completed, watch_ms, distinct_ms, groups, people
FROM changed
