-- A lesson never leaves its course; of one that was deleted the tallies still know it.
SELECT
    wanted.lesson_id,
    coalesce(
        lesson.course_id,
        (
            SELECT tally.course_id
            FROM tally_lesson AS tally
            WHERE tally.lesson_id = wanted.lesson_id
            LIMIT 1
        )
    ) AS course_id
FROM unnest(%(lessons)s::int[]) AS wanted (lesson_id)
LEFT JOIN lesson ON lesson.id = wanted.lesson_id
