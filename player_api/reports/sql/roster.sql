SELECT region_code, boxes
FROM roster
WHERE starts_with(region_code, %(region)s)
