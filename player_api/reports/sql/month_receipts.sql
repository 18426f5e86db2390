-- What became of all events that arrived in a month.
SELECT
    coalesce(sum(received), 0)::bigint AS received,
    coalesce(sum(counted), 0)::bigint AS counted,
    coalesce(sum(unchanged), 0)::bigint AS unchanged,
    coalesce(sum(late), 0)::bigint AS late,
    coalesce(sum(invalid_user), 0)::bigint AS invalid_user,
    coalesce(sum(refused), 0)::bigint AS refused
FROM receipt
WHERE day >= %(month)s::date
    AND day < (%(month)s::date + interval '1 month')::date
