-- What arrived from the regions one level below; a box that is no deeper than the region itself
-- is in a line of its own.
SELECT
    below.code,
    region.name,
    sum(below.received)::bigint AS received,
    sum(below.counted)::bigint AS counted,
    sum(below.unchanged)::bigint AS unchanged,
    sum(below.late)::bigint AS late,
    sum(below.invalid_user)::bigint AS invalid_user,
    sum(below.refused)::bigint AS refused
FROM (
    SELECT left(region_code, %(digits)s::int) AS code, receipt.*
    FROM receipt
    WHERE day BETWEEN %(start)s AND %(end)s
        AND starts_with(region_code, %(region)s)
) AS below
LEFT JOIN region ON region.code = below.code
GROUP BY below.code, region.name
ORDER BY length(below.code) < %(digits)s::int, below.code
