-- The newest month that is closed; a part of other statements.
frozen AS (
    -- A month that was cut is closed, though its statement is still being counted.
    SELECT greatest(
        (SELECT max(month) FROM statement), (SELECT max(month) FROM month_cut)
    ) AS through
)
