-- Boxes that did more in a day or in a minute than a household can, by the plays of these days; or
-- that watched for longer than the day has hours, which only plays beside each other can.
-- A play's actions are spread evenly over the minutes that it lived; in thousandths, so that the
-- sums are exact in any order. Of its watch time the day has at least what can't have been after
-- the day's end, and no more than the time that the play lived. None where the time is only a guess
-- (clock 2): plays of several days that arrive together would lie beside each other.
WITH lived AS (
    SELECT
        box_no, day,
        seq::bigint + 1 AS actions,
        CASE WHEN clock < 2 THEN greatest(
            0,
            least(watch_ms, extract(epoch FROM last_at - started_at) * 1000) - greatest(
                0,
                extract(epoch FROM last_at - (day + 1)::timestamp AT TIME ZONE %(zone)s) * 1000
            )
        ) ELSE 0 END AS watch_ms,
        floor(extract(epoch FROM started_at) / 60)::bigint AS first_minute,
        floor(extract(epoch FROM last_at) / 60)::bigint AS last_minute
    FROM play
    WHERE day = ANY(%(days)s) AND (%(box_nos)s::int[] IS NULL OR box_no = ANY(%(box_nos)s))
),
busy AS (
    -- Who did no more all day than is allowed in a minute needs no closer look.
    SELECT box_no, day, sum(actions) AS actions, sum(watch_ms) AS watch_ms
    FROM lived GROUP BY box_no, day
    HAVING sum(actions) > %(a_minute)s OR sum(watch_ms) > %(watch_ms)s
),
pace AS (
    SELECT
        box_no, day, first_minute, last_minute,
        lived.actions * 1000 / (last_minute - first_minute + 1) AS thousandths
    FROM lived JOIN busy USING (box_no, day)
),
turn AS (
    SELECT box_no, day, minute, sum(thousandths) AS thousandths
    FROM (
        SELECT box_no, day, first_minute AS minute, thousandths FROM pace
        UNION ALL
        SELECT box_no, day, last_minute + 1, -thousandths FROM pace
    ) AS turn
    GROUP BY box_no, day, minute
),
minutes AS (
    SELECT box_no, day, sum(thousandths) OVER (PARTITION BY box_no, day ORDER BY minute) AS thousandths
    FROM turn
),
fastest AS (
    SELECT box_no, day, max(thousandths) AS thousandths FROM minutes GROUP BY box_no, day
)
SELECT
    box_no, day, actions::bigint,
    CASE
        WHEN actions > %(a_day)s THEN 'day'
        WHEN thousandths > %(a_minute)s * 1000 THEN 'minute'
        ELSE 'watch'
    END AS reason
FROM busy JOIN fastest USING (box_no, day)
WHERE (
    actions > %(a_day)s OR thousandths > %(a_minute)s * 1000 OR watch_ms > %(watch_ms)s
)
    AND NOT EXISTS (
        -- Flagged already; or lifted by an operator, who knows better.
        SELECT FROM box_flag AS flag WHERE flag.box_no = busy.box_no AND flag.day = busy.day
    )
ORDER BY box_no, day
