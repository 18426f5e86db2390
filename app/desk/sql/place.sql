-- Everything that was watched, by day and the plays' own region.
-- One day after the other: the key begins with the day, so each finds its regions at once.
SELECT tally.day, NULL::int AS hour, tally.region_code, NULL::int AS lesson_id,
    NULL::int AS course_id, tally.plays, tally.effective, tally.completed, tally.watch_ms,
    tally.distinct_ms
FROM tally_place AS tally
WHERE tally.day BETWEEN %(start)s AND %(end)s
    AND tally.region_code BETWEEN %(low)s AND %(high)s
