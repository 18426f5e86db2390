// One play: which seconds of the lesson were seen, and how long the box spent on it.
// Pure: it is told the position and a monotonic time, and returns events.
(function (nk) {
  'use strict';

  // A play that stood still this long is over; going on starts a new one.
  var STANDSTILL_MS = 30 * 60 * 1000;

  function hex(value, digits) {
    var text = Math.floor(value).toString(16);
    while (text.length < digits) { text = '0' + text; }
    return text;
  }

  function randomHex(digits) {
    var text = '';
    while (text.length < digits) { text += hex(Math.random() * 65536, 4); }
    return text.slice(0, digits);
  }

  // RFC 9562 UUIDv7: the time in front keeps the server's index narrow.
  nk.uuid7 = function (now_ms) {
    var time = hex(now_ms, 12);
    return [
      time.slice(0, 8), time.slice(8, 12), '7' + randomHex(3),
      hex(8 + Math.random() * 4, 1) + randomHex(3), randomHex(12)
    ].join('-');
  };

  function tenths(seconds) { return Math.round(seconds * 10) / 10; }

  // Did the head move from one sample to the next by playing, not by seeking?
  // Timers of a busy box come late, so up to a second of slack is playing.
  nk.playedOn = function (moved_s, passed_s, speed) {
    return moved_s > 0 && moved_s <= passed_s * speed * 1.5 + 1;
  };

  nk.startPlay = function (lesson, position_s, monotonic_ms, now_ms) {
    return {
      id: nk.uuid7(now_ms), lesson: lesson, seq: 0, watch_s: 0, speed: 1,
      position_s: position_s, from_s: tenths(position_s), spans: [],
      sampled_ms: monotonic_ms, moved_ms: monotonic_ms
    };
  };

  function closeSpan(play) {
    var end_s = tenths(play.position_s);
    if (end_s > play.from_s) { play.spans.push([play.from_s, end_s]); }
    play.from_s = end_s;
  }

  // A new position was seen; jumps end one range and start the next.
  nk.samplePlay = function (play, position_s, monotonic_ms) {
    var moved_s = position_s - play.position_s;
    var passed_s = (monotonic_ms - play.sampled_ms) / 1000;
    play.sampled_ms = monotonic_ms;
    if (moved_s === 0) { return; }
    if (nk.playedOn(moved_s, passed_s, play.speed)) {
      // A stall inside the sample is not watching.
      play.watch_s += Math.min(passed_s, moved_s / play.speed + 0.5);
      play.position_s = position_s;
    } else {
      closeSpan(play);
      play.position_s = position_s;
      play.from_s = tenths(position_s);
    }
    play.moved_ms = monotonic_ms;
  };

  nk.hasUnsent = function (play) {
    return play.spans.length > 0 || tenths(play.position_s) > play.from_s;
  };

  nk.standsStill = function (play, monotonic_ms) {
    return monotonic_ms - play.moved_ms > STANDSTILL_MS;
  };

  // What happened since the last event of this play. people: present in a village's hall.
  nk.eventOf = function (play, state, now_ms, people) {
    var event;
    closeSpan(play);
    event = {
      play: play.id, lesson: play.lesson, seq: play.seq, at: now_ms, spans: play.spans,
      watch_s: tenths(play.watch_s), position_s: tenths(play.position_s),
      speed: play.speed, state: state
    };
    if (people) { event.people = people; }
    play.spans = [];
    play.seq += 1;
    return event;
  };
}(window.nk));
