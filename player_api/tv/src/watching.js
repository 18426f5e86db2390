// The link between a player and the outbox: samples the head, makes events at the
// server's cadence and at every turn of the play.
(function (nk) {
  'use strict';

  var SAMPLE_MS = 250;
  // A short play has to count soon: boxes are switched off at the wall.
  var EARLY_S = 4;
  var KEEP_MS = 5000;

  // position() → seconds, or null while there is no picture.
  nk.watch = function (lesson, duration_s, position) {
    var play = null;
    var state = 'playing';
    var speed = 1;
    var sent_ms = 0;
    var kept_ms = 0;
    var early = false;

    function now_ms() { return nk.monotonic_ms(); }

    function report(newState) {
      var event;
      if (!play) { return; }
      state = newState || state;
      event = nk.eventOf(play, state, Date.now(), nk.people ? nk.people() : 0);
      sent_ms = now_ms();
      nk.keepEvent(event);
      nk.keepProgress(lesson, play.position_s, duration_s, Date.now());
      nk.sendEvents();
    }

    function start(at_s) {
      play = nk.startPlay(lesson, at_s, now_ms(), Date.now());
      play.speed = speed;
      early = false;
      report('playing');
    }

    function sample() {
      var at_s = position();
      if (!play || at_s === null) { return; }
      if (nk.standsStill(play, now_ms()) && at_s !== play.position_s) {
        start(at_s);
        return;
      }
      nk.samplePlay(play, at_s, now_ms());
    }

    function beat() {
      sample();
      if (!play || state !== 'playing') { return; }
      // A power cut may come before the next event: the place is kept more often.
      if (now_ms() - kept_ms >= KEEP_MS) {
        kept_ms = now_ms();
        nk.keepProgress(lesson, play.position_s, duration_s, Date.now());
      }
      if (!early && play.watch_s >= EARLY_S) {
        early = true;
        report();
      } else if (now_ms() - sent_ms >= nk.beat_s * 1000) {
        report();
      }
    }

    var timer = setInterval(beat, SAMPLE_MS);

    return {
      started: function (at_s) {
        if (play) {
          if (state !== 'playing') { sample(); state = 'playing'; }
          return;
        }
        start(at_s);
      },
      // An event is of one speed: what was seen at the old one is told first.
      speed: function (wish) {
        if (play && wish !== speed) {
          sample();
          report();
        }
        speed = wish;
        if (play) { play.speed = wish; }
      },
      paused: function () { if (play && state === 'playing') { sample(); report('paused'); } },
      // Called before the head is moved: what was seen so far must not be lost in the jump.
      beforeSeek: function () { sample(); },
      afterSeek: function () { sample(); report(); },
      ended: function () {
        if (!play) { return; }
        sample();
        report('ended');
        play = null;
        early = false;
      },
      failed: function () { sample(); report('failed'); },
      // The page may be gone in a moment: keep first, then try to send.
      flush: function () { sample(); if (play && nk.hasUnsent(play)) { report(); } },
      close: function () {
        clearInterval(timer);
        sample();
        report(state === 'ended' ? 'ended' : 'stopped');
        play = null;
      }
    };
  };
}(window.nk));
