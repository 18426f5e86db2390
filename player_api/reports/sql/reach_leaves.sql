-- The boxes of the plays that count, an array a county and lesson.
SELECT left(region_code, 6) AS region_code, lesson_id, array_agg(DISTINCT box_no) AS boxes
FROM play
WHERE day BETWEEN %(start)s AND %(end)s
    AND is_play
GROUP BY 1, 2
