// What a <video> element does, the same for the engine's own HLS and for hls.js.
(function (nk) {
  'use strict';

  var POLL_MS = 1000;
  // Some engines stop without a word.
  var STILL_POLLS = 3;

  // Given back by the play before: engines are slow to let go of an element and its decoder.
  var kept = null;

  function takeVideo() {
    var video = kept || document.createElement('video');
    kept = null;
    video.className = 'video';
    video.setAttribute('playsinline', '');
    if (video.playbackRate !== 1) { video.playbackRate = 1; }
    nk.screen.appendChild(video);
    return video;
  }

  // start_s and the speed hold from the first picture on: an engine forgets both in load().
  nk.videoPlayer = function (on) {
    var video = takeVideo();
    var over = false;
    var still = 0;
    var last_s = 0;
    var waiting = false; // by its own word
    var silent = false; // it stands, and only we have noticed
    var polling = setInterval(poll, POLL_MS);
    var heard = []; // [name of an event, listener]

    function poll() {
      var at_s = video.currentTime;
      still = waiting || video.paused || video.ended || at_s !== last_s ? 0 : still + 1;
      last_s = at_s;
      if (still === STILL_POLLS) {
        silent = true;
        on.waiting();
      } else if (silent && !still) {
        silent = false;
        if (!waiting && !video.paused) { on.playing(); }
      }
    }

    function tellsWaiting() {
      waiting = true;
      on.waiting();
    }

    function tellsPlaying() {
      waiting = false;
      on.playing();
    }

    var base = {
      start_s: 0,
      speed: 1,
      video: video,
      can: { seek: true, speed: 'playbackRate' in video, tracks: !!video.audioTracks },
      listen: function (name, act) {
        function listener() { if (!over) { act(); } }
        heard.push([name, listener]);
        video.addEventListener(name, listener, false);
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
        var failed = !!video.error;
        over = true;
        clearInterval(polling);
        heard.forEach(function (one) { video.removeEventListener(one[0], one[1], false); });
        video.pause();
        video.removeAttribute('src');
        video.load(); // gives the decoder back
        nk.remove(video);
        if (!failed) { kept = video; }
      }
    };

    base.listen('loadedmetadata', function () { if (base.speed !== 1) { base.setSpeed(base.speed); } });
    base.listen('playing', tellsPlaying);
    base.listen('waiting', tellsWaiting);
    base.listen('pause', function () { if (!video.ended) { on.paused(); } });
    base.listen('ended', on.ended);
    // play() before data stalls some engines at 0.1 s.
    base.listen('canplay', function () { if (on.wanted()) { base.play(); } });
    return base;
  };
}(window.nk));
