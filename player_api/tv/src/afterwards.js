// What may come a moment after the answer to a key, piece by piece: a quick box draws all of
// it in the next frame, a slow one a piece a frame, so that the next key waits for one only.
(function (nk) {
  'use strict';

  // For engines that don't tell when they draw.
  var FRAME_MS = 30;
  var SLICE_MS = 6;

  var pieces = [];
  var waiting = null; // the call that comes next; another one's comes in vain

  function afterFrame(act) {
    if (window.requestAnimationFrame) {
      window.requestAnimationFrame(function () { setTimeout(act, 0); });
    } else {
      setTimeout(act, FRAME_MS);
    }
  }

  function work() {
    var until_ms = nk.monotonic_ms() + SLICE_MS;
    do {
      if (!pieces[0]()) { pieces.shift(); }
    } while (pieces.length && nk.monotonic_ms() < until_ms);
  }

  function wait() {
    var mine = waiting = function () {
      if (waiting !== mine) { return; }
      waiting = null;
      work();
      if (pieces.length) { wait(); }
    };
    afterFrame(mine);
  }

  // piece() → true while it has more to do.
  nk.afterwards = function (piece) {
    pieces.push(piece);
    if (!waiting) { wait(); }
  };

  // They were for a screen that is gone.
  nk.dropAfterwards = function () {
    pieces = [];
    waiting = null;
  };
}(window.nk));
