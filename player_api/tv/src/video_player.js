// What a <video> element does, the same for the engine's own HLS and for hls.js.
(function (nk) {
  'use strict';

  function newVideo() {
    var video = document.createElement('video');
    video.className = 'video';
    video.setAttribute('playsinline', '');
    nk.screen.appendChild(video);
    return video;
  }

  // start_s and the speed hold from the first picture on: an engine forgets both in load().
  nk.videoPlayer = function (on) {
    var video = newVideo();
    var over = false;
    var base = {
      start_s: 0,
      speed: 1,
      video: video,
      can: { seek: true, speed: 'playbackRate' in video, tracks: !!video.audioTracks },
      listen: function (name, act) {
        video.addEventListener(name, function () { if (!over) { act(); } }, false);
      },
      play: function () {
        var promise = video.play();
        // Engines that play sound only after a key: a paused picture, and OK starts it.
        if (promise && promise.then) {
          promise.then(null, function (refusal) {
            if (!over && refusal.name === 'NotAllowedError') { on.refused(); }
          });
        }
      },
      pause: function () { video.pause(); },
      seek: function (position_s) { video.currentTime = position_s; },
      setSpeed: function (rate) {
        base.speed = rate;
        video.playbackRate = rate;
      },
      tracks: function () {
        var found = [], at, track;
        for (at = 0; video.audioTracks && at < video.audioTracks.length; at += 1) {
          track = video.audioTracks[at];
          found.push({ name: track.label, language: track.language || null, on: track.enabled });
        }
        return found;
      },
      useTrack: function (wanted) {
        var at;
        for (at = 0; video.audioTracks && at < video.audioTracks.length; at += 1) {
          video.audioTracks[at].enabled = at === wanted;
        }
      },
      position_s: function () { return video.currentTime || 0; },
      duration_s: function () { return video.duration; },
      paused: function () { return video.paused; },
      stop: function () {
        over = true;
        video.pause();
        video.removeAttribute('src');
        video.load(); // gives the decoder back
        nk.remove(video);
      }
    };

    base.listen('loadedmetadata', function () { if (base.speed !== 1) { base.setSpeed(base.speed); } });
    base.listen('playing', on.playing);
    base.listen('waiting', on.waiting);
    base.listen('pause', function () { if (!video.ended) { on.paused(); } });
    base.listen('ended', on.ended);
    // play() before data stalls some engines at 0.1 s.
    base.listen('canplay', function () { if (on.wanted()) { base.play(); } });
    return base;
  };
}(window.nk));
