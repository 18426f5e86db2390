-- The plays of a month, those that do not count as well.
DELETE FROM play
WHERE day >= %(month)s::date
    AND day < (%(month)s::date + interval '1 month')::date
