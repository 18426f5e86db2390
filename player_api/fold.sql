-- Folds what is known of some plays into their rows, and what that changes into the tallies.
-- One row of ``incoming`` a play; the union with what is there is the same in any order.
-- Rows are locked in the order of their keys, so that two folds wait rather than deadlock.
-- The caller holds the fold lock: flags and statements do not change while this runs.
WITH incoming AS (
    SELECT
        play.*,
        terms.number AS terms_no,
        local_time::date AS day,
        extract(hour FROM local_time)::smallint AS hour,
        (play.started_ms - (local_time::date - date '1970-01-01') * bigint '86400000')::int
            AS start_ms,
        -- What does not fit is longer than anything that counts.
        least(2147483647, play.last_ms - play.started_ms)::int AS lived_ms,
        -- Where the box stood when the play began.
        region_no_of(coalesce(
            (
                SELECT place.region_code FROM box_region AS place
                WHERE place.box_no = play.box_no AND place.valid_from <= play.started_at
                ORDER BY place.valid_from DESC LIMIT 1
            ),
            play.home_code
        )) AS region_no,
        EXISTS (
            SELECT FROM box_flag AS flag
            WHERE flag.box_no = play.box_no AND flag.day = local_time::date
                AND flag.lifted_at IS NULL
        ) AS is_excluded
    FROM (
        SELECT *, timestamptz 'epoch' + started_ms * interval '1 millisecond' AS started_at
        FROM unnest(
            %(id)s::uuid[], %(box_no)s::int[], %(home_code)s::text[],
            %(lesson_id)s::int[], %(course_id)s::int[],
            %(duration_ms)s::int[], %(completion_percent)s::smallint[],
            %(watched)s::text[]::int4multirange[], %(watch_ms)s::int[],
            %(seq)s::int[], %(position_ms)s::int[], %(state_letter)s::text[]::"char"[],
            %(started_ms)s::bigint[], %(last_ms)s::bigint[], %(clock)s::text[]::"char"[],
            %(people)s::smallint[]
        ) AS sent (
            id, box_no, home_code, lesson_id, course_id, duration_ms, completion_percent,
            watched, watch_ms, seq, position_ms, state_letter, started_ms, last_ms, clock,
            people
        )
    ) AS play
    JOIN play_terms AS terms USING (lesson_id, course_id, duration_ms, completion_percent)
    CROSS JOIN LATERAL (SELECT play.started_at AT TIME ZONE %(zone)s) AS calendar (local_time)
),
-- the newest month that is closed: frozen_through.sql
row AS (
    INSERT INTO play_row AS play (
        id, box_no, region_no, terms_no, watched, watch_ms, seq, position_ms, state_letter,
        day, start_ms, lived_ms, clock, hour, is_excluded, people
    )
    SELECT
        id, box_no, region_no, terms_no, watched, watch_ms, seq, position_ms, state_letter,
        day, start_ms, lived_ms, clock, hour, is_excluded, people
    FROM incoming
    ORDER BY id
    -- Box and terms stay as they were when the play was first heard of; day, hour and region are
    -- those of the earliest start.
    ON CONFLICT (id) DO UPDATE SET
        watched = play.watched + excluded.watched,
        watch_ms = greatest(play.watch_ms, excluded.watch_ms),
        (seq, position_ms, state_letter) = (
            SELECT latest.seq, latest.position_ms, latest.state_letter
            FROM (VALUES
                (play.seq, play.position_ms, play.state_letter),
                (excluded.seq, excluded.position_ms, excluded.state_letter)
            ) AS latest (seq, position_ms, state_letter)
            ORDER BY latest.seq DESC, latest.position_ms DESC, latest.state_letter DESC
            LIMIT 1
        ),
        (day, start_ms, lived_ms, hour, region_no, is_excluded) = (
            SELECT
                first.day, first.start_ms,
                least(2147483647, max(began_ms + lived_ms) OVER () - began_ms)::int,
                first.hour, first.region_no, first.is_excluded
            FROM (VALUES
                (
                    1, play.day, play.start_ms, play.lived_ms, play.hour, play.region_no,
                    play.is_excluded
                ),
                (
                    2, excluded.day, excluded.start_ms, excluded.lived_ms, excluded.hour,
                    excluded.region_no, excluded.is_excluded
                )
            ) AS first (number, day, start_ms, lived_ms, hour, region_no, is_excluded)
            CROSS JOIN LATERAL (
                SELECT (first.day - date '1970-01-01') * bigint '86400000' + first.start_ms
            ) AS moment (began_ms)
            ORDER BY began_ms, first.number
            LIMIT 1
        ),
        clock = greatest(play.clock, excluded.clock),
        people = greatest(play.people, excluded.people)
    WHERE play.box_no = excluded.box_no
        AND play.terms_no = excluded.terms_no
        AND (
            NOT play.watched @> excluded.watched
            OR excluded.watch_ms > play.watch_ms
            OR (excluded.seq, excluded.position_ms, excluded.state_letter)
                > (play.seq, play.position_ms, play.state_letter)
            OR (excluded.day - play.day) * bigint '86400000' + excluded.start_ms < play.start_ms
            OR (
                (excluded.day - play.day) * bigint '86400000' + excluded.start_ms
                    + excluded.lived_ms > play.start_ms::bigint + play.lived_ms
                AND play.lived_ms < 2147483647
            )
            OR excluded.clock > play.clock
            OR excluded.people > play.people
        )
    RETURNING
        new.id, new.box_no, new.terms_no, new.day, new.hour, new.region_no, new.is_excluded, new.watch_ms,
        new.distinct_ms, new.people,
        old.day AS old_day, old.hour AS old_hour, old.region_no AS old_region_no,
        old.is_excluded AS was_excluded, old.watched AS old_watched, old.watch_ms AS old_watch_ms,
        old.distinct_ms AS old_distinct_ms, old.people AS old_people, old.seq AS old_seq,
        old.position_ms AS old_position_ms, old.state_letter AS old_state_letter,
        old.start_ms AS old_start_ms, old.lived_ms AS old_lived_ms, old.clock AS old_clock
),
folded AS (
    SELECT
        row.id, row.box_no, row.day, row.hour, region_code_of(row.region_no) AS region_code,
        lesson_id, course_id, row.is_excluded,
        plays,
        is_effective(row.is_excluded, row.distinct_ms, duration_ms)::int AS effective,
        is_complete(row.is_excluded, row.distinct_ms, duration_ms, completion_percent)::int
            AS completed,
        plays * row.watch_ms AS watch_ms,
        plays * row.distinct_ms AS distinct_ms,
        plays * (row.people > 0)::int AS groups,
        plays * row.people AS people,
        old_day, old_hour, region_code_of(old_region_no) AS old_region_code,
        coalesce((old_day, old_hour, old_region_no) = (row.day, row.hour, row.region_no), false)
            AS stays,
        old_plays,
        coalesce(is_effective(was_excluded, row.old_distinct_ms, duration_ms)::int, 0)
            AS old_effective,
        coalesce(
            is_complete(was_excluded, row.old_distinct_ms, duration_ms, completion_percent)::int, 0
        ) AS old_completed,
        coalesce(old_plays * row.old_watch_ms, 0) AS old_watch_ms,
        coalesce(old_plays * row.old_distinct_ms, 0) AS old_distinct_ms,
        coalesce(old_plays * (row.old_people > 0)::int, 0) AS old_groups,
        coalesce(old_plays * row.old_people, 0) AS old_people,
        old_watched::text AS known_watched,
        row.old_watch_ms AS known_watch_ms,
        old_seq AS known_seq,
        old_position_ms AS known_position_ms,
        old_state_letter AS known_state_letter,
        (old_day - date '1970-01-01') * bigint '86400000' + old_start_ms AS known_started_ms,
        (old_day - date '1970-01-01') * bigint '86400000' + old_start_ms + old_lived_ms
            AS known_last_ms,
        old_clock::text::int AS known_clock,
        row.old_people AS known_people
    FROM row
    JOIN play_terms AS terms ON terms.number = row.terms_no
    CROSS JOIN LATERAL (
        SELECT
            is_play(row.is_excluded, row.distinct_ms)::int AS plays,
            coalesce(is_play(was_excluded, row.old_distinct_ms)::int, 0) AS old_plays
    ) AS counts
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
    known_watched, known_watch_ms, known_seq, known_position_ms, known_state_letter,
    known_started_ms, known_last_ms, known_clock, known_people,
    is_excluded,
    coalesce(date_trunc('month', least(day, old_day)) <= through, false) AS is_late,
    -- What has to be withdrawn from where it was.
    NOT stays AND old_plays > 0 AS has_moved,
    old_day, old_hour, old_region_code, lesson_id, course_id,
    old_plays, old_effective, old_completed, old_watch_ms, old_distinct_ms, old_groups, old_people
FROM folded, frozen
