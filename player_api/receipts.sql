-- Adds what became of events to the receipts. In the order of the keys: two folds wait for each
-- other rather than deadlock.
INSERT INTO receipt AS there (
    day, region_code, received, counted, unchanged, late, invalid_user, refused
)
SELECT
    day, region_code, counted + unchanged + late + invalid_user + refused,
    counted, unchanged, late, invalid_user, refused
FROM unnest(
    %(day)s::date[], %(region_code)s::text[], %(counted)s::int[], %(unchanged)s::int[],
    %(late)s::int[], %(invalid_user)s::int[], %(refused)s::int[]
) AS fresh (day, region_code, counted, unchanged, late, invalid_user, refused)
ORDER BY day, region_code
ON CONFLICT (day, region_code) DO UPDATE SET
    received = there.received + excluded.received,
    counted = there.counted + excluded.counted,
    unchanged = there.unchanged + excluded.unchanged,
    late = there.late + excluded.late,
    invalid_user = there.invalid_user + excluded.invalid_user,
    refused = there.refused + excluded.refused
