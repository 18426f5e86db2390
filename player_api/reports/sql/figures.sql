-- The figures of a frozen month, in one pass: altogether, by course, lesson, place and day,
-- and the courses of each county.
-- A place cut to fewer digits than it has is the upper place; one that has fewer stays as it is,
-- so every list of places adds up to the whole. Codes are digits: they are sorted
-- without the rules of a language.
WITH counted AS ({counted}),
placed AS (
    SELECT
        day, lesson_id, course_id, box_no, effective, completed, watch_ms, distinct_ms,
        region_code COLLATE "C" AS township,
        left(region_code, 6) COLLATE "C" AS county,
        left(region_code, 4) COLLATE "C" AS prefecture
    FROM counted
)
SELECT
    course_id, lesson_id, prefecture, county, township, day,
    grouping(course_id) = 0 AS is_course,
    grouping(lesson_id) = 0 AS is_lesson,
    grouping(prefecture) = 0 AS is_prefecture,
    grouping(county) = 0 AS is_county,
    grouping(township) = 0 AS is_township,
    grouping(day) = 0 AS is_day,
    grouping(county, course_id) = 0 AS is_county_course,
    count(*) AS plays,
    coalesce(sum(effective), 0)::bigint AS effective,
    coalesce(sum(completed), 0)::bigint AS completed,
    coalesce(sum(watch_ms), 0)::bigint AS watch_ms,
    coalesce(sum(distinct_ms), 0)::bigint AS distinct_ms,
    count(DISTINCT box_no) AS boxes
FROM placed
GROUP BY GROUPING SETS (
    (), (course_id), (course_id, lesson_id), (prefecture), (county), (county, course_id), (township),
    (day)
)
