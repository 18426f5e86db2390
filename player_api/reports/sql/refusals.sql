SELECT code, sum(events)::bigint AS events
FROM refusal
WHERE day BETWEEN %(start)s AND %(end)s
    AND starts_with(region_code, %(region)s)
GROUP BY code
ORDER BY events DESC, code
