"""From a source file to a verified HLS package.

Comes in: a file that somebody uploaded, of whatever kind. Goes out: a folder that any
set-top box plays (multivariant playlist, one folder a rung with 4 s MPEG-TS segments, posters,
``package.json``), or a refusal that says why and what to do.

========== ===========================================================================
module     step
========== ===========================================================================
sniff      the first bytes: refuse what must not be opened at all; ``pointers``: what only
           points at media elsewhere; ``matroska``: whether its tracks are encrypted
probe      look at the file without trusting it → ``Source``: ``packets`` (one pass), ``clock``
           (rate and jumps), ``declared`` (how long it says it is), ``fields`` (interlace),
           ``shape`` (turn and pixels)
triage     refuse it, or decide what must be mended → ``Treatment``: ``voices`` (which sound
           tracks), ``notes`` (what the editor is told), ``pixels`` (depth and colours)
planning   the four steps from file to plan; ``apart``: in a process of its own
scenes     probe encodes of sampled scenes → ``Content``; ``fitting``: the ladder that they call for
plan       decide rungs, frame grid, chunks and audio tracks → ``Plan`` (a value, hashed);
           ``chunks``: where a film is cut
ladder     the arithmetic of rungs: sizes, rates, H.264 levels
footprint  how much disk the work on a plan takes
filters    the filter graph: mend once, then scale in a cascade
encode     one chunk, all rungs, one decode
copying    the source's own picture as the top rung; ``hevc``: the extra ladder
sound      the sound, once for the whole file, at an even ``loudness``; ``package_notes``
           tell the editor what could not be read, and how loud it was
captions   text captions out of the source as WebVTT, cut where the picture is cut
chapters   from the container's clock to the lesson's
assemble   chunks + sound → segments, playlists, ``package.json``, by stream copy
joining    the command lines of that, all on one clock
languages  what a language is called; ``soundtracks``: further languages as renditions
iframes    the playlist for fast winding, by byte ranges
storyboard small pictures on sheets, for seeking
poster     three frames worth looking at, in two sizes; ``choosing``: which one is shown
verify     read a package back against the rules, ours or anybody's; the rules are in
           ``rules_segments``, ``_playlists``, ``_extras`` and ``_serving``
oneshot    all of it on one file, without database or server
commands   ``package``, ``plan`` and ``verify`` for the command line
========== ===========================================================================

``ffmpeg`` is the only module that starts FFmpeg, ``leash`` holds it to its limits; ``mpegts``,
``h264`` and ``playlists`` read bytes, ``errors`` is the tree of what can go wrong. Nothing here
reads the environment.
"""
