-- The sets of a whole month, of all lessons together.
SELECT region_code, boxes
FROM reach
WHERE grain = 'month'
    AND start = %(month)s
    AND lesson_id = 0
    AND region_code > ''
