-- Folds what is known of some plays into their rows, and what that changes into the tallies.
-- One row of ``incoming`` a play; the union with what is there is the same in any order.
-- Rows are locked in the order of their keys, so that two folds wait rather than deadlock.
WITH incoming AS (
    SELECT *, (started_at AT TIME ZONE %(zone)s)::date AS day
    FROM unnest(
        %(id)s::uuid[], %(box_id)s::uuid[], %(region_code)s::text[],
        %(lesson_id)s::int[], %(course_id)s::int[],
        %(duration_ms)s::int[], %(completion_percent)s::smallint[],
        %(watched)s::text[]::int4multirange[], %(watch_ms)s::int[],
        %(seq)s::int[], %(position_ms)s::int[], %(state)s::text[],
        %(started_at)s::timestamptz[], %(last_at)s::timestamptz[]
    ) AS play (
        id, box_id, region_code, lesson_id, course_id, duration_ms, completion_percent,
        watched, watch_ms, seq, position_ms, state, started_at, last_at
    )
),
folded AS (
    INSERT INTO play (
        id, box_id, region_code, lesson_id, course_id, duration_ms, completion_percent,
        watched, watch_ms, seq, position_ms, state, started_at, last_at, day
    )
    SELECT
        id, box_id, region_code, lesson_id, course_id, duration_ms, completion_percent,
        watched, watch_ms, seq, position_ms, state, started_at, last_at, day
    FROM incoming
    ORDER BY id
    -- Box, region, lesson, course and lengths stay as they were when the play was first heard of.
    ON CONFLICT (id) DO UPDATE SET
        watched = play.watched + excluded.watched,
        watch_ms = greatest(play.watch_ms, excluded.watch_ms),
        (seq, position_ms, state) = (
            SELECT latest.seq, latest.position_ms, latest.state
            FROM (VALUES
                (play.seq, play.position_ms, play.state),
                (excluded.seq, excluded.position_ms, excluded.state)
            ) AS latest (seq, position_ms, state)
            ORDER BY latest.seq DESC, latest.position_ms DESC, latest.state COLLATE "C" DESC
            LIMIT 1
        ),
        started_at = least(play.started_at, excluded.started_at),
        day = CASE
            WHEN excluded.started_at < play.started_at THEN excluded.day ELSE play.day
        END,
        last_at = greatest(play.last_at, excluded.last_at)
    WHERE play.box_id = excluded.box_id
        AND play.lesson_id = excluded.lesson_id
        AND (
            NOT play.watched @> excluded.watched
            OR excluded.watch_ms > play.watch_ms
            OR (excluded.seq, excluded.position_ms, excluded.state COLLATE "C")
                > (play.seq, play.position_ms, play.state)
            OR excluded.started_at < play.started_at - interval '1 minute'
        )
    RETURNING
        new.id, new.day, new.region_code, new.lesson_id, new.course_id,
        new.is_play::int AS plays,
        new.is_effective::int AS effective,
        new.is_complete::int AS completed,
        new.is_play::int * new.watch_ms AS watch_ms,
        new.is_play::int * new.distinct_ms AS distinct_ms,
        old.day AS old_day,
        coalesce(old.is_play::int, 0) AS old_plays,
        coalesce(old.is_effective::int, 0) AS old_effective,
        coalesce(old.is_complete::int, 0) AS old_completed,
        coalesce(old.is_play::int * old.watch_ms, 0) AS old_watch_ms,
        coalesce(old.is_play::int * old.distinct_ms, 0) AS old_distinct_ms,
        old.watched::text AS known_watched,
        old.watch_ms AS known_watch_ms,
        old.seq AS known_seq,
        old.position_ms AS known_position_ms,
        old.state AS known_state,
        old.started_at AS known_started_at,
        old.last_at AS known_last_at
),
change AS (
    -- A play that moved to an earlier day counts there in full; tally_withdraw.sql takes away
    -- what it counted on the other. On one day nothing ever becomes less.
    SELECT
        day, region_code, lesson_id, course_id,
        sum(plays - stays * old_plays) AS plays,
        sum(effective - stays * old_effective) AS effective,
        sum(completed - stays * old_completed) AS completed,
        sum(watch_ms - stays * old_watch_ms) AS watch_ms,
        sum(distinct_ms - stays * old_distinct_ms) AS distinct_ms
    FROM (SELECT *, coalesce((old_day = day)::int, 0) AS stays FROM folded) AS play
    GROUP BY day, region_code, lesson_id, course_id
),
tallied AS (
    INSERT INTO tally (
        day, region_code, lesson_id, course_id,
        plays, effective, completed, watch_ms, distinct_ms
    )
    SELECT
        day, region_code, lesson_id, course_id,
        plays, effective, completed, watch_ms, distinct_ms
    FROM change
    WHERE (plays, effective, completed, watch_ms, distinct_ms) <> (0, 0, 0, 0, 0)
    ORDER BY day, region_code, lesson_id, course_id
    ON CONFLICT (day, region_code, lesson_id, course_id) DO UPDATE SET
        plays = tally.plays + excluded.plays,
        effective = tally.effective + excluded.effective,
        completed = tally.completed + excluded.completed,
        watch_ms = tally.watch_ms + excluded.watch_ms,
        distinct_ms = tally.distinct_ms + excluded.distinct_ms
)
SELECT
    id,
    known_watched, known_watch_ms, known_seq, known_position_ms, known_state,
    known_started_at, known_last_at,
    CASE WHEN old_day <> day AND old_plays > 0 THEN old_day END AS left_day,
    region_code, lesson_id, course_id,
    old_plays, old_effective, old_completed, old_watch_ms, old_distinct_ms
FROM folded
