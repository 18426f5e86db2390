-- Peaks that stand, of every region.
SELECT day, region_code AS code, minute, plays
FROM peak
WHERE day BETWEEN %(start)s AND %(end)s
