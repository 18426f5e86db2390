-- Plays to groups and the people present in the regions one level below; boxes that are no deeper
-- than the region itself are in a line of their own.
SELECT
    below.code,
    region.name,
    sum(below.plays)::bigint AS plays,
    sum(below.people)::bigint AS people
FROM (
    SELECT left(region_code, %(digits)s::int) AS code, plays, people
    FROM tally_group
    WHERE day BETWEEN %(start)s AND %(end)s
        AND starts_with(region_code, %(region)s)
        AND plays > 0
) AS below
LEFT JOIN region ON region.code = below.code
GROUP BY below.code, region.name
ORDER BY length(below.code) < %(digits)s::int, below.code
