// The android bridge of cable boxes: one object with calls, seconds, and events that come
// to window.onEvent.
(function (nk) {
  'use strict';

  var READY_MS = 1500;
  var AGAIN_MS = 200;
  var MOST_TRIES = 10;
  // Kinds of events; which one says that the window is ready depends on the box.
  var PREPARED = 0, FAILED = 1, COMPLETE = 2, READY = { 3: true, 10: true };

  function make(on) {
    var bridge = window.android;
    var id = null, ready = null;

    function hear(event) {
      var kind = Number(event.type);
      if (READY[kind] && ready) { ready(); }
      if (kind === PREPARED) { player.begun(); }
      if (kind === FAILED) { player.broken(); }
      if (kind === COMPLETE) { player.ended(); }
    }

    // The window may refuse for a moment: anything but 0 asks for another try.
    function begin(url, start_s, tries) {
      if (id === null) { return; }
      if (Number(bridge.play_urlVideo(id, url, Math.floor(start_s))) === 0) { return; }
      if (tries < MOST_TRIES) {
        setTimeout(function () { begin(url, start_s, tries + 1); }, AGAIN_MS);
      } else {
        player.broken();
      }
    }

    var player = nk.planePlayer(on, {
      load: function (url, start_s) {
        ready = function () {
          ready = null;
          begin(url, start_s, 1);
        };
        window.onEvent = hear;
        id = bridge.create_miniPlayer('0', '0', '1', '1'); // shares of the screen
        nk.attempt(function () { bridge.bringToForeground('web'); });
        setTimeout(function () { if (ready) { ready(); } }, READY_MS);
      },
      play: function () { bridge.go_on_play(id); },
      pause: function () { bridge.pause_miniPlayer(id); },
      seek: function (position_s) { bridge.miniPlayer_seekTo(id, Math.round(position_s)); },
      position_s: function () { return bridge.get_miniVideo_current(id); },
      duration_s: function () { return bridge.get_miniPlayer_duration(id); },
      stop: function () {
        var old = id;
        id = null;
        ready = null;
        window.onEvent = null;
        nk.attempt(function () { bridge.stop_miniPlayer(old); });
        nk.attempt(function () { bridge.destroy_miniPlayer(old); });
      }
    });
    return player;
  }

  function here() { return !!(window.android && window.android.create_miniPlayer && window.android.play_urlVideo); }

  nk.players.push({ name: 'android', here: here, make: make });
}(window.nk));
