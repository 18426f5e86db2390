-- The plays alive now, by the regions one level below the one asked for, with their names.
SELECT alive.code, region.name, alive.plays
FROM (
    SELECT left(region_code, %(digits)s::int) AS code, count(*)::int AS plays
    FROM play
    WHERE last_at > %(now)s::timestamptz - %(beat)s::interval
        AND started_at > %(now)s::timestamptz - interval '1 day'
        AND started_at <= %(now)s::timestamptz
        AND region_no
            BETWEEN region_no_of(%(region)s) AND last_region_no_in(%(region)s)
        AND is_play
    GROUP BY 1
) AS alive
LEFT JOIN region ON region.code = alive.code
ORDER BY alive.plays DESC, alive.code
