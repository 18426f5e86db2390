-- The sums of the cells by one key.
-- First by the columns that the key is made of: making it for each of a million cells would
-- take longer than adding them up.
SELECT
    {key} AS key,
    sum(plays)::bigint AS plays,
    sum(effective)::bigint AS effective,
    sum(completed)::bigint AS completed,
    sum(watch_ms)::bigint AS watch_ms,
    sum(distinct_ms)::bigint AS distinct_ms
FROM (
    SELECT
        {columns},
        sum(plays) AS plays,
        sum(effective) AS effective,
        sum(completed) AS completed,
        sum(watch_ms) AS watch_ms,
        sum(distinct_ms) AS distinct_ms
    FROM ({cells}) AS cell
    GROUP BY {columns}
) AS summed
GROUP BY 1
HAVING sum(plays) > 0
