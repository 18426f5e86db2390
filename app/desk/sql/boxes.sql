-- How many boxes watched: exact, so it comes from the plays.
SELECT count(DISTINCT box_id)
FROM play
WHERE day BETWEEN %(start)s AND %(end)s
    AND starts_with(region_code, %(region)s)
    AND (%(course_id)s::int IS NULL OR course_id = %(course_id)s)
    AND is_play
