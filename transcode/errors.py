"""What can go wrong between a file and its package.

TranscodeError
├── SourceRefused            the file itself; a retry never helps
│   ├── EmptyFile
│   ├── NotAVideo
│   ├── PlaylistFile
│   ├── StillPicture
│   ├── AudioOnly
│   ├── NoVideoTrack
│   ├── UnsupportedCodec
│   ├── UnsupportedSound
│   ├── Encrypted
│   ├── Damaged
│   ├── BrokenClock
│   ├── DolbyVision
│   ├── TooLong
│   ├── TooLargePicture
│   ├── TooManyStreams
│   └── TooManyPackets
├── EncodeFailed             FFmpeg gave up; a retry, best on another machine, may help
│   ├── EncodeStalled
│   ├── DiskFull
│   ├── OverQuota
│   ├── MemoryLimit
│   └── WorkerLost
├── PackageInvalid           the verifier found a fault; a retry may help
└── Stopped                  somebody asked to stop
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import ClassVar


class TranscodeError(Exception):
    """Base of the tree: a stable code, and what a person can do about it."""

    code: ClassVar[str] = "transcode_error"
    remedy_zh: ClassVar[str] = "请联系系统管理员。"
    remedy_en: ClassVar[str] = "Please tell the administrator."
    retry_helps: ClassVar[bool] = False

    def __init__(self, message: str = "") -> None:
        super().__init__(message or self.remedy_en)


class SourceRefused(TranscodeError):
    """The file can't become a lesson as it is; only another file helps."""

    code = "source_refused"
    remedy_zh = "这个文件不能用，请换一个视频文件上传。"
    remedy_en = "This file cannot be used; upload another video file."


class EmptyFile(SourceRefused):
    """The file has no bytes; a retry will not help, a new upload may."""

    code = "empty_file"
    remedy_zh = "文件是空的，可能上传或拷贝时出了问题。请检查原文件后重新上传。"
    remedy_en = "The file is empty. Check the original and upload it again."


class NotAVideo(SourceRefused):
    """Text, a document, an archive or an unknown format; never opened further."""

    code = "not_a_video"
    remedy_zh = "这不是视频文件（可能是文档或压缩包）。请上传 MP4、MOV、MKV 等视频文件。"
    remedy_en = "This is not a video file. Upload the video itself, such as MP4, MOV or MKV."


class PlaylistFile(SourceRefused):
    """A playlist, a script or a reference movie; what it points at is never opened."""

    code = "playlist_file"
    remedy_zh = "这个文件只指向别处的视频（播放列表或引用文件），本身没有画面。请上传视频文件本身。"
    remedy_en = "This file only points at videos elsewhere. Upload the video itself."


class StillPicture(SourceRefused):
    """A photograph, or a video of a single frame without sound."""

    code = "still_picture"
    remedy_zh = "这是一张图片，不是视频。请上传视频文件。"
    remedy_en = "This is a picture, not a video. Upload a video file."


class AudioOnly(SourceRefused):
    """Sound without moving pictures; cover art doesn't count as a picture."""

    code = "audio_only"
    remedy_zh = "这个文件只有声音，没有画面。请上传带画面的视频。"
    remedy_en = "This file has sound but no picture. Upload a video with pictures."


class NoVideoTrack(SourceRefused):
    """A media file with neither picture nor sound, for example subtitles only."""

    code = "no_video_track"
    remedy_zh = "文件里没有视频画面。请从剪辑软件重新导出视频后上传。"
    remedy_en = "The file has no video track. Export the video again and upload it."


class UnsupportedCodec(SourceRefused):
    """The picture is coded in a way that our FFmpeg can't decode."""

    code = "unsupported_codec"
    remedy_zh = "视频的编码格式不支持。请用剪辑软件导出为 MP4（H.264）后上传。"
    remedy_en = "The video's codec is not supported. Export it as MP4 with H.264 and upload that."


class UnsupportedSound(SourceRefused):
    """None of the sound tracks can be decoded; a silent lesson would help nobody."""

    code = "unsupported_sound"
    remedy_zh = "视频的声音格式不支持。请用剪辑软件导出为 MP4（H.264 画面、AAC 声音）后上传。"
    remedy_en = "The sound's codec is not supported. Export it as MP4 with AAC sound, upload that."


class Encrypted(SourceRefused):
    """The content is encrypted or protected (DRM); we have no key and want none."""

    code = "encrypted"
    remedy_zh = "视频加了密或有版权保护，无法处理。请上传没有加密的原始文件。"
    remedy_en = "The video is encrypted or protected. Upload the unprotected original."


class Damaged(SourceRefused):
    """Less than 90 % of the declared duration can be decoded, or nothing at all."""

    code = "damaged"
    remedy_zh = "文件不完整或已损坏，大部分内容读不出来。请重新拷贝或重新导出后再上传。"
    remedy_en = "The file is cut off or damaged. Copy or export it again and upload that."


class BrokenClock(SourceRefused):
    """The time stamps jump: recordings were joined without being exported anew."""

    code = "broken_clock"
    remedy_zh = "视频由几段录像直接拼成，时间不连续。请用剪辑软件打开，重新导出为 MP4 后上传。"
    remedy_en = "Recordings were joined as they are, and the time jumps. Export it anew as MP4."


class DolbyVision(SourceRefused):
    """Dolby Vision without a picture that others can show (profile 5): read as plain HDR it comes
    out green and purple, and what would mend it needs a graphics card."""

    code = "dolby_vision"
    remedy_zh = "这种杜比视界画面在普通设备上颜色会错乱。请导出为普通 HDR 或 SDR 的 MP4 后上传。"
    remedy_en = "Only Dolby Vision devices show these colours. Export it as plain HDR or SDR."


class TooLong(SourceRefused):
    """Longer than the limit on duration."""

    code = "too_long"
    remedy_zh = "视频超过 6 小时。请剪成几段，分别上传。"
    remedy_en = "The video is longer than 6 hours. Cut it into parts and upload these."


class TooLargePicture(SourceRefused):
    """Wider or higher than the limit on pixels."""

    code = "too_large_picture"
    remedy_zh = "画面尺寸太大（超过 8192 像素）。请导出为 4K 或更小的尺寸后上传。"
    remedy_en = "The picture is larger than 8192 pixels. Export it at 4K or below."


class TooManyStreams(SourceRefused):
    """More than a hundred tracks: no camera or editor writes such a file."""

    code = "too_many_streams"
    remedy_zh = "文件里的轨道太多（超过 100 条）。请只保留画面和声音，重新导出后上传。"
    remedy_en = "The file has more than 100 tracks. Export picture and sound only."


class TooManyPackets(SourceRefused):
    """More pieces of picture and sound than six hours can have: a broken or crafted index."""

    code = "too_many_packets"
    remedy_zh = "文件的内部结构异常，画面和声音被切得过碎。请用剪辑软件重新导出为 MP4 后上传。"
    remedy_en = "The file is in far too many pieces. Export it anew as MP4."


class EncodeFailed(TranscodeError):
    """FFmpeg ended with an error; a retry may help. Carries its last words."""

    code = "encode_failed"
    remedy_zh = "转码出错，可以点“重试”。如果多次失败，请重新导出视频后上传，或联系管理员。"
    remedy_en = "Encoding failed. Retry; if it fails again, export the video anew."
    retry_helps = True

    def __init__(self, message: str = "", stderr_tail: Sequence[str] = ()) -> None:
        super().__init__(message)
        self.stderr_tail = tuple(stderr_tail)

    def __str__(self) -> str:
        return "\n".join([super().__str__(), *self.stderr_tail])


class EncodeStalled(EncodeFailed):
    """Nothing happened for two minutes, or a time limit ran out; a retry elsewhere may help."""

    code = "encode_stalled"
    remedy_zh = "转码长时间没有进展，已停止。可以点“重试”。"
    remedy_en = "Encoding made no progress and was stopped. Retry."


class DiskFull(EncodeFailed):
    """The disk of the machine is full; a retry helps once there is room."""

    code = "disk_full"
    remedy_zh = "服务器磁盘空间不足。请管理员清理空间后再点“重试”。"
    remedy_en = "The server's disk is full. Make room, then retry."


class OverQuota(EncodeFailed):
    """FFmpeg wrote more than a job may; a retry helps if another process filled the folder."""

    code = "over_quota"
    remedy_zh = "转码写出的数据超过上限，已停止。可以点“重试”；仍然失败请把视频剪成几段再上传。"
    remedy_en = "Encoding wrote more than it may and was stopped. Retry, or upload it in parts."


class MemoryLimit(EncodeFailed):
    """FFmpeg ran out of the memory it may use; a machine with more of it helps."""

    code = "memory_limit"
    remedy_zh = (
        "转码所需内存超过上限。请先导出为 1080p 再上传；"
        "管理员也可以调高 NONGKE_FFMPEG_MEMORY_BYTES 或换内存更大的机器后点“重试”。"
    )
    remedy_en = (
        "Encoding ran out of memory. Export the video at 1080p, or raise "
        "NONGKE_FFMPEG_MEMORY_BYTES or use a machine with more memory, then retry."
    )


class WorkerLost(EncodeFailed):
    """The worker died over the same job again and again; a machine with more memory may help."""

    code = "worker_lost"
    remedy_zh = (
        "处理这个视频时，转码程序多次意外中断，可能是服务器内存不足。可以点“重试”；"
        "仍然失败请先导出为 1080p 再上传，或联系管理员。"
    )
    remedy_en = (
        "The worker died over this video several times, perhaps for lack of memory. Retry; "
        "if it fails again, export the video at 1080p or tell the administrator."
    )


class PackageInvalid(TranscodeError):
    """The verifier found faults in the package; nothing was published. A retry may help."""

    code = "package_invalid"
    remedy_zh = "转码结果没有通过检查，没有发布。可以点“重试”，仍然失败请联系管理员。"
    remedy_en = "The package did not pass verification and was not published. Retry."
    retry_helps = True

    def __init__(self, message: str = "", failures: Sequence[str] = ()) -> None:
        super().__init__(message)
        self.failures = tuple(failures)


class Stopped(TranscodeError):
    """Somebody asked to stop; nothing was published, and a new start is fine."""

    code = "stopped"
    remedy_zh = "处理已取消。需要时可以重新开始。"
    remedy_en = "Processing was cancelled. Start again when wanted."
    retry_helps = True


def all_kinds() -> Iterator[type[TranscodeError]]:
    """Every class of the tree; of two with one code the base comes first."""
    waiting: list[type[TranscodeError]] = [TranscodeError]
    while waiting:
        kind = waiting.pop()
        yield kind
        waiting.extend(kind.__subclasses__())


def error_of(code: str, message: str) -> TranscodeError:
    """The error that another process told by its code; TranscodeError for an unknown one."""
    kind = next((kind for kind in all_kinds() if kind.code == code), None)
    return kind(message) if kind else TranscodeError(f"{code}: {message}")
