-- Whose plays of the month do not count, and why: flags that nobody has lifted.
SELECT day, box_no, reason, actions
FROM box_flag
WHERE day >= %(month)s::date
    AND day < (%(month)s::date + interval '1 month')::date
    AND lifted_at IS NULL
ORDER BY day, box_no
