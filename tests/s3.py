"""An S3 endpoint for tests: `rclone serve s3` on a folder."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from tests.service import free_port, wait_until

BUCKET = "nongke"
KEY_ID = "nongketest"
SECRET = "nongke-test-secret"


@contextmanager
def rclone_s3(folder: Path) -> Iterator[dict[str, str]]:
    """Serve the folder's subfolders as buckets; gives the variables that boto3 reads.

    There is one bucket, ``nongke``: NONGKE_STORAGE_URL may be ``s3://nongke/any/prefix``.
    """
    (folder / "buckets" / BUCKET).mkdir(parents=True, exist_ok=True)
    address = f"127.0.0.1:{free_port()}"
    server = subprocess.Popen(
        [
            str(Path(sys.executable).parent / "rclone"),
            *("serve", "s3", str(folder / "buckets")),
            *("--addr", address, "--auth-key", f"{KEY_ID},{SECRET}"),
            *("--vfs-cache-mode", "writes", "--cache-dir", str(folder / "cache")),
            *("--config", str(folder / "rclone.conf"), "--log-level", "ERROR"),
        ],
        env={**os.environ, "RCLONE_CONFIG": str(folder / "rclone.conf")},
        stdin=subprocess.DEVNULL,
    )
    try:
        wait_until(lambda: _answers(address), what="the S3 endpoint")
        yield {
            "AWS_ENDPOINT_URL": f"http://{address}",
            "AWS_ACCESS_KEY_ID": KEY_ID,
            "AWS_SECRET_ACCESS_KEY": SECRET,
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_EC2_METADATA_DISABLED": "true",
        }
    finally:
        server.terminate()
        server.wait(30)


def _answers(address: str) -> bool:
    try:
        return httpx.get(f"http://{address}/").status_code > 0
    except httpx.TransportError:
        return False
