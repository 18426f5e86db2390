-- The plays of a month, those that do not count as well; gives how many.
-- By a clock that was right an event of theirs is too old for ever. One from before a clock was set
-- has no age: of plays that may have such events the ids stay, so that none begins again.
WITH gone AS (
    DELETE FROM play
    WHERE day >= %(month)s::date
        AND day < (%(month)s::date + interval '1 month')::date
    RETURNING id, clock
),
kept AS (
    INSERT INTO reduced_play (play_id)
    SELECT id FROM gone WHERE clock > 0 OR id < %(never_set)s
    ON CONFLICT DO NOTHING
)
SELECT count(*) FROM gone
