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
    while (pieces.length && nk.monotonic_ms() <= until_ms) { workOn(pieces[0]); }
  }

  // One that breaks takes none of the others with it.
  function workOn(piece) {
    var more = false;
    try { more = piece(); } finally {
      if (!more && pieces[0] === piece) { pieces.shift(); }
    }
  }

  function wait() {
    var mine = waiting = function () {
      if (waiting !== mine) { return; }
      waiting = null;
      try { work(); } finally { if (pieces.length) { wait(); } }
    };
    afterFrame(mine);
  }

  // piece() → true while it has more to do; one that waits already is not done twice.
  nk.afterwards = function (piece) {
    if (pieces.indexOf(piece) < 0) { pieces.push(piece); }
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
