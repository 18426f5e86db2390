-- Folds what is known of some plays into their rows, and what that changes into the tallies.
-- One row of ``incoming`` a play; the union with what is there is the same in any order.
-- Rows are locked in the order of their keys, so that two folds wait rather than deadlock.
-- The caller holds the fold lock: flags and statements do not change while this runs.
WITH incoming AS (
    SELECT
        play.*,
        local_time::date AS day,
        extract(hour FROM local_time)::smallint AS hour,
        -- Where the box stood when the play began.
        coalesce(
            (
                SELECT place.region_code FROM box_region AS place
                WHERE place.box_no = play.box_no AND place.valid_from <= play.started_at
                ORDER BY place.valid_from DESC LIMIT 1
            ),
            play.home_code
        ) AS region_code,
        EXISTS (
            SELECT FROM box_flag AS flag
            WHERE flag.box_no = play.box_no AND flag.day = local_time::date
                AND flag.lifted_at IS NULL
        ) AS is_excluded
    FROM (
        SELECT
            *,
            timestamptz 'epoch' + started_ms * interval '1 millisecond' AS started_at,
            timestamptz 'epoch' + last_ms * interval '1 millisecond' AS last_at
        FROM unnest(
            %(id)s::uuid[], %(box_no)s::int[], %(home_code)s::text[],
            %(lesson_id)s::int[], %(course_id)s::int[],
            %(duration_ms)s::int[], %(completion_percent)s::smallint[],
            %(watched)s::text[]::int4multirange[], %(watch_ms)s::int[],
            %(seq)s::int[], %(position_ms)s::int[], %(state)s::text[],
            %(started_ms)s::bigint[], %(last_ms)s::bigint[], %(clock)s::smallint[],
            %(people)s::smallint[]
        ) AS sent (
            id, box_no, home_code, lesson_id, course_id, duration_ms, completion_percent,
            watched, watch_ms, seq, position_ms, state, started_ms, last_ms, clock,
            people
        )
    ) AS play, LATERAL (SELECT play.started_at AT TIME ZONE %(zone)s) AS calendar (local_time)
),
-- the newest month that is closed: frozen_through.sql
folded AS (
    INSERT INTO play (
        id, box_no, region_code, lesson_id, course_id, duration_ms, completion_percent,
        watched, watch_ms, seq, position_ms, state, started_at, last_at, clock,
        day, hour, is_excluded, people
    )
    SELECT
        id, box_no, region_code, lesson_id, course_id, duration_ms, completion_percent,
        watched, watch_ms, seq, position_ms, state, started_at, last_at, clock,
        day, hour, is_excluded, people
    FROM incoming
    ORDER BY id
    -- Box, lesson, course and lengths stay as they were when the play was first heard of; day,
    -- hour and region are those of the earliest start.
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
        hour = CASE
            WHEN excluded.started_at < play.started_at THEN excluded.hour ELSE play.hour
        END,
        region_code = CASE
            WHEN excluded.started_at < play.started_at
                THEN excluded.region_code ELSE play.region_code
        END,
        is_excluded = CASE
            WHEN excluded.started_at < play.started_at
                THEN excluded.is_excluded ELSE play.is_excluded
        END,
        last_at = greatest(play.last_at, excluded.last_at),
        clock = greatest(play.clock, excluded.clock),
        people = greatest(play.people, excluded.people)
    WHERE play.box_no = excluded.box_no
        AND play.lesson_id = excluded.lesson_id
        AND (
            NOT play.watched @> excluded.watched
            OR excluded.watch_ms > play.watch_ms
            OR (excluded.seq, excluded.position_ms, excluded.state COLLATE "C")
                > (play.seq, play.position_ms, play.state)
            OR excluded.started_at < play.started_at
            OR excluded.last_at > play.last_at
            OR excluded.clock > play.clock
            OR excluded.people > play.people
        )
    RETURNING
        new.id, new.box_no, new.day, new.hour, new.region_code, new.lesson_id, new.course_id,
        new.is_excluded,
        new.is_play::int AS plays,
        new.is_effective::int AS effective,
        new.is_complete::int AS completed,
        new.is_play::int * new.watch_ms AS watch_ms,
        new.is_play::int * new.distinct_ms AS distinct_ms,
        (new.is_play AND new.people > 0)::int AS groups,
        new.is_play::int * new.people AS people,
        old.day AS old_day, old.hour AS old_hour, old.region_code AS old_region_code,
        coalesce(
            (old.day, old.hour, old.region_code) = (new.day, new.hour, new.region_code), false
        ) AS stays,
        coalesce(old.is_play::int, 0) AS old_plays,
        coalesce(old.is_effective::int, 0) AS old_effective,
        coalesce(old.is_complete::int, 0) AS old_completed,
        coalesce(old.is_play::int * old.watch_ms, 0) AS old_watch_ms,
        coalesce(old.is_play::int * old.distinct_ms, 0) AS old_distinct_ms,
        coalesce((old.is_play AND old.people > 0)::int, 0) AS old_groups,
        coalesce(old.is_play::int * old.people, 0) AS old_people,
        old.watched::text AS known_watched,
        old.watch_ms AS known_watch_ms,
        old.seq AS known_seq,
        old.position_ms AS known_position_ms,
        old.state AS known_state,
        (extract(epoch FROM old.started_at) * 1000)::bigint AS known_started_ms,
        (extract(epoch FROM old.last_at) * 1000)::bigint AS known_last_ms,
        old.clock AS known_clock,
        old.people AS known_people
),
change AS (
    -- A play that moved counts in full where it is now; a withdrawal (shares.py) takes away what it
    -- counted where it was. In one place nothing ever becomes less.
    SELECT
        day, hour, region_code, lesson_id, course_id,
        plays - stays::int * old_plays AS plays,
        effective - stays::int * old_effective AS effective,
        completed - stays::int * old_completed AS completed,
        watch_ms - stays::int * old_watch_ms AS watch_ms,
        distinct_ms - stays::int * old_distinct_ms AS distinct_ms,
        groups - stays::int * old_groups AS groups,
        people - stays::int * old_people AS people
    FROM folded
),
news AS (
    SELECT * FROM change
    WHERE (plays, effective, completed, watch_ms, distinct_ms, people) <> (0, 0, 0, 0, 0, 0)
),
-- add news to the tallies: shares.ADDED
-- PostgreSQL carries such parts out from the last to the first: folds of one day wait for each
-- other here, before they hold a row of a tally that folds of other places need as well.
touched AS (
    INSERT INTO changed_day AS touched (day)
    SELECT day FROM folded UNION SELECT old_day FROM folded WHERE old_day IS NOT NULL
    ORDER BY day
    ON CONFLICT (day) DO UPDATE SET changes = touched.changes + 1
),
kept AS (
    -- What a play counted when its month was frozen, before this changes it.
    INSERT INTO frozen_play (
        play_id, frozen_through, day, region_code, lesson_id, course_id, box_no,
        plays, effective, completed, watch_ms, distinct_ms
    )
    SELECT
        id, through, coalesce(old_day, day), coalesce(old_region_code, region_code),
        lesson_id, course_id, box_no,
        old_plays, old_effective, old_completed, old_watch_ms, old_distinct_ms
    FROM folded, frozen
    WHERE date_trunc('month', least(day, old_day)) <= through
    ON CONFLICT (play_id, frozen_through) DO NOTHING
)
SELECT
    id,
    known_watched, known_watch_ms, known_seq, known_position_ms, known_state,
    known_started_ms, known_last_ms, known_clock, known_people,
    is_excluded,
    coalesce(date_trunc('month', least(day, old_day)) <= through, false) AS is_late,
    -- What has to be withdrawn from where it was.
    NOT stays AND old_plays > 0 AS has_moved,
    old_day, old_hour, old_region_code, lesson_id, course_id,
    old_plays, old_effective, old_completed, old_watch_ms, old_distinct_ms, old_groups, old_people
FROM folded, frozen
