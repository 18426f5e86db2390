// What may come a moment after the answer to a key, piece by piece: a quick box draws all of
// it in the next frame, a slow one a piece a frame, so that the next key waits for one only.
(function (nk) {
  'use strict';

  // For engines that don't tell when they draw, or not always.
  var FRAME_MS = 30, LONGEST_MS = 250;
  var SLICE_MS = 6;

  var pieces = [];
  var waiting = null; // the call that comes next; another one's comes in vain

  function afterFrame(act) {
    var draws = !!window.requestAnimationFrame;
    if (draws) { window.requestAnimationFrame(function () { setTimeout(act, 0); }); }
    setTimeout(act, draws ? LONGEST_MS : FRAME_MS);
  }

  function work() {
    var until_ms = nk.monotonic_ms() + SLICE_MS;
    var piece;
    while (pieces.length) {
      piece = pieces.shift();
      if (piece()) { pieces.unshift(piece); }
      if (nk.monotonic_ms() > until_ms) { return; }
    }
  }

  function wait() {
    var mine = waiting = function () {
      if (waiting !== mine) { return; }
      waiting = null;
      // One that breaks takes none of the others with it.
      try { work(); } finally { if (pieces.length) { wait(); } }
    };
    afterFrame(mine);
  }

  // piece() → true while it has more to do.
  nk.afterwards = function (piece) {
    pieces.push(piece);
    if (!waiting) { wait(); }
  };

  // Where nobody waits for a key: what stands is not taken away to come back piece by piece.
  nk.finishNow = function () {
    while (pieces.length) { work(); }
  };

  // They were for a screen that is gone.
  nk.dropAfterwards = function () {
    pieces = [];
    waiting = null;
  };
}(window.nk));
