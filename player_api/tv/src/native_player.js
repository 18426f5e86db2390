// The engine's own HLS: it decodes outside the page's memory.
(function (nk) {
  'use strict';

  var HLS_TYPE = 'application/vnd.apple.mpegurl';

  function here() {
    var video = document.createElement('video');
    return !!(video.canPlayType && video.canPlayType(HLS_TYPE));
  }

  // Chromium's own (142 and later) begins with the largest rung: 2.7 s to the picture at
  // 4 Mbit/s, where hls.js takes 0.9 s. Older ones hand the playlist to Android's player, and
  // one with sound tracks is a set's own.
  function slow() {
    var chromium = /Chrome\/(\d+)/.exec(navigator.userAgent || '');
    return !!chromium && +chromium[1] >= 142 && !('audioTracks' in document.createElement('video'));
  }

  function make(on) {
    var base = nk.videoPlayer(on);
    var start_s = 0;
    var source = '';
    base.listen('loadedmetadata', function () { if (start_s > 0) { base.seek(start_s); } });
    base.listen('error', function () { nk.diagnose(source, on.failed); });
    base.load = function (url, from_s) {
      start_s = from_s;
      source = url;
      base.video.src = url;
      base.video.load();
    };
    return base;
  }

  nk.players.push({ name: 'native', here: here, slow: slow, make: make });
}(window.nk));
