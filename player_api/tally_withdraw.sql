-- Takes from the tallies what plays counted where they no longer count.
-- A statement of its own: it must see rows that others committed while the fold waited for them.
WITH leaving AS (
    SELECT *
    FROM unnest(
        %(day)s::date[], %(hour)s::smallint[], %(region_code)s::text[],
        %(lesson_id)s::int[], %(course_id)s::int[],
        %(plays)s::int[], %(effective)s::int[], %(completed)s::int[],
        %(watch_ms)s::bigint[], %(distinct_ms)s::bigint[],
        %(groups)s::int[], %(people)s::int[]
    ) AS play (
        day, hour, region_code, lesson_id, course_id,
        plays, effective, completed, watch_ms, distinct_ms, groups, people
    )
),
placed AS (
    UPDATE tally_place AS tally SET
        plays = tally.plays - gone.plays,
        effective = tally.effective - gone.effective,
        completed = tally.completed - gone.completed,
        watch_ms = tally.watch_ms - gone.watch_ms,
        distinct_ms = tally.distinct_ms - gone.distinct_ms
    FROM (
        SELECT
            day, region_code,
            sum(plays) AS plays, sum(effective) AS effective, sum(completed) AS completed,
            sum(watch_ms) AS watch_ms, sum(distinct_ms) AS distinct_ms
        FROM leaving GROUP BY day, region_code
    ) AS gone
    WHERE tally.day = gone.day
        AND tally.region_code = gone.region_code
),
timed AS (
    UPDATE tally_hour AS tally SET
        plays = tally.plays - gone.plays,
        effective = tally.effective - gone.effective,
        completed = tally.completed - gone.completed,
        watch_ms = tally.watch_ms - gone.watch_ms,
        distinct_ms = tally.distinct_ms - gone.distinct_ms
    FROM (
        SELECT
            day, hour, left(region_code, 6) AS county_code,
            sum(plays) AS plays, sum(effective) AS effective, sum(completed) AS completed,
            sum(watch_ms) AS watch_ms, sum(distinct_ms) AS distinct_ms
        FROM leaving GROUP BY day, hour, county_code
    ) AS gone
    WHERE tally.day = gone.day
        AND tally.hour = gone.hour
        AND tally.county_code = gone.county_code
),
taught AS (
    UPDATE tally_lesson AS tally SET
        plays = tally.plays - gone.plays,
        effective = tally.effective - gone.effective,
        completed = tally.completed - gone.completed,
        watch_ms = tally.watch_ms - gone.watch_ms,
        distinct_ms = tally.distinct_ms - gone.distinct_ms
    FROM (
        SELECT
            day, lesson_id, course_id, left(region_code, 4) AS prefecture_code,
            sum(plays) AS plays, sum(effective) AS effective, sum(completed) AS completed,
            sum(watch_ms) AS watch_ms, sum(distinct_ms) AS distinct_ms
        FROM leaving GROUP BY day, lesson_id, course_id, prefecture_code
    ) AS gone
    WHERE tally.day = gone.day
        AND tally.lesson_id = gone.lesson_id
        AND tally.course_id = gone.course_id
        AND tally.prefecture_code = gone.prefecture_code
),
monthly AS (
    UPDATE tally_month AS tally SET
        plays = tally.plays - gone.plays,
        effective = tally.effective - gone.effective,
        completed = tally.completed - gone.completed,
        watch_ms = tally.watch_ms - gone.watch_ms,
        distinct_ms = tally.distinct_ms - gone.distinct_ms
    FROM (
        SELECT
            left(region_code, 6) AS county_code, date_trunc('month', day)::date AS month, lesson_id, course_id,
            sum(plays) AS plays, sum(effective) AS effective, sum(completed) AS completed,
            sum(watch_ms) AS watch_ms, sum(distinct_ms) AS distinct_ms
        FROM leaving GROUP BY county_code, month, lesson_id, course_id
    ) AS gone
    WHERE tally.county_code = gone.county_code
        AND tally.month = gone.month
        AND tally.lesson_id = gone.lesson_id
        AND tally.course_id = gone.course_id
),
timed_above AS (
    UPDATE tally_prefecture_hour AS tally SET
        plays = tally.plays - gone.plays,
        effective = tally.effective - gone.effective,
        completed = tally.completed - gone.completed,
        watch_ms = tally.watch_ms - gone.watch_ms,
        distinct_ms = tally.distinct_ms - gone.distinct_ms
    FROM (
        SELECT
            day, hour, left(region_code, 4) AS prefecture_code,
            sum(plays) AS plays, sum(effective) AS effective, sum(completed) AS completed,
            sum(watch_ms) AS watch_ms, sum(distinct_ms) AS distinct_ms
        FROM leaving GROUP BY day, hour, prefecture_code
    ) AS gone
    WHERE tally.day = gone.day
        AND tally.hour = gone.hour
        AND tally.prefecture_code = gone.prefecture_code
),
monthly_above AS (
    UPDATE tally_prefecture_month AS tally SET
        plays = tally.plays - gone.plays,
        effective = tally.effective - gone.effective,
        completed = tally.completed - gone.completed,
        watch_ms = tally.watch_ms - gone.watch_ms,
        distinct_ms = tally.distinct_ms - gone.distinct_ms
    FROM (
        SELECT
            date_trunc('month', day)::date AS month, lesson_id, course_id,
            left(region_code, 4) AS prefecture_code,
            sum(plays) AS plays, sum(effective) AS effective, sum(completed) AS completed,
            sum(watch_ms) AS watch_ms, sum(distinct_ms) AS distinct_ms
        FROM leaving GROUP BY month, lesson_id, course_id, prefecture_code
    ) AS gone
    WHERE tally.month = gone.month
        AND tally.lesson_id = gone.lesson_id
        AND tally.course_id = gone.course_id
        AND tally.prefecture_code = gone.prefecture_code
),
grouped AS (
    UPDATE tally_group AS tally SET
        plays = tally.plays - gone.groups,
        people = tally.people - gone.people
    FROM (
        SELECT day, region_code, course_id, sum(groups) AS groups, sum(people) AS people
        FROM leaving WHERE groups > 0 GROUP BY day, region_code, course_id
    ) AS gone
    WHERE tally.day = gone.day
        AND tally.region_code = gone.region_code
        AND tally.course_id = gone.course_id
)
SELECT 1 WHERE false
