-- What arrived on every day of the period, newest first.
SELECT
    calendar.day::date AS day,
    coalesce(sum(receipt.received), 0)::bigint AS received,
    coalesce(sum(receipt.counted), 0)::bigint AS counted,
    coalesce(sum(receipt.unchanged), 0)::bigint AS unchanged,
    coalesce(sum(receipt.late), 0)::bigint AS late,
    coalesce(sum(receipt.invalid_user), 0)::bigint AS invalid_user,
    coalesce(sum(receipt.refused), 0)::bigint AS refused
FROM generate_series(%(start)s::date, %(end)s::date, interval '1 day') AS calendar (day)
LEFT JOIN receipt
    ON receipt.day = calendar.day::date
    AND starts_with(receipt.region_code, %(region)s)
GROUP BY calendar.day
ORDER BY calendar.day DESC
