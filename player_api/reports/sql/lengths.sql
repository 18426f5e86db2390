-- How long lessons that were played are: their videos as they are now; without one, the longest
-- that any of their plays said.
SELECT
    play_terms.lesson_id,
    coalesce(nullif(max(video.duration_ms), 0), max(play_terms.duration_ms)) AS duration_ms
FROM play_terms
LEFT JOIN lesson ON lesson.id = play_terms.lesson_id
LEFT JOIN video ON video.id = lesson.video_id
WHERE %(lessons)s::int[] IS NULL OR play_terms.lesson_id = ANY(%(lessons)s::int[])
GROUP BY 1
