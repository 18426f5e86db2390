-- What arrived from the regions one level below; a box that is no deeper than the region itself
-- is in a line of its own. By whole codes first: to cut each of a million would take longer than
-- to add them up.
WITH own AS (
    SELECT
        region_code,
        sum(received) AS received,
        sum(counted) AS counted,
        sum(unchanged) AS unchanged,
        sum(late) AS late,
        sum(invalid_user) AS invalid_user,
        sum(refused) AS refused
    FROM receipt
    WHERE day BETWEEN %(start)s AND %(end)s
        AND (%(region)s::text = '' OR starts_with(region_code, %(region)s::text))
    GROUP BY region_code
),
below AS (
    SELECT left(region_code, %(digits)s::int) AS code, own.* FROM own
)
SELECT
    below.code,
    region.name,
    sum(below.received)::bigint AS received,
    sum(below.counted)::bigint AS counted,
    sum(below.unchanged)::bigint AS unchanged,
    sum(below.late)::bigint AS late,
    sum(below.invalid_user)::bigint AS invalid_user,
    sum(below.refused)::bigint AS refused
FROM below
LEFT JOIN region ON region.code = below.code
GROUP BY below.code, region.name
ORDER BY length(below.code) < %(digits)s::int, below.code
