// Wishes on their way to the server: a setting, a favourite. Of each name the newest is kept
// in the box's store until the server has accepted it, so neither a reload nor a line that is
// down loses one.
(function (nk) {
  'use strict';

  var kept = null; // {name: {method, path, body}}, oldest first
  var sending = false;
  var failures = 0;
  var timer = null;

  // Asks as this box; a token that has become worthless is renewed once.
  // done(failure, answer).
  nk.askAsBox = function (method, path, body, done, again) {
    nk.introduceBox(function (refused) {
      if (refused) { done(refused); return; }
      nk.request(nk.api + path, { method: method, body: body, token: nk.token() }, function (failure, answer) {
        if (failure && failure.status === 401 && !again) {
          nk.forgetBox();
          nk.askAsBox(method, path, body, done, true);
        } else {
          done(failure, answer);
        }
      });
    });
  };

  function load() {
    kept = kept || nk.box_store.read('errands') || {};
    return kept;
  }

  nk.hasErrand = function (name) { return !!load()[name]; };

  nk.errand = function (name, method, path, body) {
    if (nk.preview) { return; }
    delete load()[name];
    kept[name] = { method: method, path: path, body: body || null };
    nk.box_store.write('errands', kept);
    nk.runErrands();
  };

  function answered(name, errand, failure) {
    // 4xx: the server will never take it. Not so 401, 408, 429, and 403 of a box that may
    // be let in again.
    var later = failure && (failure.status < 400 || failure.status > 499 ||
      /^(401|403|408|429)$/.test(failure.status));
    sending = false;
    failures = later ? failures + 1 : 0;
    // A newer wish of the same name may have come in the meantime.
    if (kept[name] === errand) {
      delete kept[name];
      // One that the server does not take now is no reason for the others to wait.
      if (later) { kept[name] = errand; }
      nk.box_store.write('errands', kept);
    }
    if (later) {
      timer = setTimeout(run, Math.max(nk.backoff_ms(failures, Math.random()), (failure.retry_after_s || 0) * 1000));
    } else {
      run();
    }
  }

  function run() {
    var name = Object.keys(load())[0];
    var errand = kept[name];
    clearTimeout(timer);
    if (!errand || sending) { return; }
    sending = true;
    nk.askAsBox(errand.method, errand.path, errand.body, function (failure) { answered(name, errand, failure); });
  }

  // At once: the page has just opened, or the line is back.
  nk.runErrands = function () {
    failures = 0;
    run();
  };
}(window.nk));
