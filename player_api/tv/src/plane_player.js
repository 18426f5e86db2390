// What the players of boxes have in common: the picture lies on a plane of its own behind
// the page, and the box tells little, so the position is asked for twice a second.
(function (nk) {
  'use strict';

  var POLL_MS = 500;
  // Many boxes tell whole seconds: two polls may be alike, four are a stall.
  var STILL_POLLS = 4;
  var NEAR_END_S = 2;
  var SEEK_SETTLES_MS = 4000;
  var JUDGED_FROM_S = 4;

  // Bridges tell numbers as text, and nothing before the first picture.
  nk.numberFrom = function (text) {
    var number = parseFloat(text);
    return number > 0 ? number : 0;
  };

  // A box's player knows nothing of the page's address.
  nk.wholeAddress = function (address) {
    var link = document.createElement('a');
    link.href = address;
    return link.href;
  };

  // box: what the box's object can do, as {load(url, start_s), play(), pause(), seek(s),
  // position_s(), duration_s(), stop()}. It tells begun(), ended() and broken() where it can.
  nk.planePlayer = function (on, box) {
    var source = '';
    var over = false;
    var paused = false;
    var moving = false;
    var begun = false;
    var still = 0;
    var last_s = null;
    var sought = null; // {from_s, to_s, moved_ms}
    var polling = null;

    function told(moves) {
      if (over || paused || moves === moving) { return; }
      moving = moves;
      begun = begun || moves;
      if (moves) { on.playing(); } else { on.waiting(); }
    }

    function ended() {
      if (over) { return; }
      close();
      on.ended();
    }

    // Some boxes take the call and play on where they were: from the first movement on, is
    // the picture nearer to the goal, or to where it would have come by itself?
    function judgeSeek(at_s) {
      var now_ms = nk.monotonic_ms();
      var passed_ms;
      if (!sought) { return; }
      sought.moved_ms = sought.moved_ms || now_ms;
      passed_ms = now_ms - sought.moved_ms;
      if (Math.abs(at_s - sought.to_s) <= Math.abs(at_s - sought.from_s - passed_ms / 1000)) {
        sought = null;
      } else if (passed_ms > SEEK_SETTLES_MS) {
        sought = null;
        player.can.seek = false;
      }
    }

    // Next to nothing to go tells nothing.
    function seekFrom(from_s, to_s) {
      sought = Math.abs(to_s - from_s) < JUDGED_FROM_S ? null : { from_s: from_s, to_s: to_s, moved_ms: 0 };
    }

    function poll() {
      var at_s = player.position_s(), duration_s = player.duration_s();
      if (over || paused) { return; }
      still = at_s === last_s ? still + 1 : 0;
      if (at_s > 0 && last_s !== null && !still) {
        told(true);
        judgeSeek(at_s);
      }
      if (still >= STILL_POLLS) {
        if (duration_s && at_s > duration_s - NEAR_END_S) { ended(); } else if (moving) { told(false); }
      }
      last_s = at_s;
    }

    function close() {
      over = true;
      clearInterval(polling);
    }

    var player = {
      can: { seek: true, speed: false, tracks: false },
      load: function (url, start_s) {
        source = nk.wholeAddress(url);
        seekFrom(0, start_s);
        nk.mark(document.documentElement, 'plane', true);
        // A call that the box lacks: the next player gets its try.
        try { box.load(source, start_s); } catch (broken) { player.broken(); return; }
        polling = setInterval(poll, POLL_MS);
      },
      play: function () {
        paused = false;
        still = 0;
        nk.attempt(box.play);
      },
      pause: function () {
        paused = true;
        moving = false;
        nk.attempt(box.pause);
        on.paused();
      },
      paused: function () { return paused; },
      seek: function (position_s) {
        still = 0;
        seekFrom(player.position_s(), position_s);
        nk.attempt(function () { box.seek(position_s); });
      },
      position_s: function () { return nk.numberFrom(nk.attempt(box.position_s)); },
      duration_s: function () { return nk.numberFrom(nk.attempt(box.duration_s)); },
      setSpeed: function () { return; },
      tracks: function () { return []; },
      useTrack: function () { return; },
      stop: function () {
        close();
        nk.attempt(box.stop);
        nk.mark(document.documentElement, 'plane', false);
      },
      begun: function () { if (on.wanted()) { told(true); } },
      // One box says so when its window opens, too.
      ended: function () { if (begun) { ended(); } },
      broken: function () {
        if (over) { return; }
        close();
        nk.diagnose(source, on.failed);
      }
    };
    return player;
  };
}(window.nk));
