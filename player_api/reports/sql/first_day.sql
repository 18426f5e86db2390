-- The first day of which there are plays: of each lesson the first by its index, one lesson after
-- the other. There is no index of days alone that could tell.
WITH RECURSIVE lessons AS (
    (SELECT lesson_id, day FROM play ORDER BY lesson_id, day LIMIT 1)
    UNION ALL
    SELECT further.lesson_id, further.day
    FROM lessons
    CROSS JOIN LATERAL (
        SELECT play.lesson_id, play.day
        FROM play
        WHERE play.lesson_id > lessons.lesson_id
        ORDER BY play.lesson_id, play.day
        LIMIT 1
    ) AS further
)
SELECT min(day) AS day FROM lessons
