"""Which of the three pictures stands for a video: the best one, unless an editor says otherwise.

All candidates lie in the package, which never changes; the choice is a number in the video's row.
"""

from __future__ import annotations

from uuid import UUID

from sqlalchemy.orm import Session

from app.problems import Problem
from transcode.publish import VideoNotFound
from transcode.tables import Video


class NoSuchPoster(Problem):
    """The video has no poster of that number."""

    status = 404
    code = "no_such_poster"
    title = "The video has no such poster."


def choose_poster(session: Session, video_id: UUID, number: int) -> Video:
    """Show another of the candidates from now on; 1 is the best. Raises NoSuchPoster."""
    video = session.get(Video, video_id, with_for_update={"of": Video})
    if video is None:
        raise VideoNotFound("没有这个视频。")
    if not 1 <= number <= video.posters:
        raise NoSuchPoster("这个视频没有这张封面。")
    video.poster = number
    session.flush()
    return video
