SELECT
    count(*) AS flags,
    count(*) FILTER (WHERE box_flag.lifted_at IS NULL) AS standing,
    count(DISTINCT box_flag.box_no) FILTER (WHERE box_flag.lifted_at IS NULL) AS boxes,
    coalesce(sum(excluded.plays), 0)::bigint AS plays
FROM box_flag
INNER JOIN box ON box.number = box_flag.box_no
CROSS JOIN LATERAL (
    SELECT count(*) AS plays
    FROM play
    WHERE play.box_no = box_flag.box_no AND play.day = box_flag.day AND play.is_excluded
) AS excluded
WHERE box_flag.day BETWEEN %(start)s AND %(end)s
    AND starts_with(box.region_code, %(region)s)
