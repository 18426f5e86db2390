// hls.js, loaded only where it is needed: engines with Media Source. The light build has no code
// for further sound tracks; the full one, half as large again, comes for films that have some.
(function (nk) {
  'use strict';

  // hls.js's own settings keep 60 MB and an endless back buffer, which crash boxes.
  var HLS_SETTINGS = {
    maxBufferLength: 20, maxMaxBufferLength: 30, maxBufferSize: 8e6, backBufferLength: 10,
    // The smallest rung stands soonest; the others follow.
    startLevel: 0,
    enableWorker: false, capLevelToPlayerSize: true
  };

  var Full = null;

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

    function attach(Hls, url, from_s) {
      var settings = { startPosition: from_s > 0 ? from_s : -1 }, name;
      for (name in HLS_SETTINGS) { settings[name] = HLS_SETTINGS[name]; }
      hls = new Hls(settings);
      hls.on(Hls.Events.ERROR, function (event, error) {
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

    base.can.tracks = false;
    base.load = function (url, from_s, soundtracks) {
      var ready;
      base.can.tracks = soundtracks > 1;
      ready = base.can.tracks ? Full : window.Hls;
      if (ready) { attach(ready, url, from_s); return; }
      nk.needPart(base.can.tracks ? 'hls_full' : 'hls', function (loaded) {
        // Both builds call themselves window.Hls; whichever came last is that.
        if (base.can.tracks && loaded) { Full = Full || window.Hls; }
        if (stopped) { return; }
        // With a playlist that is there, the next way to play may do without hls.js.
        if (!loaded || !window.Hls) { nk.diagnose(url, on.failed); return; }
        attach(base.can.tracks ? Full : window.Hls, url, from_s);
      });
    };
    base.tracks = function () {
      return hls.audioTracks.map(function (track, n) {
        return { name: track.name, language: track.lang || null, on: n === hls.audioTrack };
      });
    };
    base.useTrack = function (wanted) { hls.audioTrack = wanted; };
    base.stop = function () {
      stopped = true;
      if (hls) { hls.destroy(); }
      stop();
    };
    return base;
  }

  nk.players.push({ name: 'hls', here: here, make: make });
}(window.nk));
