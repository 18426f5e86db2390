-- Adds the reasons for which events were refused.
INSERT INTO refusal AS there (day, region_code, code, events)
SELECT day, region_code, code, events
FROM unnest(%(day)s::date[], %(region_code)s::text[], %(code)s::text[], %(events)s::int[])
    AS fresh (day, region_code, code, events)
ORDER BY day, region_code, code
ON CONFLICT (day, region_code, code) DO UPDATE SET events = there.events + excluded.events
