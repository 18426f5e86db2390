"""The rules of a good package, one function a rule; this is the order in which they are told."""

from __future__ import annotations

from transcode import rules_extras, rules_playlists, rules_segments, rules_serving

RULES = (
    *rules_segments.RULES,
    *rules_playlists.RULES,
    *rules_extras.RULES,
    *rules_serving.RULES,
)
