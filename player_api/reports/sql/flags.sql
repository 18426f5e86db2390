-- Flags of days of the period, newest first, with how many plays each leaves out now.
SELECT
    box_flag.box_no,
    box.id AS box_id,
    box_flag.day,
    box.region_code,
    region.name AS region_name,
    box_flag.reason,
    box_flag.actions,
    box_flag.flagged_at,
    box_flag.lifted_at,
    box_flag.lifted_by,
    (
        SELECT count(*)
        FROM play
        WHERE play.box_no = box_flag.box_no AND play.day = box_flag.day AND play.is_excluded
    ) AS plays
FROM box_flag
INNER JOIN box ON box.number = box_flag.box_no
LEFT JOIN region ON region.code = box.region_code
WHERE box_flag.day BETWEEN %(start)s AND %(end)s
    AND starts_with(box.region_code, %(region)s)
ORDER BY box_flag.day DESC, box_flag.box_no
LIMIT %(limit)s
