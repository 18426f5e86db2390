-- The boxes of the plays that count, in one array.
SELECT coalesce(array_agg(DISTINCT box_no), '{}') AS boxes
FROM play
WHERE day BETWEEN %(start)s AND %(end)s
    AND region_no
        BETWEEN region_no_of(%(region)s) AND last_region_no_in(%(region)s)
    AND (%(lessons)s::int[] IS NULL OR lesson_id = ANY(%(lessons)s::int[]))
    AND is_play
