-- Where boxes stood at a moment: registered before, not revoked until then, an array a region.
-- A box without history stands where it says now.
SELECT coalesce(place.region_code, box.region_code) AS region_code, array_agg(box.number) AS boxes
FROM box
LEFT JOIN (
    SELECT DISTINCT ON (box_no) box_no, region_code
    FROM box_region
    WHERE valid_from <= %(at)s::timestamptz
        AND (%(numbers)s::int[] IS NULL OR box_no = ANY(%(numbers)s::int[]))
    ORDER BY box_no, valid_from DESC
) AS place ON place.box_no = box.number
WHERE box.registered_at <= %(at)s::timestamptz
    AND (box.revoked_at IS NULL OR box.revoked_at > %(at)s::timestamptz)
    AND (%(numbers)s::int[] IS NULL OR box.number = ANY(%(numbers)s::int[]))
    AND starts_with(coalesce(place.region_code, box.region_code), %(region)s)
GROUP BY 1
