-- Boxes that came, moved or went between two moments.
SELECT number FROM box WHERE registered_at BETWEEN %(since)s AND %(until)s
UNION
SELECT number FROM box WHERE revoked_at BETWEEN %(since)s AND %(until)s
UNION
SELECT box_no FROM box_region
WHERE valid_from > '-infinity' AND valid_from BETWEEN %(since)s AND %(until)s
