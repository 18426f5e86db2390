-- What became of plays of frozen months between two freezes: what they counted at the later
-- freeze, less what they counted at the earlier. By month, by month and course, and by county.
WITH before AS (
    SELECT * FROM frozen_play WHERE frozen_through = %(previous)s::date
),
after AS (
    SELECT
        before.play_id,
        coalesce(kept.day, play.day) AS day,
        coalesce(kept.region_code, play.region_code) AS region_code,
        coalesce(kept.course_id, play.course_id) AS course_id,
        coalesce(kept.plays, play.is_play::int, 0) AS plays,
        coalesce(kept.effective, play.is_effective::int, 0) AS effective,
        coalesce(kept.completed, play.is_complete::int, 0) AS completed,
        coalesce(kept.watch_ms, play.is_play::int * play.watch_ms, 0) AS watch_ms,
        coalesce(kept.distinct_ms, play.is_play::int * play.distinct_ms, 0) AS distinct_ms
    FROM before
    LEFT JOIN LATERAL (
        SELECT *
        FROM frozen_play AS later
        WHERE later.play_id = before.play_id AND later.frozen_through >= %(month)s::date
        ORDER BY later.frozen_through
        LIMIT 1
    ) AS kept ON TRUE
    LEFT JOIN play ON play.id = before.play_id AND kept.play_id IS NULL
),
changed AS (
    SELECT before.play_id, before.box_no, side.*
    FROM before
    JOIN after USING (play_id)
    CROSS JOIN LATERAL (VALUES
        (before.day, before.region_code, before.course_id, -before.plays, -before.effective,
            -before.completed, -before.watch_ms, -before.distinct_ms),
        (after.day, after.region_code, after.course_id, after.plays, after.effective,
            after.completed, after.watch_ms, after.distinct_ms)
    ) AS side (
        day, region_code, course_id, plays, effective, completed, watch_ms, distinct_ms
    )
    WHERE side.plays <> 0
        AND (
            before.day, before.region_code, before.course_id, before.plays, before.effective,
            before.completed, before.watch_ms, before.distinct_ms
        ) IS DISTINCT FROM (
            after.day, after.region_code, after.course_id, after.plays, after.effective,
            after.completed, after.watch_ms, after.distinct_ms
        )
),
frozen AS (
    SELECT *, date_trunc('month', day)::date AS month, left(region_code, 6) AS county
    FROM changed
    WHERE day < %(month)s::date
)
SELECT
    month, course_id, county,
    grouping(course_id) = 0 AS is_course,
    grouping(county) = 0 AS is_county,
    count(DISTINCT play_id) AS changed_plays,
    count(DISTINCT box_no) AS boxes,
    sum(plays)::bigint AS plays,
    sum(effective)::bigint AS effective,
    sum(completed)::bigint AS completed,
    sum(watch_ms)::bigint AS watch_ms,
    sum(distinct_ms)::bigint AS distinct_ms
FROM frozen
GROUP BY GROUPING SETS ((month), (month, course_id), (month, county))
ORDER BY month, course_id, county
