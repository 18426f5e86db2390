// The playing of one lesson: from the playback answer to its end, through slow lines, lines
// that are down and engines that give up. What is seen of it is the player screen's part.
(function (nk) {
  'use strict';

  // How long a household waits before it is told; the limits of the BBC's TV players.
  nk.patience = {
    start_ms: 30000, stall_ms: 20000, lost_ms: 5000, slow_ms: 6000, first_probe_ms: 1000, probe_ms: 5000,
    answer_ms: 15000, // for what a playlist is asked of the server
    next_s: 8, // until the next lesson begins
    // Nobody wants to be sent back in the last minute.
    none_in_last_s: 60
  };

  // Sooner than this before the end, an end is a line that broke.
  var CUT_SHORT_S = 15;
  var PROGRESS_S = 2;
  var MOST_TRIES = 3;
  // An engine pauses before it tells of an error or a stall, too.
  var OWN_PAUSE_MS = 500;
  // WebKit may be stopped by a play() that meets a seek, and started by a seek in a pause: asked
  // again, it obeys.
  var OBEYS_MS = 3000;

  // on: answered(playback), pictured(), changed(), says(text or ''), stopped(kind), back(),
  // ended(). start_s: null for where this box stopped.
  nk.playing = function (lesson, on) {
    var patience = nk.patience;
    var engines = nk.playersHere(nk.startParameters.player);
    var engine = 0;
    var player = null;
    var playback = null;
    var duration_s = lesson.duration_s;
    var at_s = null; // the last place that is known: a failure goes on from there
    var speed = nk.settings.speed;
    var wanted = true; // false while paused by the viewer
    var asked_ms = 0; // when the player was last told to pause, play or seek
    var pictured = false;
    var closed = false;
    var waiting = false; // for the picture to move
    var broken = false; // this player goes on with what it has, and not beyond
    var lost = false; // the line is away, and this was said
    var halted = false; // stopped by a failure, and waits for the line
    var restarted = false; // once without asking, since the last picture
    var tried_s = -1; // where the line was lost last, and how often there
    var tries = 0;
    var wish_s = null; // where the viewer wants to be as soon as there is a picture
    var cut_s = -1; // where an end came too soon
    var failures = 0;
    var timers = {};
    var watching = nk.watch(lesson.id, duration_s, place);

    function place() {
      if (player && pictured) { at_s = player.position_s(); }
      return player && pictured ? at_s : null;
    }

    function after(name, wait_ms, act) {
      clearTimeout(timers[name]);
      timers[name] = setTimeout(function () { if (!closed) { act(); } }, wait_ms);
    }

    function stopTimers(names) {
      names.forEach(function (name) {
        clearTimeout(timers[name]);
        timers[name] = null;
      });
    }

    // ---- waiting

    function expectPicture(limit_ms) {
      waiting = true;
      if (!lost) { on.says(nk.t('loading')); }
      after('slow', patience.slow_ms, function () {
        if (!lost) { on.says(nk.t('slow')); }
        // Is it slow, or is it gone?
        lookAtLine(patience.probe_ms);
      });
      if (pictured && duration_s && at_s > duration_s - patience.none_in_last_s) {
        stopTimers(['limit']);
      } else {
        after('limit', limit_ms, giveUp);
      }
    }

    function gotPicture() {
      waiting = false;
      if (broken) { return; }
      stopTimers(['slow', 'limit', 'probe', 'lost']);
      lost = restarted = false;
      failures = 0;
      on.says('');
    }

    function dropPlayer() {
      place();
      if (player) { player.stop(); }
      player = null;
      pictured = false;
    }

    // A fresh connection helps where one hangs; the second time the viewer is told.
    function giveUp() {
      var mine = player;
      nk.diagnose(playback ? playback.playlist : nk.api + 'menu', function (kind) {
        if (closed || !waiting || player !== mine) { return; }
        if (kind !== 'decode') { stop(kind); return; }
        if (restarted) { stop('slow'); return; }
        restarted = true;
        startPlayer();
      });
    }

    // ---- failing

    function fail(kind) {
      place();
      stopTimers(['slow', 'limit']);
      // Its own decoder gave up on a playlist that is there: the next way to play.
      if (kind === 'decode' && engine + 1 < engines.length) {
        engine += 1;
        startPlayer();
      } else if (kind !== 'missing' && pictured && isProgress()) {
        // What it could decode so far it will decode on: a piece came broken or not at all.
        lineLost();
      } else {
        stop(kind);
      }
    }

    // A place that breaks again and again is told, not tried for ever.
    function isProgress() {
      tries = at_s > tried_s + PROGRESS_S || at_s < tried_s ? 1 : tries + 1;
      tried_s = at_s;
      return tries <= MOST_TRIES;
    }

    // In mid-play: what is in the buffer plays on, and most lines are back in a moment.
    function lineLost() {
      if (!wanted) { rest(); return; }
      broken = lost = true;
      on.says(nk.t('line_away'));
      lookAtLine(patience.first_probe_ms * tries * tries);
      waitForBuffer(at_s);
    }

    // Paused: OK starts anew, and nothing has to be said before.
    function rest() {
      stopTimers(['slow', 'limit', 'probe', 'lost']);
      dropPlayer();
      waiting = broken = lost = halted = false;
      on.says('');
      on.changed();
    }

    function waitForBuffer(was_s) {
      after('lost', patience.lost_ms, function () {
        if (!wanted) { rest(); return; }
        place();
        if (pictured && at_s > was_s + 1) { waitForBuffer(at_s); } else { stop('network'); }
      });
    }

    function stop(kind) {
      stopTimers(['slow', 'limit', 'probe', 'lost']);
      place();
      watching.failed();
      dropPlayer();
      waiting = lost = false;
      on.says('');
      on.stopped(kind);
      halted = kind !== 'missing' && kind !== 'decode';
      if (halted) { lookAtLine(patience.probe_ms * (kind === 'slow' ? 3 : 1)); }
    }

    // Nobody should have to press a key because the line was away for a minute.
    function lookAtLine(wait_ms) {
      after('probe', wait_ms, function () {
        var mine = timers.probe;
        // What was asked before the picture came, or before another look, says nothing any more.
        function isPast() { return closed || timers.probe !== mine; }

        ask(function (failure, retry_s) {
          if (isPast()) { return; }
          if (failure) { stillAway(failure, retry_s); return; }
          nk.diagnose(playback.playlist, function (kind) {
            if (isPast()) { return; }
            if (kind === 'network' || kind === 'server') {
              stillAway(kind, 0);
            } else if (lost || halted) {
              // It was away, and is back.
              on.back();
              startPlayer();
            }
          });
        });
      });
    }

    function stillAway(kind, retry_s) {
      failures += 1;
      if (kind === 'network' && player && !lost) {
        lost = true;
        on.says(nk.t('line_away'));
      }
      // A line that is back is used at once; a server in need is left in peace.
      lookAtLine(kind === 'network' ? patience.probe_ms
        : Math.max(patience.probe_ms, retry_s * 1000, nk.backoff_ms(failures + 2, Math.random())));
    }

    // By a key that the engine heard before the page, or another program's sound.
    function takeOwnPause() {
      if (!player || !pictured || waiting || broken || !wanted || !player.paused()) { return; }
      if (isAsked()) { player.play(); return; }
      wanted = false;
      on.changed();
    }

    function takeOwnPlay() {
      if (wanted || player.paused()) { return; }
      if (isAsked()) { player.pause(); } else { wanted = true; }
    }

    function isAsked() { return Date.now() - asked_ms < OBEYS_MS; }

    // ---- starting

    function begin() {
      wanted = true;
      halted = false;
      stopTimers(['probe', 'lost']);
      expectPicture(patience.start_ms);
      ask(function (failure) {
        if (failure) { stop(failure); } else { startPlayer(); }
      });
    }

    // done(kind of failure or null, seconds to wait). Playing never waits for an identity:
    // without one it starts all the same.
    function ask(done) {
      var url = nk.api + 'lessons/' + lesson.id + '/playback';
      nk.request(url, { token: nk.token() }, function (failure, answer) {
        if (closed) { return; }
        if (failure && failure.status === 401 && nk.token()) {
          nk.forgetBox();
          ask(done);
        } else if (failure) {
          done(nk.playbackFailure(failure), failure.retry_after_s || 0);
        } else {
          take(answer);
          done(null, 0);
        }
      });
    }

    function take(answer) {
      var first = !playback;
      playback = answer;
      duration_s = answer.duration_s || duration_s;
      if (at_s === null) { at_s = nk.startAt_s(answer, lesson.id); }
      if (first) { on.answered(answer, at_s); }
    }

    function startPlayer() {
      var mine;
      if (!wanted) { rest(); return; }
      stopTimers(['probe', 'lost']);
      dropPlayer();
      halted = false;
      if (!engines.length) { stop('decode'); return; }
      expectPicture(patience.start_ms);
      mine = player = engines[engine].make({
        wanted: function () { return wanted; },
        playing: function () {
          pictured = true;
          takeOwnPlay();
          if (wish_s !== null) { player.seek(wish_s); }
          wish_s = null;
          gotPicture();
          watching.started(place());
          on.pictured();
        },
        waiting: function () { if (pictured) { expectPicture(patience.stall_ms); } },
        paused: function () {
          if (wanted) { after('own_pause', OWN_PAUSE_MS, takeOwnPause); }
          stopTimers(['slow', 'limit']);
          waiting = false;
          on.says('');
          watching.paused();
        },
        refused: function () {
          pictured = true;
          wanted = false;
          gotPicture();
          on.changed();
        },
        ended: ended,
        // What was asked for a player that is gone says nothing of the next.
        failed: function (kind) { if (!closed && player === mine) { fail(kind); } }
      });
      broken = lost = false;
      wish_s = null;
      setSpeed(speed);
      player.load(playback.playlist, at_s, (playback.soundtracks || []).length);
      on.changed();
    }

    function ended() {
      place();
      // Some boxes take a broken line for the end.
      if (at_s > 0 && at_s < duration_s - CUT_SHORT_S && at_s > cut_s + 1) {
        cut_s = at_s;
        fail('network');
        return;
      }
      watching.ended();
      dropPlayer();
      broken = halted = false;
      gotPicture();
      at_s = 0;
      on.ended();
    }

    function can(what) { return !!(player && player.can[what]); }

    function setSpeed(wish) {
      if (can('speed')) { player.setSpeed(wish); }
      watching.speed(can('speed') ? wish : 1);
    }

    function hurry() { if (lost || halted) { lookAtLine(0); } }

    window.addEventListener('online', hurry, false);
    begin();
    return {
      running: function () { return !!player; },
      position_s: function () {
        place();
        return at_s || 0;
      },
      duration_s: function () { return duration_s; },
      pictured: function () { return pictured; },
      wanted: function () { return wanted; },
      can: can,
      toggle: function () {
        wanted = !wanted;
        asked_ms = Date.now();
        if (!wanted) { player.pause(); } else if (player) { player.play(); } else { begin(); }
      },
      // Is it known what there is to play?
      known: function () { return !!playback; },
      ready: function () { return pictured || (!wanted && !!playback); },
      seek: function (to_s) {
        at_s = to_s;
        if (!player) { return; }
        if (!pictured) { wish_s = to_s; return; }
        asked_ms = Date.now();
        watching.beforeSeek();
        player.seek(to_s);
        watching.afterSeek();
      },
      setSpeed: function (wish) {
        speed = wish;
        setSpeed(wish);
      },
      tracks: function () { return can('tracks') && pictured ? player.tracks() : []; },
      useTrack: function (n) { if (can('tracks') && pictured) { player.useTrack(n); } },
      // From there, and with the first way to play: as if newly opened.
      again: function (from_s) {
        if (from_s !== null) { at_s = from_s; }
        engine = 0;
        begin();
      },
      flush: watching.flush,
      close: function () {
        closed = true;
        stopTimers(Object.keys(timers));
        window.removeEventListener('online', hurry, false);
        watching.close();
        dropPlayer();
      }
    };
  };
}(window.nk));
