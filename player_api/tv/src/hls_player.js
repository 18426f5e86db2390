// hls.js, the light build, loaded only where it is needed: engines with Media Source.
(function (nk) {
  'use strict';

  // hls.js's own settings keep 60 MB and an endless back buffer, which crash boxes.
  var HLS_SETTINGS = {
    maxBufferLength: 20, maxMaxBufferLength: 30, maxBufferSize: 8e6, backBufferLength: 10,
    // The smallest rung stands soonest; the others follow.
    startLevel: 0,
    enableWorker: false, capLevelToPlayerSize: true
  };

  function here() { return !!(window.MediaSource || window.WebKitMediaSource); }

  function kindOf(error) {
    if (error.type !== 'networkError') { return 'decode'; }
    return error.response && error.response.code >= 400 && error.response.code < 500 ? nk.refusal(error.response.code) : 'network';
  }

  function make(on) {
    var base = nk.videoPlayer(on);
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

    base.can.tracks = false; // the light build has no code for further sound tracks
    base.load = function (url, from_s) {
      if (window.Hls) { attach(url, from_s); return; }
      nk.needPart('hls', function (loaded) {
        if (stopped) { return; }
        // With a playlist that is there, the next way to play may do without hls.js.
        if (!loaded || !window.Hls) { nk.diagnose(url, on.failed); } else { attach(url, from_s); }
      });
    };
    base.stop = function () {
      stopped = true;
      if (hls) { hls.destroy(); }
      stop();
    };
    return base;
  }

  nk.players.push({ name: 'hls', here: here, make: make });
}(window.nk));
