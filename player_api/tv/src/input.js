// One door for every key: nk.onKey(code, type, name). Tests and shells that cannot send a
// real key event (340, 461, 10009) call it too.
(function (nk) {
  'use strict';

  var SAME_PRESS_MS = 100;
  // A key that has not come up for so long was let go unheard.
  var FORGOTTEN_MS = 1500;
  // Boxes that never say when a key comes up: repeats of a held key come faster than this.
  var REPEAT_MS = 200;
  var HOLD_MS = 1000;
  // An engine that takes longer than a frame for a move has no time for gliding.
  var GLIDES_MS = 16;
  // No key: a box's word on its player (CTC), whatever its remote.
  var BOX_EVENT = 768;
  var REPEATS = /^(up|down|left|right|page_up|page_down|forward|rewind)$/;

  var profile = {};
  // up: it has come up since; ended_ms: when its work was done; heard_ms: its last sign.
  var last = { code: -1, type: '', up: true, repeats: 0, ended_ms: -1e6, heard_ms: -1e6 };
  var tellsUp = false; // this box says when a key comes up
  var holding = null; // the time that tells a hold from a press
  var unlessHeld = []; // what waits for it
  var strange = 0; // unknown keys in a row
  var wheeled_ms = -1e6;

  // Gives the profile that held until now.
  nk.useKeys = function (codes) {
    var before = profile;
    profile = codes;
    return before;
  };

  // While it is there it takes every key as it comes: takeRawKey(code).
  nk.takeRawKey = null;

  // One box sends keydown and keypress for a press, another sends keydown twice.
  function isEcho(code, type, at_ms) {
    // On a keyboard keypress carries characters: 37 is % there.
    if (type === 'keypress' && last.type !== type) { return at_ms - last.heard_ms < SAME_PRESS_MS; }
    // Counted from the end of the last key's work: on a slow box the repeats of a held key
    // queue up, and would go on long after the finger is gone.
    return code === last.code && !last.up && at_ms - last.ended_ms < SAME_PRESS_MS;
  }

  function isRepeat(code, type, at_ms) {
    return code === last.code && type === last.type && !last.up &&
      at_ms - last.heard_ms < (tellsUp ? FORGOTTEN_MS : REPEAT_MS);
  }

  // 0 held leads home from everywhere.
  function watchHold(action) {
    if (action !== '0' || holding) { return; }
    holding = setTimeout(function () {
      if (!tellsUp && !last.repeats) { endHold(); return; }
      holding = null;
      unlessHeld = [];
      nk.act('home');
    }, HOLD_MS);
  }

  // It was a press.
  function endHold() {
    var acts = unlessHeld;
    clearTimeout(holding);
    holding = null;
    unlessHeld = [];
    acts.forEach(function (act) { act(); });
  }

  // For what 0 must not do when it is held: done as soon as it comes up, or another key goes
  // down; boxes that tell neither wait for the time of a hold.
  nk.unlessHeld = function (act) {
    if (holding) { unlessHeld.push(act); } else { act(); }
  };

  function workOf(action, code) {
    if (nk.takeRawKey) { nk.takeRawKey(code); return true; }
    if (action === 'none') { return false; }
    strange = action ? 0 : strange + 1;
    if (!action) { nk.unknownKey(code, strange); return false; }
    // Where no key is heard coming up, the second 0 may be the first repeat of one that is held.
    if (tellsUp || action !== '0') { endHold(); }
    watchHold(action);
    nk.act(action);
    return true;
  }

  // True when the page has used the key.
  nk.onKey = function (code, type, name) {
    var at_ms = nk.monotonic_ms();
    var action = nk.keyNames[name] || (/^\d$/.test(name) ? name : profile[code]);
    var used = !!action && action !== 'none';
    var repeat;
    if (type === 'keyup') {
      tellsUp = true;
      last.up = true;
      endHold();
      return false;
    }
    if (code === BOX_EVENT) { nk.boxEvent(); return true; }
    repeat = isRepeat(code, type, at_ms);
    if (repeat) { last.repeats += 1; }
    if (isEcho(code, type, at_ms)) {
      last.heard_ms = at_ms;
      return used;
    }
    last.heard_ms = at_ms;
    // OK held must not pause and play, Back held must not leave.
    if (repeat && (nk.takeRawKey || !REPEATS.test(action))) { return used; }
    last = { code: code, type: type, up: false, repeats: repeat ? last.repeats : 0, heard_ms: at_ms };
    used = workOf(action, code);
    last.ended_ms = nk.monotonic_ms();
    last.heard_ms = last.ended_ms;
    if (REPEATS.test(action) && last.ended_ms - at_ms > GLIDES_MS) { nk.mark(nk.stage, 'smooth', false); }
    return used;
  };

  nk.monotonic_ms = function () {
    return window.performance && performance.now ? performance.now() : Date.now();
  };

  // The picture of the remote comes with the rarer screens.
  nk.unknownKey = function (code, inARow) {
    if (nk.index) {
      nk.needPart('more', function (loaded) { if (loaded) { nk.showRemote(code, inARow); } });
    }
  };

  function hear(event, type) {
    if (event.ctrlKey || event.altKey || event.metaKey) { return; }
    if (nk.onKey(event.keyCode || event.which, type)) {
      event.preventDefault();
      event.stopPropagation();
    }
  }

  nk.listenToKeys = function () {
    ['keydown', 'keypress', 'keyup'].forEach(function (type) {
      document.addEventListener(type, function (event) { hear(event, type); }, true);
    });
    // Boxes with an infrared event of their own.
    document.onirkeypress = function (event) { hear(event, 'keypress'); };
    document.addEventListener('wheel', function (event) {
      var at_ms = nk.monotonic_ms();
      if (!event.deltaY || at_ms - wheeled_ms < SAME_PRESS_MS) { return; }
      wheeled_ms = at_ms;
      nk.act(event.deltaY > 0 ? 'down' : 'up');
    }, false);
  };
}(window.nk));
