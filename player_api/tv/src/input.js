// One door for every key: nk.onKey(code, type). Tests and shells that cannot send
// a real key event (340, 461, 10009) call it too.
(function (nk) {
  'use strict';

  var SAME_PRESS_MS = 100;
  var profile = null;
  var last = { code: 0, type: '', at_ms: -1000, heard_ms: -1000, released: true };

  nk.useKeys = function (userAgent, wanted) {
    profile = nk.keyProfiles[nk.keyProfileFor(userAgent, wanted)];
  };

  // One box sends keydown and keypress for a press, another sends keydown twice.
  // A held key repeats, but no faster than the eye can follow.
  nk.isEcho = function (previous, code, type, at_ms) {
    if (type === 'keypress') { return at_ms - previous.heard_ms < SAME_PRESS_MS; }
    return at_ms - previous.at_ms < SAME_PRESS_MS && previous.code === code && previous.type === type && !previous.released;
  };

  // True when the page has used the key.
  nk.onKey = function (code, type) {
    var at_ms = nk.monotonic_ms();
    var action = profile[code];
    if (type === 'keyup') { last.released = true; return false; }
    // On a keyboard keypress carries characters: 37 is % there.
    if (nk.isEcho(last, code, type, at_ms)) {
      last.heard_ms = at_ms;
      return !!action;
    }
    last = { code: code, type: type, at_ms: at_ms, heard_ms: at_ms, released: false };
    if (!action) { return false; }
    nk.act(action);
    return true;
  };

  nk.monotonic_ms = function () {
    return window.performance && performance.now ? performance.now() : Date.now();
  };

  function listen(type) {
    document.addEventListener(type, function (event) {
      if (event.ctrlKey || event.altKey || event.metaKey) { return; }
      if (nk.onKey(event.keyCode || event.which, type)) {
        event.preventDefault();
        event.stopPropagation();
      }
    }, true);
  }

  nk.listenToKeys = function () {
    listen('keydown');
    listen('keypress');
    listen('keyup');
    document.addEventListener('wheel', function (event) {
      if (event.deltaY) { nk.onKey(event.deltaY > 0 ? 40 : 38, 'wheel'); }
    }, false);
  };
}(window.nk));
