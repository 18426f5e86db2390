-- The sets of whole months and of single days, of these regions: two parts, each with an index
-- condition of its own; joined by OR they would read the whole table.
SELECT lesson_id, boxes
FROM reach
WHERE grain = 'month'
    AND start = ANY(%(months)s::date[])
    AND region_code = ANY(%(regions)s::text[])
    AND (%(lessons)s::int[] IS NULL OR lesson_id = ANY(%(lessons)s::int[]))
    AND (lesson_id > 0) = %(one_by_one)s
UNION ALL
SELECT lesson_id, boxes
FROM reach
WHERE grain = 'day'
    AND start = ANY(%(days)s::date[])
    AND region_code = ANY(%(regions)s::text[])
    AND (%(lessons)s::int[] IS NULL OR lesson_id = ANY(%(lessons)s::int[]))
    AND (lesson_id > 0) = %(one_by_one)s
