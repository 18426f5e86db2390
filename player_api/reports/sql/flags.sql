-- Flags of days of the period, newest first, with how many plays each leaves out now. A flag
-- belongs to the region where the box played on that day, wherever it stands now.
WITH flagged AS (
    SELECT
        box_flag.*,
        box.id AS box_id,
        coalesce(played.region_code, stood.region_code, box.region_code) AS region_code,
        played.left_out AS plays
    FROM box_flag
    INNER JOIN box ON box.number = box_flag.box_no
    CROSS JOIN LATERAL (
        SELECT
            -- It may have moved that day: where most of its plays were.
            mode() WITHIN GROUP (ORDER BY play.region_code) AS region_code,
            count(*) FILTER (WHERE play.is_excluded) AS left_out
        FROM play
        WHERE play.box_no = box_flag.box_no AND play.day = box_flag.day
    ) AS played
    LEFT JOIN LATERAL (
        -- Of plays that are gone: where it stood when the day ended.
        SELECT place.region_code
        FROM box_region AS place
        WHERE place.box_no = box_flag.box_no
            AND place.valid_from < (box_flag.day + 1)::timestamp AT TIME ZONE %(zone)s
        ORDER BY place.valid_from DESC
        LIMIT 1
    ) AS stood ON TRUE
    WHERE box_flag.day BETWEEN %(start)s AND %(end)s
)
SELECT
    flagged.box_no,
    flagged.box_id,
    flagged.day,
    flagged.region_code,
    region.name AS region_name,
    flagged.reason,
    flagged.actions,
    flagged.flagged_at,
    flagged.lifted_at,
    flagged.lifted_by,
    flagged.plays
FROM flagged
LEFT JOIN region ON region.code = flagged.region_code
WHERE starts_with(flagged.region_code, %(region)s)
ORDER BY flagged.day DESC, flagged.box_no
LIMIT %(limit)s
