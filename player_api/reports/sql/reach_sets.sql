-- The sets of whole months and of single days, of the region or of everywhere.
SELECT lesson_id, boxes
FROM reach
WHERE (
    (grain = 'month' AND start = ANY(%(months)s::date[]))
    OR (grain = 'day' AND start = ANY(%(days)s::date[]))
)
AND (
    region_code = %(region)s
    OR (%(region)s = '' AND length(region_code) = 2)
)
AND (%(lessons)s::int[] IS NULL OR lesson_id = ANY(%(lessons)s::int[]))
AND (lesson_id > 0) = %(one_by_one)s
-- Not the mark of a rolled-up month.
AND region_code > ''
