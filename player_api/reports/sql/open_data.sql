-- Figures of a span of days in cells of so many boxes (least). A smaller cell is added to the
-- other counties of its prefecture, then of the province, then to the day's other courses; what
-- is small even there is left for the whole span (step 5, with its boxes).
WITH in_county AS (
    SELECT
        day, left(region_code, 6) AS place, course_id, box_no,
        count(*) AS plays, sum(is_effective::int) AS effective, sum(watch_ms) AS watch_ms,
        count(*) OVER (PARTITION BY day, left(region_code, 6), course_id) AS boxes
    FROM play
    WHERE day BETWEEN %(start)s AND %(end)s AND is_play
    GROUP BY 1, 2, 3, 4
),
in_prefecture AS (
    SELECT
        day, left(place, 4) AS place, course_id, box_no,
        sum(plays) AS plays, sum(effective) AS effective, sum(watch_ms) AS watch_ms,
        count(*) OVER (PARTITION BY day, left(place, 4), course_id) AS boxes
    FROM in_county
    WHERE boxes < %(least)s OR length(place) < 6
    GROUP BY 1, 2, 3, 4
),
in_province AS (
    SELECT
        day, left(place, 2) AS place, course_id, box_no,
        sum(plays) AS plays, sum(effective) AS effective, sum(watch_ms) AS watch_ms,
        count(*) OVER (PARTITION BY day, left(place, 2), course_id) AS boxes
    FROM in_prefecture
    WHERE boxes < %(least)s OR length(place) < 4
    GROUP BY 1, 2, 3, 4
),
on_day AS (
    SELECT
        day, ''::text AS place, NULL::int AS course_id, box_no,
        sum(plays) AS plays, sum(effective) AS effective, sum(watch_ms) AS watch_ms,
        count(*) OVER (PARTITION BY day) AS boxes
    FROM in_province
    WHERE boxes < %(least)s
    GROUP BY day, box_no
),
cells AS (
    SELECT 1 AS step, * FROM in_county WHERE boxes >= %(least)s AND length(place) = 6
    UNION ALL
    SELECT 2, * FROM in_prefecture WHERE boxes >= %(least)s AND length(place) >= 4
    UNION ALL
    SELECT 3, * FROM in_province WHERE boxes >= %(least)s
    UNION ALL
    SELECT 4, * FROM on_day WHERE boxes >= %(least)s
    UNION ALL
    SELECT 5, NULL, '', NULL, box_no, plays, effective, watch_ms, 0
    FROM on_day WHERE boxes < %(least)s
)
SELECT
    step, cells.day, cells.place, region.name AS place_name,
    course.number AS course_number, course.title AS course_title,
    sum(plays)::bigint AS plays,
    sum(effective)::bigint AS effective,
    sum(watch_ms)::bigint AS watch_ms,
    array_agg(DISTINCT box_no) AS boxes
FROM cells
LEFT JOIN region ON region.code = cells.place
LEFT JOIN course ON course.id = cells.course_id
GROUP BY step, cells.day, cells.place, region.name, cells.course_id, course.number, course.title
ORDER BY cells.day, step, cells.place, course.number
