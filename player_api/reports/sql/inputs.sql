-- The plays that a statement counts, one line each, as the hash of its inputs is taken over them.
COPY (
    SELECT
        id, day, region_code, lesson_id, course_id, box_no,
        effective, completed, watch_ms, distinct_ms
    FROM ({counted}) AS counted
    ORDER BY id
) TO STDOUT (FORMAT text, DELIMITER '|')
