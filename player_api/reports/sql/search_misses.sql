-- What was searched for in vain, most often first.
SELECT
    query,
    sum(searches)::bigint AS searches,
    count(DISTINCT day) AS days,
    count(DISTINCT county_code) AS counties
FROM search_miss
WHERE day BETWEEN %(start)s AND %(end)s
    AND starts_with(county_code, %(region)s)
GROUP BY query
ORDER BY searches DESC, query
LIMIT %(limit)s
