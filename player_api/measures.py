"""What the collector tells a monitor of itself."""

from __future__ import annotations

from prometheus_client import Counter, Gauge, Histogram

REQUESTS = Counter("nongke_event_requests", "Requests with events, by what became of them", ["end"])
WAITING = Gauge("nongke_event_requests_waiting", "Requests in the collector's queue")
GROUP_EVENTS = Histogram(
    "nongke_fold_events", "Events a transaction", buckets=(1, 5, 20, 50, 100, 200, 500, 1000, 2000)
)
GROUP_S = Histogram(
    "nongke_fold_seconds",
    "Time of a transaction",
    buckets=(0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 5),
)
