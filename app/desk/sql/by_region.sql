-- Sums by the regions one level below: codes cut to as many digits as that level has.
-- A box that said no more than the upper region stays in a line of its own.
SELECT
    below.code,
    region.name,
    sum(below.plays)::bigint AS plays,
    sum(below.effective)::bigint AS effective,
    sum(below.completed)::bigint AS completed,
    sum(below.watch_ms)::bigint AS watch_ms
FROM (
    SELECT left(region_code, %(digits)s::int) AS code, plays, effective, completed, watch_ms
    FROM tally
    WHERE day BETWEEN %(start)s AND %(end)s
        AND starts_with(region_code, %(region)s)
) AS below
LEFT JOIN region ON region.code = below.code
GROUP BY below.code, region.name
HAVING sum(below.plays) > 0
ORDER BY plays DESC, below.code
