-- Names of the courses, lessons and places that a statement speaks of, as they are now.
SELECT 'courses' AS kind, id::text AS key, to_char(number, 'FM000') || ' ' || title AS name
FROM course WHERE id = ANY(%(courses)s::int[])
UNION ALL
SELECT 'lessons', id::text, position || ' ' || title
FROM lesson WHERE id = ANY(%(lessons)s::int[])
UNION ALL
SELECT 'regions', code, name
FROM region WHERE code = ANY(%(regions)s::text[])
