-- What some plays count, one share a row.
WITH news AS (
    SELECT *
    FROM unnest(
        %(day)s::date[], %(hour)s::smallint[], %(region_code)s::text[],
        %(lesson_id)s::int[], %(course_id)s::int[],
        %(plays)s::int[], %(effective)s::int[], %(completed)s::int[],
        %(watch_ms)s::bigint[], %(distinct_ms)s::bigint[],
        %(groups)s::int[], %(people)s::int[]
    ) AS play (
        day, hour, region_code, lesson_id, course_id,
        plays, effective, completed, watch_ms, distinct_ms, groups, people
    )
),
