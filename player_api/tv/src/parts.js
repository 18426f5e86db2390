// What the page loads after its first screen stands: the player, the rarer screens. Each
// part is fetched once, in the idle time after the start, so that with the line down later
// everything is there.
(function (nk) {
  'use strict';

  var IDLE_MS = 1500;
  // Then the page goes on without: hls.js is eight times as large as the others.
  var MOST_MS = { hls: 45000, hls_full: 60000, watch: 15000, more: 15000 };

  var state = {}; // part → true when it is there, or those who wait for it
  var given_up = {}; // part → how often it did not come in time

  nk.assets = {};

  // Parts that have run: one that comes late, after it was asked for again, runs no second time.
  nk.ran = {};

  nk.addStyle = function (text) {
    var style = document.createElement('style');
    style.appendChild(document.createTextNode(text));
    document.getElementsByTagName('head')[0].appendChild(style);
  };

  // done(loaded, late); what was given up may come after all.
  nk.loadScript = function (url, most_ms, done) {
    var script = document.createElement('script');
    var timer = setTimeout(function () { done(false, true); }, most_ms);
    script.onload = function () { clearTimeout(timer); done(true); };
    script.onerror = function () { clearTimeout(timer); nk.remove(script); done(false); };
    script.src = url;
    document.body.appendChild(script);
  };

  nk.hasPart = function (name) { return !name || state[name] === true; };

  // The engine would have the next try wait for the one that hangs, were their addresses the same.
  function addressOf(name) {
    return nk.assets[name] + (given_up[name] ? '&again=' + given_up[name] : '');
  }

  // done(loaded); a part that did not come may be asked for again.
  nk.needPart = function (name, done) {
    var waiting = state[name];
    if (nk.hasPart(name)) { done(true); return; }
    if (waiting) { waiting.push(done); return; }
    waiting = state[name] = [done];
    nk.loadScript(addressOf(name), MOST_MS[name], function (loaded, late) {
      var mine = state[name] === waiting;
      if (late) { given_up[name] = (given_up[name] || 0) + 1; }
      // A try that was given up counts only when it comes.
      if (!mine && (!loaded || nk.hasPart(name))) { return; }
      waiting = state[name] || [];
      state[name] = loaded || null;
      waiting.forEach(function (call) { call(loaded); });
    });
  };

  // Those that are neither there nor on their way; one after the other, so that they don't
  // take the line from the pictures.
  nk.fetchParts = function (names) {
    var missing = names.filter(function (name) { return !state[name]; });
    if (!missing.length) { return; }
    setTimeout(function () {
      nk.needPart(missing[0], function () { nk.fetchParts(missing.slice(1)); });
    }, IDLE_MS);
  };
}(window.nk));
