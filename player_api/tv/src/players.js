// Players behind one small interface, chosen by what the engine can do:
//   load(url, start_s), play(), pause(), seek(position_s), position_s(), duration_s(),
//   paused(), stop()
// and calls back: on.playing(), on.waiting(), on.paused(), on.refused(), on.ended(),
// on.failed(kind) with kind 'network' | 'missing' | 'decode'.
(function (nk) {
  'use strict';

  var HLS_TYPE = 'application/vnd.apple.mpegurl';
  // hls.js's own settings keep 60 MB and an endless back buffer, which crash boxes.
  var HLS_SETTINGS = {
    maxBufferLength: 20, maxMaxBufferLength: 30, maxBufferSize: 8e6, backBufferLength: 10,
    enableWorker: false, capLevelToPlayerSize: true
  };

  function newVideo() {
    var video = document.createElement('video');
    video.className = 'video';
    video.setAttribute('playsinline', '');
    nk.screen.appendChild(video);
    return video;
  }

  // What a <video> element does is the same for the engine's HLS and for hls.js.
  function onVideo(video, on) {
    var over = false;
    function listen(name, act) {
      video.addEventListener(name, function () { if (!over) { act(); } }, false);
    }
    listen('playing', on.playing);
    listen('waiting', on.waiting);
    listen('pause', function () { if (!video.ended) { on.paused(); } });
    listen('ended', on.ended);
    return {
      video: video,
      listen: listen,
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
  }

  // Why a playlist does not play, asked of the server since the element won't say.
  nk.diagnose = function (url, done) {
    var request = new XMLHttpRequest();
    request.onreadystatechange = function () {
      if (request.readyState !== 4) { return; }
      if (!request.status || request.status >= 500) { done('network'); return; }
      done(request.status >= 400 ? 'missing' : 'decode');
    };
    request.open('GET', url, true);
    request.send(null);
  };

  // The same three words, and 'server', for a playback answer that failed.
  nk.playbackFailure = function (failure) {
    if (failure.kind === 'network') { return 'network'; }
    if (failure.status === 404 || failure.status === 409 || failure.status === 410) { return 'missing'; }
    return 'server';
  };

  function nativePlayer(on) {
    var base = onVideo(newVideo(), on);
    var start_s = 0;
    var source = '';
    base.listen('loadedmetadata', function () { if (start_s > 0) { base.seek(start_s); } });
    base.listen('error', function () { nk.diagnose(source, on.failed); });
    // play() before data stalls some engines at 0.1 s.
    base.listen('canplay', function () { if (on.wanted()) { base.play(); } });
    base.load = function (url, from_s) {
      start_s = from_s;
      source = url;
      base.video.src = url;
      base.video.load();
    };
    return base;
  }

  function kindOf(error) {
    if (error.type !== 'networkError') { return 'decode'; }
    return error.response && error.response.code >= 400 && error.response.code < 500 ? 'missing' : 'network';
  }

  function hlsPlayer(on) {
    var base = onVideo(newVideo(), on);
    var stop = base.stop;
    var hls = null;
    var stopped = false;
    var recovered = false;

    function attach(url, from_s) {
      var settings = { startPosition: from_s > 0 ? from_s : -1 }, name;
      for (name in HLS_SETTINGS) { settings[name] = HLS_SETTINGS[name]; }
      hls = new window.Hls(settings);
      hls.on(window.Hls.Events.ERROR, function (event, error) {
        if (!error.fatal) { return; }
        if (error.type === 'mediaError' && !recovered) {
          recovered = true;
          hls.recoverMediaError();
          return;
        }
        on.failed(kindOf(error));
      });
      hls.loadSource(url);
      hls.attachMedia(base.video);
    }

    base.listen('canplay', function () { if (on.wanted()) { base.play(); } });
    base.load = function (url, from_s) {
      if (window.Hls) { attach(url, from_s); return; }
      nk.loadScript(nk.assets.hls, function (loaded) {
        if (stopped) { return; }
        if (!loaded || !window.Hls) { on.failed('network'); } else { attach(url, from_s); }
      });
    };
    base.stop = function () {
      stopped = true;
      if (hls) { hls.destroy(); }
      stop();
    };
    return base;
  }

  function hasOwnHls() {
    var video = document.createElement('video');
    return !!(video.canPlayType && video.canPlayType(HLS_TYPE));
  }

  // The engine's own HLS first: it decodes outside the page's memory. When it fails
  // on a playlist that is there, hls.js gets the next try.
  nk.playersHere = function (wanted) {
    var found = [];
    if (hasOwnHls()) { found.push({ name: 'native', make: nativePlayer }); }
    if (window.MediaSource || window.WebKitMediaSource) { found.push({ name: 'hls', make: hlsPlayer }); }
    return wanted ? found.filter(function (player) { return player.name === wanted; }) : found;
  };
}(window.nk));
