-- Adds the rows of ``news`` to the tallies; a part of other statements. In the order of the keys:
-- two folds wait for each other rather than deadlock.
placed AS (
    INSERT INTO tally_place AS tally (
        day, region_code, plays, effective, completed, watch_ms, distinct_ms
    )
    SELECT
        day, region_code,
        sum(plays), sum(effective), sum(completed), sum(watch_ms), sum(distinct_ms)
    FROM news GROUP BY day, region_code ORDER BY day, region_code
    ON CONFLICT (day, region_code) DO UPDATE SET
        plays = tally.plays + excluded.plays,
        effective = tally.effective + excluded.effective,
        completed = tally.completed + excluded.completed,
        watch_ms = tally.watch_ms + excluded.watch_ms,
        distinct_ms = tally.distinct_ms + excluded.distinct_ms
),
timed AS (
    INSERT INTO tally_hour AS tally (
        day, hour, county_code, plays, effective, completed, watch_ms, distinct_ms
    )
    SELECT
        day, hour, left(region_code, 6) AS county_code,
        sum(plays), sum(effective), sum(completed), sum(watch_ms), sum(distinct_ms)
    FROM news GROUP BY day, hour, county_code ORDER BY day, hour, county_code
    ON CONFLICT (day, hour, county_code) DO UPDATE SET
        plays = tally.plays + excluded.plays,
        effective = tally.effective + excluded.effective,
        completed = tally.completed + excluded.completed,
        watch_ms = tally.watch_ms + excluded.watch_ms,
        distinct_ms = tally.distinct_ms + excluded.distinct_ms
),
taught AS (
    INSERT INTO tally_lesson AS tally (
        day, lesson_id, course_id, prefecture_code,
        plays, effective, completed, watch_ms, distinct_ms
    )
    SELECT
        day, lesson_id, course_id, left(region_code, 4) AS prefecture_code,
        sum(plays), sum(effective), sum(completed), sum(watch_ms), sum(distinct_ms)
    FROM news
    GROUP BY day, lesson_id, course_id, prefecture_code
    ORDER BY day, lesson_id, course_id, prefecture_code
    ON CONFLICT (day, lesson_id, course_id, prefecture_code) DO UPDATE SET
        plays = tally.plays + excluded.plays,
        effective = tally.effective + excluded.effective,
        completed = tally.completed + excluded.completed,
        watch_ms = tally.watch_ms + excluded.watch_ms,
        distinct_ms = tally.distinct_ms + excluded.distinct_ms
),
monthly AS (
    INSERT INTO tally_month AS tally (
        county_code, month, lesson_id, course_id,
        plays, effective, completed, watch_ms, distinct_ms
    )
    SELECT
        left(region_code, 6) AS county_code, date_trunc('month', day)::date AS month,
        lesson_id, course_id,
        sum(plays), sum(effective), sum(completed), sum(watch_ms), sum(distinct_ms)
    FROM news
    GROUP BY county_code, month, lesson_id, course_id
    ORDER BY county_code, month, lesson_id, course_id
    ON CONFLICT (county_code, month, lesson_id, course_id) DO UPDATE SET
        plays = tally.plays + excluded.plays,
        effective = tally.effective + excluded.effective,
        completed = tally.completed + excluded.completed,
        watch_ms = tally.watch_ms + excluded.watch_ms,
        distinct_ms = tally.distinct_ms + excluded.distinct_ms
),
timed_above AS (
    INSERT INTO tally_prefecture_hour AS tally (
        day, hour, prefecture_code, plays, effective, completed, watch_ms, distinct_ms
    )
    SELECT
        day, hour, left(region_code, 4) AS prefecture_code,
        sum(plays), sum(effective), sum(completed), sum(watch_ms), sum(distinct_ms)
    FROM news GROUP BY day, hour, prefecture_code ORDER BY day, hour, prefecture_code
    ON CONFLICT (day, hour, prefecture_code) DO UPDATE SET
        plays = tally.plays + excluded.plays,
        effective = tally.effective + excluded.effective,
        completed = tally.completed + excluded.completed,
        watch_ms = tally.watch_ms + excluded.watch_ms,
        distinct_ms = tally.distinct_ms + excluded.distinct_ms
),
monthly_above AS (
    INSERT INTO tally_prefecture_month AS tally (
        month, lesson_id, course_id, prefecture_code,
        plays, effective, completed, watch_ms, distinct_ms
    )
    SELECT
        date_trunc('month', day)::date AS month, lesson_id, course_id,
        left(region_code, 4) AS prefecture_code,
        sum(plays), sum(effective), sum(completed), sum(watch_ms), sum(distinct_ms)
    FROM news
    GROUP BY month, lesson_id, course_id, prefecture_code
    ORDER BY month, lesson_id, course_id, prefecture_code
    ON CONFLICT (month, lesson_id, course_id, prefecture_code) DO UPDATE SET
        plays = tally.plays + excluded.plays,
        effective = tally.effective + excluded.effective,
        completed = tally.completed + excluded.completed,
        watch_ms = tally.watch_ms + excluded.watch_ms,
        distinct_ms = tally.distinct_ms + excluded.distinct_ms
),
grouped AS (
    INSERT INTO tally_group AS tally (day, region_code, course_id, plays, people)
    SELECT day, region_code, course_id, sum(groups), sum(people)
    FROM news WHERE people > 0
    GROUP BY day, region_code, course_id ORDER BY day, region_code, course_id
    ON CONFLICT (day, region_code, course_id) DO UPDATE SET
        plays = tally.plays + excluded.plays,
        people = tally.people + excluded.people
)
