-- A lesson never leaves its course; the plays still know the course of one that was deleted.
SELECT DISTINCT lesson_id, course_id
FROM tally_lesson
WHERE lesson_id = ANY(%(lessons)s::int[])
