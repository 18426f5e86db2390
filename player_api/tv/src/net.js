// JSON over XMLHttpRequest. A failure is {kind: 'network' | 'http', status, code}. Whether the
// line is up is learned from every request on the way.
(function (nk) {
  'use strict';

  nk.api = '/api/player/v1/';
  nk.clock_offset_ms = 0;
  nk.lineDown = false;

  function parsed(text) {
    try { return JSON.parse(text); } catch (notJson) { return null; }
  }

  // Boxes start with wrong clocks; the shown time then follows the server. A small
  // difference may come from a cached answer and is left alone.
  var CLOCK_TRUST_MS = 120000;
  var DAY_MS = 86400000;

  var clockKnown = false;
  var seen_ms = nk.box_store.read('seen_ms') || 0;

  function learnClock(request) {
    var server_ms = Date.parse(request.getResponseHeader('Date') || '');
    var off_ms = server_ms - Date.now();
    var was_ms = nk.now_ms();
    if (!server_ms) { return; }
    clockKnown = true;
    nk.clock_offset_ms = Math.abs(off_ms) > CLOCK_TRUST_MS ? off_ms : 0;
    if (server_ms > was_ms + DAY_MS || !seen_ms) {
      seen_ms = server_ms;
      nk.box_store.write('seen_ms', seen_ms);
    }
    // The season may be another one now.
    if (Math.abs(server_ms - was_ms) > DAY_MS) { nk.freshen(); }
  }

  // Time by the server's clock. A box that starts in 1970 is at least where it was last.
  nk.now_ms = function () {
    return clockKnown ? Date.now() + nk.clock_offset_ms : Math.max(Date.now(), seen_ms);
  };

  // The browser's cache may answer with the line down, but never what was sent.
  function knowLine(options, failure) {
    var down = !!failure && failure.kind === 'network';
    if (down !== nk.lineDown && (down || options.live || options.body)) { nk.lineDown = down; nk.lineChanged(); }
  }

  function retryAfter_s(request) {
    return parseInt(request.getResponseHeader('Retry-After'), 10) || 0;
  }

  // options: {method, body, token, etag, live, timeout_ms}; `live` is asked of no cache; done(failure, answer, etag). With an etag
  // a document that is still the same comes as null.
  nk.request = function (url, options, done) {
    var request = new XMLHttpRequest();
    var over = false;
    var timer = null;

    // A large answer on a thin line takes its time: only a line that brings nothing more is
    // given up. XMLHttpRequest.timeout is missing in the oldest engines.
    function wait() {
      clearTimeout(timer);
      if (over) { return; }
      timer = setTimeout(function () {
        finish({ kind: 'network', status: 0, code: 'timeout' });
        request.abort();
      }, options.timeout_ms || 15000);
    }

    function finish(failure, answer) {
      if (over) { return; }
      over = true;
      clearTimeout(timer);
      knowLine(options, failure);
      done(failure, answer, failure ? null : request.getResponseHeader('ETag'));
    }

    request.onprogress = wait;
    request.onreadystatechange = function () {
      var answer;
      if (request.readyState !== 4) { return; }
      if (!request.status) {
        finish({ kind: 'network', status: 0, code: 'unreachable' });
        return;
      }
      answer = parsed(request.responseText);
      if (request.status === 304 || request.status === 204 || (request.status < 300 && answer)) {
        learnClock(request);
        finish(null, answer);
      } else {
        finish({
          kind: 'http', status: request.status, code: (answer && answer.code) || 'unknown',
          retry_after_s: retryAfter_s(request)
        });
      }
    };
    request.open(options.method || 'GET', url, true);
    if (options.token) { request.setRequestHeader('Authorization', 'Bearer ' + options.token); }
    if (options.etag) { request.setRequestHeader('If-None-Match', options.etag); }
    if (options.body) { request.setRequestHeader('Content-Type', 'application/json'); }
    wait();
    request.send(options.body ? JSON.stringify(options.body) : null);
    return request;
  };

  // Portals write GBK, or a lone %: what is no UTF-8 stays as it came.
  function decoded(text) {
    try { return decodeURIComponent(text); } catch (notUtf8) { return text; }
  }

  nk.parameters = function (search) {
    var found = {};
    (search || '').replace(/[?&]([^=&]+)=([^&]*)/g, function (whole, name, value) {
      found[decoded(name)] = decoded(value.replace(/\+/g, ' '));
    });
    return found;
  };

  // Doubling waits from 2 s to 5 min; jitter keeps thousands of boxes from
  // coming back in the same second after an outage.
  nk.backoff_ms = function (failures, random) {
    var most_ms = Math.min(300000, 1000 * Math.pow(2, Math.min(failures, 9)));
    return Math.round(most_ms * (0.5 + random / 2));
  };
}(window.nk));
