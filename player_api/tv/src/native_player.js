// The engine's own HLS: it decodes outside the page's memory.
(function (nk) {
  'use strict';

  var HLS_TYPE = 'application/vnd.apple.mpegurl';

  function here() {
    var video = document.createElement('video');
    return !!(video.canPlayType && video.canPlayType(HLS_TYPE));
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

  nk.players.push({ name: 'native', here: here, make: make });
}(window.nk));
