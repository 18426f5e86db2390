"""The schema that migrations make is the one that the models describe, on filled databases too."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import uuid4

import psycopg
import pytest
from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import make_url, text
from sqlalchemy.orm import Session

from app.db import make_engine
from migrations import is_current, migrate, migration_config
from player_api.reports.tallies import recount_tables

REVISIONS = [
    script.revision
    for script in reversed(list(ScriptDirectory.from_config(migration_config()).walk_revisions()))
]
# A row in every table that revision 0002 makes; later revisions meet them.
ROWS = """
INSERT INTO source (sha256, size_bytes) VALUES (repeat('a', 64), 10);
INSERT INTO video (id, source_sha256, filename) VALUES
    ('00000000-0000-7000-8000-000000000001', repeat('a', 64), '养羊.mp4');
INSERT INTO package (id, video_id, plan_hash, duration_ms, size_bytes, report) VALUES
    ('00000000-0000-7000-8000-000000000002', '00000000-0000-7000-8000-000000000001',
     'p', 8000, 10, '{}');
UPDATE video SET package_id = '00000000-0000-7000-8000-000000000002', state = 'ready';
INSERT INTO step (video_id, plan_hash, name, weight) VALUES
    ('00000000-0000-7000-8000-000000000001', 'p', 'audio', 1);
INSERT INTO upload (owner, filename, length_bytes, expires_at) VALUES
    ('editor', '养羊.mp4', 10, now()), ('editor', '养牛.mp4', 10, now());
INSERT INTO category (slug, title) VALUES ('goats', '养羊');
INSERT INTO course (number, category_id, title, initials, pinyin) VALUES
    (203, 1, '黑山羊', 'hsy', 'hei shan yang');
INSERT INTO lesson (course_id, position, title, video_id) VALUES
    (1, 1, '选种', '00000000-0000-7000-8000-000000000001');
INSERT INTO tag (title) VALUES ('山羊');
INSERT INTO course_tag VALUES (1, 1);
INSERT INTO region (code, name, level) VALUES ('52', '贵州省', 'province');
INSERT INTO box (id, region_code) VALUES ('00000000-0000-7000-8000-000000000003', '52');
INSERT INTO favourite (box_id, course_id) VALUES ('00000000-0000-7000-8000-000000000003', 1);
INSERT INTO play (id, box_id, course_id, lesson_id, region_code, day, started_at, last_at, seq,
    duration_ms, completion_percent, watched, watch_ms, position_ms, state) VALUES
    ('00000000-0000-7000-8000-000000000004', '00000000-0000-7000-8000-000000000003', 1, 1, '52',
     '2026-11-01', '2026-11-01 20:00+08', '2026-11-01 20:01+08', 1,
     8000, 90, '{[0,8000)}', 8000, 8000, 'ended');
INSERT INTO tally VALUES ('2026-11-01', '52', 1, 1, 1, 1, 1, 8000, 8000);
INSERT INTO account (name, password_hash, role) VALUES ('admin', 'x', 'admin');
INSERT INTO audit_entry (account_id, action, subject) VALUES (1, 'signed_in', 'account 1');
"""


@pytest.fixture
def empty_database(postgres: str) -> Iterator[str]:
    """A database without any table."""
    name = f"m_{uuid4().hex[:12]}"
    with psycopg.connect(postgres, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
        yield make_url(postgres).set(database=name).render_as_string(False)
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def test_migrations_make_what_the_models_describe(database_url: str) -> None:
    command.check(migration_config(database_url))


# Plays as revision 0019 has them: of several lengths, states and places, and one of no lesson's
# usual day.
PLAYS = """
INSERT INTO box (region_code) VALUES ('52'), ('520302001');
INSERT INTO play (id, box_no, course_id, lesson_id, region_code, day, hour, started_at, last_at,
    seq, duration_ms, completion_percent, watched, watch_ms, position_ms, state, clock, people,
    is_excluded)
SELECT uuidv7(), 1 + n % 2, 1 + n % 3, 1 + n % 5,
    (ARRAY['52', '5203', '520302', '520302001', '441900', '4419'])[1 + n % 6],
    (started AT TIME ZONE 'Asia/Shanghai')::date,
    extract(hour FROM started AT TIME ZONE 'Asia/Shanghai'),
    started, started + n * interval '70.007 s', n, 60000 + n % 4 * 1000, 80 + n % 2 * 10,
    CASE n % 3 WHEN 0 THEN int4multirange() WHEN 1 THEN int4multirange(int4range(0, n * 997))
        ELSE int4multirange(int4range(5, 2005), int4range(10000, 10000 + n * 500)) END,
    n * 1000, n * 500,
    (ARRAY['playing', 'ended', 'stopped', 'paused', 'unknown', 'seeking'])[1 + n % 6],
    n % 3, n % 4, n % 7 = 0
FROM generate_series(1, 60) AS n, LATERAL (
    SELECT timestamptz '2026-11-01 15:59:59.999+00' + n * interval '977.003 s' AS started
) AS times;
"""
TOLD = """
SELECT id, box_no, course_id, lesson_id, region_code, day, hour, started_at, last_at, seq,
    duration_ms, completion_percent, watched, watch_ms, distinct_ms, position_ms, state, clock,
    people, is_excluded, is_play, is_effective, is_complete
FROM play ORDER BY id
"""


def test_plays_say_the_same_when_they_are_made_anew(empty_database: str) -> None:
    migrate(empty_database, "0019")
    with psycopg.connect(empty_database) as connection:
        connection.execute(PLAYS)
        told = connection.execute(TOLD).fetchall()
    assert len(told) == 60
    for step in (command.upgrade, command.downgrade, command.upgrade):
        step(migration_config(empty_database), "0020" if step is command.upgrade else "0019")
        with psycopg.connect(empty_database) as connection:
            assert connection.execute(TOLD).fetchall() == told


def test_boxes_in_impossible_places_are_named_before_plays_are_made_anew(
    empty_database: str,
) -> None:
    migrate(empty_database, "0019")
    with psycopg.connect(empty_database) as connection:
        connection.execute("INSERT INTO box (region_code) VALUES ('520')")
    with pytest.raises(ValueError, match="1 boxes are, or were, in places"):
        migrate(empty_database, "0020")


CODES = ["52", "11", "99", "00", "4400", "4419", "441900", "441900003", "520302", "520302999"]


def test_numbers_of_regions_stand_together_as_their_codes_begin(database_url: str) -> None:
    query = (
        "SELECT code, region_code_of(region_no_of(code)), region_no_of(code)"
        " BETWEEN region_no_of(%(start)s) AND last_region_no_in(%(start)s)"
        " FROM unnest(%(codes)s::text[]) AS code"
    )
    with psycopg.connect(database_url) as connection:
        for start in {code[:digits] for code in CODES for digits in range(10)}:
            for code, again, is_within in connection.execute(
                query, {"start": start, "codes": CODES}
            ):
                assert (again, is_within) == (code, code.startswith(start)), (start, code)


def test_every_migration_goes_up_on_a_filled_database(empty_database: str) -> None:
    for revision in REVISIONS:
        migrate(empty_database, revision)
        if revision == "0002":
            with psycopg.connect(empty_database) as connection:
                connection.execute(ROWS)
    engine = make_engine(empty_database)
    assert is_current(engine)
    with engine.connect() as connection:
        assert connection.execute(text("SELECT is_effective FROM play")).scalar() is True
    with Session(engine) as session:
        recounted = {one.table: (one.rows, one.differences) for one in recount_tables(session)}
    of_groups = recounted.pop("tally_group")
    assert of_groups == (0, [])
    assert all(one == (1, []) for one in recounted.values()), recounted
    engine.dispose()


def test_migrating_twice_changes_nothing(database_url: str) -> None:
    migrate(database_url)
    command.check(migration_config(database_url))
