-- The first day of which there are plays: by the index, of all that began under the same terms.
-- There is no index of days alone that could tell.
SELECT min(first.day) AS day
FROM play_terms
CROSS JOIN LATERAL (
    SELECT day FROM play_row WHERE terms_no = play_terms.number ORDER BY day LIMIT 1
) AS first
