"""How fast and how surely events are counted: ``python -m tests.bench.counting``.

world.py      a province: regions, 223 lessons, boxes; the real server on it
generator.py  a lean client process that keeps many connections busy
load.py       requests and events a second, and the latency
volume.py     bytes a play on disk
scale.py      two years of a province, then the desk's pages and a recount
kills.py      kill -9 in mid-load: nothing lost, nothing doubled
"""
