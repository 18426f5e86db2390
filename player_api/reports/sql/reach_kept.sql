-- The sets that are kept of a day or month.
SELECT region_code, lesson_id, boxes
FROM reach
WHERE grain = %(grain)s
    AND start = %(start)s
