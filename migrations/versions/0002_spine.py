"""Tables of the spine: sources and videos, catalogue, boxes, plays and tallies, accounts.

Revision: 0002, after 0001.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

# The plays' generated columns are built on it.
MULTIRANGE_LENGTH = """
CREATE FUNCTION multirange_length(int4multirange) RETURNS int
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN (SELECT coalesce(sum(upper(part) - lower(part)), 0)::int FROM unnest($1) AS part)
"""

# The menu is made anew when this number has risen; a statement that touches nothing of it
# (a percentage of an encode) must not raise it, hence the columns named for video.
CATALOGUE_CHANGED = """
CREATE FUNCTION catalogue_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE catalogue_version SET version = version + 1;
    RETURN NULL;
END $$
"""
WATCHED_TABLES = ("category", "course", "lesson", "tag", "course_tag")


def upgrade() -> None:
    op.execute(MULTIRANGE_LENGTH)
    op.create_table(
        "account",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("password_hash", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("must_change_password", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("session_version", sa.Integer(), server_default="1", nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("disabled_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("role IN ('admin', 'editor', 'operator')", name=op.f("ck_account_role")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account")),
        sa.UniqueConstraint("name", name=op.f("uq_account_name")),
    )
    op.create_table(
        "box",
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("region_code", sa.String(length=9), nullable=False),
        sa.Column("model", sa.String(), server_default="", nullable=False),
        sa.Column("engine", sa.String(), server_default="", nullable=False),
        sa.Column("card_number", sa.String(), nullable=True),
        sa.Column("token_version", sa.Integer(), server_default="1", nullable=False),
        sa.Column(
            "registered_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_box")),
        sa.UniqueConstraint("card_number", name=op.f("uq_box_card_number")),
    )
    op.create_table(
        "catalogue_version",
        sa.Column("only_row", sa.Boolean(), server_default="true", nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint("only_row", name=op.f("ck_catalogue_version_only_row")),
        sa.PrimaryKeyConstraint("only_row", name=op.f("pk_catalogue_version")),
    )
    op.create_table(
        "category",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("parent_id", sa.Integer(), nullable=True),
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(
            ["parent_id"], ["category.id"], name=op.f("fk_category_parent_id_category")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_category")),
        sa.UniqueConstraint("slug", name=op.f("uq_category_slug")),
    )
    op.create_index(op.f("ix_category_parent_id"), "category", ["parent_id"], unique=False)
    op.create_table(
        "play",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("box_id", sa.Uuid(), nullable=False),
        sa.Column("course_id", sa.Integer(), nullable=False),
        sa.Column("lesson_id", sa.Integer(), nullable=False),
        sa.Column("region_code", sa.String(length=9), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("duration_ms", sa.Integer(), nullable=False),
        sa.Column("completion_percent", sa.SmallInteger(), nullable=False),
        sa.Column("watched", postgresql.INT4MULTIRANGE(), nullable=False),
        sa.Column("watch_ms", sa.Integer(), nullable=False),
        sa.Column("position_ms", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column(
            "distinct_ms",
            sa.Integer(),
            sa.Computed("multirange_length(watched)", persisted=True),
            nullable=False,
        ),
        sa.Column(
            "is_play",
            sa.Boolean(),
            sa.Computed("multirange_length(watched) > 3000", persisted=True),
            nullable=False,
        ),
        sa.Column(
            "is_effective",
            sa.Boolean(),
            sa.Computed(
                "multirange_length(watched) > 3000 AND multirange_length(watched) >= least(30000, duration_ms / 2)",
                persisted=True,
            ),
            nullable=False,
        ),
        sa.Column(
            "is_complete",
            sa.Boolean(),
            sa.Computed(
                "multirange_length(watched) > 3000 AND multirange_length(watched)::bigint * 100 >= duration_ms::bigint * completion_percent",
                persisted=True,
            ),
            nullable=False,
        ),
        sa.CheckConstraint(
            "duration_ms > 0 AND watch_ms >= 0 AND position_ms >= 0", name=op.f("ck_play_lengths")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_play")),
    )
    op.create_index("ix_play_box_id_last_at", "play", ["box_id", "last_at"], unique=False)
    op.create_index("ix_play_day_lesson_id", "play", ["day", "lesson_id"], unique=False)
    op.create_index(
        "ix_play_lesson_id_started_at", "play", ["lesson_id", "started_at"], unique=False
    )
    op.create_table(
        "region",
        sa.Column("code", sa.String(length=9), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("level", sa.String(), nullable=False),
        sa.Column("parent_code", sa.String(length=9), nullable=True),
        sa.Column("valid_from", sa.Date(), server_default="1949-10-01", nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "level IN ('province','prefecture','county','township')", name=op.f("ck_region_level")
        ),
        sa.ForeignKeyConstraint(
            ["parent_code"], ["region.code"], name=op.f("fk_region_parent_code_region")
        ),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_region")),
    )
    op.create_index(op.f("ix_region_parent_code"), "region", ["parent_code"], unique=False)
    op.create_table(
        "source",
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column(
            "stored_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_source")),
    )
    op.create_table(
        "tag",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tag")),
        sa.UniqueConstraint("title", name=op.f("uq_tag_title")),
    )
    op.create_table(
        "tally",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("region_code", sa.String(length=9), nullable=False),
        sa.Column("lesson_id", sa.Integer(), nullable=False),
        sa.Column("course_id", sa.Integer(), nullable=False),
        sa.Column("plays", sa.Integer(), nullable=False),
        sa.Column("effective", sa.Integer(), nullable=False),
        sa.Column("completed", sa.Integer(), nullable=False),
        sa.Column("watch_ms", sa.BigInteger(), nullable=False),
        sa.Column("distinct_ms", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "plays >= 0 AND effective >= 0 AND completed >= 0 AND watch_ms >= 0 AND distinct_ms >= 0",
            name=op.f("ck_tally_not_negative"),
        ),
        sa.PrimaryKeyConstraint(
            "day", "region_code", "lesson_id", "course_id", name=op.f("pk_tally")
        ),
    )
    op.create_index("ix_tally_course_id_day", "tally", ["course_id", "day"], unique=False)
    op.create_table(
        "audit_entry",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column(
            "at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column(
            "detail", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_audit_entry_account_id_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_entry")),
    )
    op.create_table(
        "course",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("category_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("initials", sa.String(), nullable=False),
        sa.Column("pinyin", sa.String(), nullable=False),
        sa.Column("summary", sa.String(), server_default="", nullable=False),
        sa.Column("teacher", sa.String(), server_default="", nullable=False),
        sa.Column("state", sa.String(), server_default="draft", nullable=False),
        sa.Column("is_demo", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column(
            "updated_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "state <> 'published' OR published_at IS NOT NULL", name=op.f("ck_course_published_at")
        ),
        sa.CheckConstraint(
            "state IN ('draft', 'in_review', 'approved', 'scheduled', 'published', 'withdrawn')",
            name=op.f("ck_course_state"),
        ),
        sa.CheckConstraint("number BETWEEN 1 AND 999", name=op.f("ck_course_number")),
        sa.ForeignKeyConstraint(
            ["category_id"], ["category.id"], name=op.f("fk_course_category_id_category")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_course")),
        sa.UniqueConstraint("number", name=op.f("uq_course_number")),
    )
    op.create_index(op.f("ix_course_category_id"), "course", ["category_id"], unique=False)
    op.create_index(
        "ix_course_initials",
        "course",
        ["initials"],
        unique=False,
        postgresql_ops={"initials": "text_pattern_ops"},
    )
    op.create_table(
        "video",
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("source_sha256", sa.String(length=64), nullable=False),
        sa.Column("filename", sa.String(), nullable=False),
        sa.Column("state", sa.String(), server_default="uploaded", nullable=False),
        sa.Column("percent", sa.Integer(), server_default="0", nullable=False),
        sa.Column("run", sa.Integer(), server_default="1", nullable=False),
        sa.Column("code", sa.String(), nullable=True),
        sa.Column("remedy", sa.String(), nullable=True),
        sa.Column("detail", sa.String(), nullable=True),
        sa.Column(
            "notes", postgresql.JSONB(astext_type=sa.Text()), server_default="[]", nullable=False
        ),
        sa.Column("plan", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("plan_hash", sa.String(length=64), nullable=True),
        sa.Column("package_id", sa.Uuid(), nullable=True),
        sa.Column("duration_ms", sa.Integer(), nullable=True),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column(
            "updated_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "(state IN ('refused','failed')) = (code IS NOT NULL)", name=op.f("ck_video_code")
        ),
        sa.CheckConstraint(
            "state <> 'ready' OR package_id IS NOT NULL", name=op.f("ck_video_ready_has_package")
        ),
        sa.CheckConstraint(
            "state IN ('uploaded', 'probing', 'queued', 'encoding', 'verifying', 'ready',"
            " 'refused', 'failed', 'cancelled')",
            name=op.f("ck_video_state"),
        ),
        sa.CheckConstraint("percent BETWEEN 0 AND 100", name=op.f("ck_video_percent")),
        sa.ForeignKeyConstraint(
            ["package_id"], ["package.id"], name="fk_video_package_id_package", use_alter=True
        ),
        sa.ForeignKeyConstraint(
            ["source_sha256"], ["source.sha256"], name=op.f("fk_video_source_sha256_source")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_video")),
        sa.UniqueConstraint("source_sha256", name=op.f("uq_video_source_sha256")),
    )
    op.create_table(
        "course_tag",
        sa.Column("course_id", sa.Integer(), nullable=False),
        sa.Column("tag_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["course_id"],
            ["course.id"],
            name=op.f("fk_course_tag_course_id_course"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tag_id"], ["tag.id"], name=op.f("fk_course_tag_tag_id_tag"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("course_id", "tag_id", name=op.f("pk_course_tag")),
    )
    op.create_index(op.f("ix_course_tag_tag_id"), "course_tag", ["tag_id"], unique=False)
    op.create_table(
        "favourite",
        sa.Column("box_id", sa.Uuid(), nullable=False),
        sa.Column("course_id", sa.Integer(), nullable=False),
        sa.Column(
            "marked_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.ForeignKeyConstraint(["box_id"], ["box.id"], name=op.f("fk_favourite_box_id_box")),
        sa.ForeignKeyConstraint(
            ["course_id"], ["course.id"], name=op.f("fk_favourite_course_id_course")
        ),
        sa.PrimaryKeyConstraint("box_id", "course_id", name=op.f("pk_favourite")),
    )
    op.create_table(
        "lesson",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("course_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("video_id", sa.Uuid(), nullable=True),
        sa.Column("completion_percent", sa.Integer(), server_default="90", nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "completion_percent BETWEEN 1 AND 100", name=op.f("ck_lesson_completion_percent")
        ),
        sa.ForeignKeyConstraint(
            ["course_id"], ["course.id"], name=op.f("fk_lesson_course_id_course")
        ),
        sa.ForeignKeyConstraint(["video_id"], ["video.id"], name=op.f("fk_lesson_video_id_video")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lesson")),
    )
    op.create_index(op.f("ix_lesson_video_id"), "lesson", ["video_id"], unique=False)
    op.create_index(
        "uq_lesson_course_id_position",
        "lesson",
        ["course_id", "position"],
        unique=True,
        postgresql_where=sa.text("removed_at IS NULL"),
    )
    op.create_table(
        "package",
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("video_id", sa.Uuid(), nullable=False),
        sa.Column("plan_hash", sa.String(length=64), nullable=False),
        sa.Column("duration_ms", sa.Integer(), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("report", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column(
            "published_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["video_id"], ["video.id"], name=op.f("fk_package_video_id_video")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_package")),
    )
    op.create_index(op.f("ix_package_video_id"), "package", ["video_id"], unique=False)
    op.create_table(
        "step",
        sa.Column("video_id", sa.Uuid(), nullable=False),
        sa.Column("plan_hash", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("weight", sa.Double(), nullable=False),
        sa.Column("fraction", sa.Double(), server_default="0", nullable=False),
        sa.Column("starts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("cpu_s", sa.Double(), server_default="0", nullable=False),
        sa.Column("decoded_frames", sa.Integer(), server_default="0", nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("fraction BETWEEN 0 AND 1", name=op.f("ck_step_fraction")),
        sa.ForeignKeyConstraint(
            ["video_id"], ["video.id"], name=op.f("fk_step_video_id_video"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("video_id", "plan_hash", "name", name=op.f("pk_step")),
    )
    op.create_table(
        "upload",
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("filename", sa.String(), nullable=False),
        sa.Column("length_bytes", sa.BigInteger(), nullable=False),
        sa.Column("offset_bytes", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column(
            "labels", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False
        ),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("video_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "offset_bytes BETWEEN 0 AND length_bytes", name=op.f("ck_upload_offset")
        ),
        sa.ForeignKeyConstraint(["video_id"], ["video.id"], name=op.f("fk_upload_video_id_video")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_upload")),
    )
    op.create_index(
        "ix_upload_expires_at",
        "upload",
        ["expires_at"],
        unique=False,
        postgresql_where=sa.text("finished_at IS NULL"),
    )
    op.create_foreign_key(
        op.f("fk_video_package_id_package"), "video", "package", ["package_id"], ["id"]
    )
    op.execute(CATALOGUE_CHANGED)
    op.execute("INSERT INTO catalogue_version DEFAULT VALUES")
    for table in WATCHED_TABLES:
        op.execute(
            f"CREATE TRIGGER catalogue_changed AFTER INSERT OR UPDATE OR DELETE ON {table}"
            " FOR EACH STATEMENT EXECUTE FUNCTION catalogue_changed()"
        )
    op.execute(
        "CREATE TRIGGER catalogue_changed AFTER UPDATE OF package_id, duration_ms ON video"
        " FOR EACH STATEMENT EXECUTE FUNCTION catalogue_changed()"
    )
