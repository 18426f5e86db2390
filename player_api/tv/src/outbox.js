// Events on their way to the server. Each is written to the store before it is sent
// and removed only when the server has answered for it, so a power cut loses nothing.
(function (nk) {
  'use strict';

  var MOST_EVENTS = 200;
  var MOST_BYTES = 60000; // the server takes 64 kB; the envelope needs some of it
  var MOST_KEPT = 5000;

  var range = null; // [first, next) of the keys ev.<n>
  var sending = false;
  var failures = 0;
  var timer = null;

  nk.beat_s = 60;
  // Of one power-on: a reload keeps it.
  nk.boot_id = nk.visit_store.read('boot') || nk.uuid7(Date.now());
  nk.visit_store.write('boot', nk.boot_id);

  function isRange(value) {
    return Array.isArray(value) && value.length === 2 && value[0] >= 0 && value[1] >= value[0] &&
      value[1] - value[0] <= 2 * MOST_KEPT;
  }

  function isEvent(value) { return !!value && typeof value.play === 'string'; }

  // After a power cut or on a worn-out store: whatever can still be read, numbered anew.
  function heal() {
    var keys = nk.box_store.keys('ev.').sort(function (a, b) { return a.slice(3) - b.slice(3); });
    var events = keys.map(nk.box_store.read).filter(isEvent).slice(-MOST_KEPT);
    keys.forEach(nk.box_store.remove);
    events.forEach(function (event, n) { nk.box_store.write('ev.' + n, event); });
    range = [0, events.length];
    saveRange();
  }

  function loadRange() {
    if (range) { return; }
    range = nk.box_store.read('ev');
    if (!isRange(range)) { heal(); }
    // An event is written before the range that tells of it.
    while (nk.box_store.read('ev.' + range[1])) { range[1] += 1; }
  }

  function saveRange() { nk.box_store.write('ev', range); }

  function drop(n) {
    nk.box_store.remove('ev.' + n);
    while (range[0] < range[1] && nk.box_store.read('ev.' + range[0]) === null) { range[0] += 1; }
    saveRange();
  }

  nk.keepEvent = function (event) {
    loadRange();
    // A full box gives up its oldest event rather than the page.
    if (range[1] - range[0] >= MOST_KEPT) { drop(range[0]); }
    event.boot = nk.boot_id;
    nk.box_store.write('ev.' + range[1], event);
    range[1] += 1;
    saveRange();
  };

  // The oldest events that fit one request: {keys, events}.
  nk.nextBatch = function (most_events) {
    var batch = { keys: [], events: [] };
    var unreadable = [];
    var size_bytes = 0, n, event;
    loadRange();
    for (n = range[0]; n < range[1] && batch.events.length < most_events; n += 1) {
      event = nk.box_store.read('ev.' + n);
      if (!isEvent(event)) { unreadable.push(n); continue; }
      if (event.boot === nk.boot_id) { delete event.boot; }
      size_bytes += JSON.stringify(event).length + 1;
      if (size_bytes > MOST_BYTES && batch.events.length) { break; }
      batch.keys.push(n);
      batch.events.push(event);
    }
    unreadable.forEach(drop);
    return batch;
  };

  nk.keptEvents = function () {
    loadRange();
    return range[1] - range[0];
  };

  function later(wait_ms) {
    clearTimeout(timer);
    timer = setTimeout(function () { nk.sendEvents(); }, wait_ms);
  }

  function answered(batch, answer) {
    failures = 0;
    // Accepted, unchanged and refused are all answers: none is sent again.
    batch.keys.forEach(drop);
    nk.beat_s = nk.clamp(answer.next_beat_s || 60, 5, 3600);
    if (range[0] < range[1]) { later(50); }
  }

  // A whole batch that the server will never take: find the bad event by halves.
  function split(batch) {
    if (batch.events.length > 1) { send(Math.ceil(batch.events.length / 2)); return; }
    batch.keys.forEach(drop);
    if (range[0] < range[1]) { later(50); }
  }

  function failed(batch, failure) {
    var lasting = failure.status >= 400 && failure.status < 500 &&
      failure.status !== 408 && failure.status !== 429;
    if (failure.status === 401) {
      nk.forgetBox();
      failures += 1;
      later(failures > 1 ? nk.backoff_ms(failures, Math.random()) : 50);
      return;
    }
    if (lasting && failure.status !== 403 && failure.status !== 404) { split(batch); return; }
    waitLonger(failure);
  }

  function waitLonger(failure) {
    failures += 1;
    later(Math.max(nk.backoff_ms(failures, Math.random()), (failure.retry_after_s || 0) * 1000));
  }

  function send(most_events) {
    var batch = nk.nextBatch(most_events);
    if (!batch.events.length) { return; }
    sending = true;
    nk.request(nk.api + 'events', {
      method: 'POST', token: nk.token(),
      body: { sent: Date.now(), boot: nk.boot_id, events: batch.events }
    }, function (failure, answer) {
      sending = false;
      if (failure) { failed(batch, failure); } else { answered(batch, answer); }
    });
  }

  nk.sendEvents = function () {
    if (sending) { later(1000); return; }
    loadRange();
    if (range[0] >= range[1]) { return; }
    sending = true;
    nk.introduceBox(function (failure) {
      sending = false;
      if (failure) { waitLonger(failure); } else { send(MOST_EVENTS); }
    });
  };

  // The line is back, or the viewer asked for something: no need to wait out the backoff.
  nk.hurryEvents = function () {
    failures = 0;
    nk.sendEvents();
  };
}(window.nk));
