SELECT coalesce(sum(searches), 0)::bigint AS searches, count(DISTINCT query) AS words
FROM search_miss
WHERE day BETWEEN %(start)s AND %(end)s
    AND starts_with(county_code, %(region)s)
