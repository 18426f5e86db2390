-- The curves of a lesson that are kept of whole months, of these regions.
SELECT month, duration_ms, plays, seen
FROM curve
WHERE month = ANY(%(months)s::date[])
    AND region_code = ANY(%(regions)s::text[])
    AND lesson_id = %(lesson_id)s
