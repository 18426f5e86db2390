// What the page loads after its first screen stands: the player, the rarer screens. Each
// part is fetched once, in the idle time after the start, so that with the line down later
// everything is there.
(function (nk) {
  'use strict';

  var IDLE_MS = 1500;

  var state = {}; // part → true when it is there, or those who wait for it

  nk.assets = {};

  nk.addStyle = function (text) {
    var style = document.createElement('style');
    style.appendChild(document.createTextNode(text));
    document.getElementsByTagName('head')[0].appendChild(style);
  };

  nk.loadScript = function (url, done) {
    var script = document.createElement('script');
    script.onload = function () { done(true); };
    script.onerror = function () { nk.remove(script); done(false); };
    script.src = url;
    document.body.appendChild(script);
  };

  nk.hasPart = function (name) { return !name || state[name] === true; };

  // done(loaded); a part that did not come may be asked for again.
  nk.needPart = function (name, done) {
    var waiting = state[name];
    if (nk.hasPart(name)) { done(true); return; }
    if (waiting) { waiting.push(done); return; }
    waiting = state[name] = [done];
    nk.loadScript(nk.assets[name], function (loaded) {
      state[name] = loaded || null;
      waiting.forEach(function (call) { call(loaded); });
    });
  };

  // One after the other, so that they don't take the line from the pictures.
  nk.fetchParts = function (names) {
    if (!names.length) { return; }
    setTimeout(function () {
      nk.needPart(names[0], function () { nk.fetchParts(names.slice(1)); });
    }, IDLE_MS);
  };
}(window.nk));
