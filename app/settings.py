"""The environment, read once into one frozen value; nothing else reads it.

Every variable starts with ``NONGKE_``. A wrong value stops the start and names itself.
"""

from __future__ import annotations

import os
import re
import secrets
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

GIB = 1024**3
ORIGIN = re.compile(r"https?://[^/\s,]+")


class WrongSettings(Exception):
    """One or more settings cannot work; the message names each. Correct them and start again."""


class Settings(BaseSettings):
    """All settings of the service, with their defaults; see README for the table."""

    model_config = SettingsConfigDict(env_prefix="NONGKE_", frozen=True, extra="forbid")

    home: Path = Field(Path("var"), description="Folder of everything that is kept")
    database_url: str | None = Field(
        None, description="PostgreSQL ≥ 18; without it the embedded one is used"
    )
    storage_url: str | None = Field(
        None, description="s3://bucket/prefix; without it the folder <home>/storage"
    )
    media_url: str = Field("/media/", description="Where boxes read packages: the app, or a CDN")
    public_url: str | None = Field(
        None, description="Where phones find the service; without it, where the reader found it"
    )
    host: str = Field("127.0.0.1", description="Address the server listens on")
    port: int = Field(8300, ge=1, le=65535, description="Port the server listens on")
    secret_key: str | None = Field(
        None, min_length=32, description="Signs sessions and box tokens; made once when missing"
    )
    secure_cookies: bool = Field(
        False, description="Send the sign-in cookie over HTTPS only; set it behind TLS"
    )
    time_zone: str = Field("Asia/Shanghai", description="The calendar that days are counted by")
    region: str = Field(
        "52",
        pattern=r"^([0-9]{2}|[0-9]{4}|[0-9]{6}|[0-9]{9})$",
        description="Region of boxes that did not say where they are",
    )
    player_origins: str = Field(
        "", description="Pages elsewhere that may use the player API: addresses with commas, or *"
    )
    box_registration: Literal["open", "listed"] = Field(
        "open", description="Who may introduce itself: any box, or those with a listed card"
    )
    event_requests_a_minute: int = Field(
        60, ge=0, description="Requests with events that a box may send a minute; 0: any number"
    )
    event_requests_burst: int = Field(
        120, ge=1, description="As many of them at once after a silence"
    )
    address_event_requests_a_minute: int = Field(
        0, ge=0, description="The same for an address, behind which there may be thousands of boxes"
    )
    introductions_a_minute: int = Field(
        30, ge=0, description="Boxes of one address that may introduce themselves; 0: any number"
    )
    introductions_burst: int = Field(
        300, ge=1, description="As many of them at once: a village after a power cut"
    )
    ffmpeg: str | None = Field(None, description="Another FFmpeg binary than the wheel's")
    ffmpeg_memory_bytes: int | None = Field(
        None, ge=GIB, description="Address space of one FFmpeg; else 8 GiB + 256 MiB a core"
    )
    demo: bool = Field(True, description="Seed the demonstration library on the first start")
    max_upload_bytes: int = Field(8 * GIB, ge=1, description="Largest video accepted")
    reserve_bytes: int = Field(
        2 * GIB, ge=0, description="Disk space that uploads and encoding leave free"
    )
    upload_expiry_h: int = Field(72, ge=1, description="Unfinished uploads are kept so long")
    package_grace_h: float = Field(24, ge=0, description="A replaced package is kept so long")
    chunk_s: int = Field(60, ge=4, description="Length of the pieces a video is encoded in")
    copy_top: bool = Field(
        False, description="Take a source's own picture as the top rung where it can serve"
    )
    hevc: bool = Field(False, description="Make the largest rungs in HEVC as well")
    loudness_lufs: float = Field(
        -16, ge=-31, le=0, description="Loudness that sound is brought to; 0 leaves it alone"
    )
    encode_jobs: int = Field(1, ge=1, le=64, description="Chunks a worker encodes at once")
    worker_heartbeat_s: float = Field(3, gt=0, description="A worker says that it lives")
    worker_lost_s: float = Field(15, gt=0, description="Silence after which its jobs are redone")
    worker_losses: int = Field(
        3, ge=1, description="Workers that die over one job before its video has failed"
    )
    freeze_day: int = Field(
        5, ge=0, le=28, description="Day on which the month before is frozen; 0 only by hand"
    )
    statement_key: Path | None = Field(
        None, description="Ed25519 key (PEM) that signs statements; made once when missing"
    )
    keep_plays_months: int = Field(
        0, ge=0, description="Older plays are reduced to their tallies; 0 keeps them for ever"
    )
    beat_s: int = Field(60, ge=5, description="How often a playing box reports")
    metrics_token: str | None = Field(
        None, min_length=16, description="Who reads /metrics must show it, as a bearer token"
    )
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    log_format: Literal["console", "json"] = Field("json", description="Form of the log lines")

    @field_validator("time_zone")
    @classmethod
    def _known_zone(cls, name: str) -> str:
        try:
            ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise ValueError(f"no such time zone: {name}") from error
        return name

    @field_validator("database_url")
    @classmethod
    def _postgresql(cls, url: str | None) -> str | None:
        if url is not None and not url.startswith(("postgresql://", "postgres://")):
            raise ValueError("must start with postgresql://")
        return url

    @field_validator("storage_url")
    @classmethod
    def _bucket(cls, url: str | None) -> str | None:
        if url is not None and not (url.startswith("s3://") and len(url) > len("s3://")):
            raise ValueError("must have the form s3://bucket/prefix")
        return url

    @field_validator("media_url", "public_url")
    @classmethod
    def _ends_in_slash(cls, url: str | None) -> str | None:
        return url if url is None or url.endswith("/") else url + "/"

    @field_validator("player_origins")
    @classmethod
    def _origins(cls, listed: str) -> str:
        for origin in cls._split(listed):
            if origin != "*" and not ORIGIN.fullmatch(origin):
                raise ValueError(f"not an origin such as https://tv.example.cn: {origin}")
        return listed

    @staticmethod
    def _split(listed: str) -> list[str]:
        return [origin.strip() for origin in listed.split(",") if origin.strip()]

    @field_validator("public_url")
    @classmethod
    def _reachable(cls, url: str | None) -> str | None:
        if url is not None and not url.startswith(("http://", "https://")):
            raise ValueError("must start with https:// or http://")
        return url

    @field_validator("statement_key")
    @classmethod
    def _readable(cls, path: Path | None) -> Path | None:
        if path is not None and not os.access(path, os.R_OK):
            raise ValueError(f"no readable file at {path}")
        return path

    @field_validator("ffmpeg")
    @classmethod
    def _runs(cls, path: str | None) -> str | None:
        if path is not None and not os.access(path, os.X_OK):
            raise ValueError(f"no program at {path}")
        return path

    @property
    def origins(self) -> list[str]:
        """Pages elsewhere that may use the player API, each by scheme, host and port."""
        return self._split(self.player_origins)

    @property
    def zone(self) -> ZoneInfo:
        """The zone whose midnights separate the counted days."""
        return ZoneInfo(self.time_zone)

    @property
    def uploads_dir(self) -> Path:
        """Where unfinished uploads lie."""
        return self.home / "uploads"

    @property
    def scratch_dir(self) -> Path:
        """Where a worker keeps the files of the chunk in hand."""
        return self.home / "scratch"

    def secret(self) -> str:
        """The signing key: the one that is set, or one made once and kept under ``home``."""
        if self.secret_key:
            return self.secret_key
        path = self.home / "secret-key"
        self.home.mkdir(parents=True, exist_ok=True)
        try:
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            return path.read_text().strip()
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_hex(32))
        return path.read_text().strip()


def read_settings() -> Settings:
    """The settings of this process.

    Raises WrongSettings, naming each variable that cannot work and why.
    """
    try:
        settings = Settings()
    except ValidationError as error:
        lines = [f"NONGKE_{_name(e['loc'])}: {e['msg']}" for e in error.errors()]
        raise WrongSettings("\n".join(lines)) from error
    unknown = _unknown_names()
    if unknown:
        raise WrongSettings("\n".join(f"{name}: there is no such setting" for name in unknown))
    return settings.model_copy(update={"home": settings.home.absolute()})


def _name(location: tuple[int | str, ...]) -> str:
    return "_".join(str(part) for part in location).upper()


def _unknown_names() -> list[str]:
    known = {f"NONGKE_{name.upper()}" for name in Settings.model_fields}
    # NONGKE_TEST_… and NONGKE_CHROMIUM belong to the tests, not to the service.
    return sorted(
        name
        for name in os.environ
        if name.startswith("NONGKE_")
        and name not in known
        and not name.startswith(("NONGKE_TEST_", "NONGKE_CHROMIUM"))
    )
