-- Why events that arrived in a month were refused.
SELECT code, sum(events)::bigint AS events
FROM refusal
WHERE day >= %(month)s::date
    AND day < (%(month)s::date + interval '1 month')::date
GROUP BY code
ORDER BY code COLLATE "C"
