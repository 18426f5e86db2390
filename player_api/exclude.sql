-- Excludes the plays of some boxes' days from everything that counts, or lets them count again.
-- The caller holds the fold lock alone.
WITH flagged AS (
    SELECT box_no, day FROM unnest(%(box_no)s::int[], %(day)s::date[]) AS flagged (box_no, day)
),
-- the newest month that is closed: frozen_through.sql
marked AS (
    UPDATE play_row AS play SET is_excluded = %(excluded)s
    FROM flagged
    WHERE play.box_no = flagged.box_no AND play.day = flagged.day
        AND play.is_excluded <> %(excluded)s
    RETURNING play.*
),
changed AS (
    SELECT
        marked.id, box_no, day, hour, region_code_of(region_no) AS region_code, lesson_id,
        course_id,
        old_plays,
        is_effective(NOT is_excluded, distinct_ms, duration_ms)::int AS old_effective,
        is_complete(NOT is_excluded, distinct_ms, duration_ms, completion_percent)::int
            AS old_completed,
        old_plays * watch_ms AS old_watch_ms,
        old_plays * distinct_ms AS old_distinct_ms,
        old_plays * (marked.people > 0)::int AS old_groups,
        old_plays * marked.people AS old_people,
        plays,
        is_effective(is_excluded, distinct_ms, duration_ms)::int AS effective,
        is_complete(is_excluded, distinct_ms, duration_ms, completion_percent)::int AS completed,
        plays * watch_ms AS watch_ms,
        plays * distinct_ms AS distinct_ms,
        plays * (marked.people > 0)::int AS groups,
        plays * marked.people AS people
    FROM marked
    JOIN play_terms ON play_terms.number = marked.terms_no
    CROSS JOIN LATERAL (
        SELECT
            is_play(is_excluded, distinct_ms)::int AS plays,
            is_play(NOT is_excluded, distinct_ms)::int AS old_plays
    ) AS counts
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
