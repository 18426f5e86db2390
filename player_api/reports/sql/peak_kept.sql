-- Peaks that stand.
SELECT day, minute, plays
FROM peak
WHERE day = ANY(%(days)s::date[])
    AND region_code = %(region)s
