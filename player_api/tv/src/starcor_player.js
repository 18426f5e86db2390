// The Starcor bridge: commands by exec(), numbers as text, times in milliseconds.
(function (nk) {
  'use strict';

  // Boxes tell when the window is ready; one that does not is asked to play all the same.
  var READY_MS = 1500;

  function exec() { return window.starcorExt.exec.apply(window.starcorExt, arguments); }

  function milliseconds(seconds) { return String(Math.round(seconds * 1000)); }

  function make(on) {
    var id = null, ready = null;
    var player = nk.planePlayer(on, {
      load: function (url, start_s) {
        function begin() {
          if (!ready) { return; }
          clearTimeout(ready);
          ready = null;
          exec('playVideoByUrl', id, url, milliseconds(start_s));
        }
        ready = setTimeout(begin, READY_MS);
        exec('bringWebToFront', '#00ffffff'); // a page that one sees through
        id = exec('creatPlayer', '0', '0', '1', '1'); // spelt so; shares of the screen
        exec('setOnPreparedListener', id, begin);
        exec('setOnErrorListener', id, function () { player.broken(); });
        exec('setOnCompleteListener', id, function () { player.ended(); });
      },
      play: function () { exec('play', id); },
      pause: function () { exec('pause', id); },
      seek: function (position_s) { exec('seekTo', id, milliseconds(position_s)); },
      position_s: function () { return exec('getCurrentPosition', id) / 1000; },
      duration_s: function () { return exec('getDuration', id) / 1000; },
      stop: function () {
        clearTimeout(ready);
        ready = null;
        nk.attempt(function () { exec('stop', id); });
        nk.attempt(function () { exec('destroy', id); });
      }
    });
    return player;
  }

  function here() { return !!(window.starcorExt && window.starcorExt.exec); }

  nk.players.push({ name: 'starcor', here: here, make: make });
}(window.nk));
