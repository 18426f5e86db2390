// The player screen: one lesson from the playback answer to its end.
(function (nk) {
  'use strict';

  var SHOW_MS = 5000;
  var SEEK_SETTLE_MS = 800;
  var START_LIMIT_MS = 30000;
  var STALL_LIMIT_MS = 20000;
  var SLOW_MS = 6000;
  var LINE_PROBE_MS = 5000;

  nk.screens.player = function (page, lessonId) {
    var place = nk.index.byLesson[lessonId];
    if (!place) {
      nk.mark(nk.body, 'watching', false);
      return nk.goneScreen(page);
    }
    return playerScreen(page, place);
  };

  function playerScreen(page, place) {
    var duration_s = place.lesson.duration_s;
    var closed = false;
    var playback = null;
    var engines = nk.playersHere(nk.startParameters.player);
    var engine = 0;
    var player = null;
    var wanted = true; // false while paused by the viewer
    var pictured = false;
    var shown = false;
    var raised = false; // shown because the viewer asked for it
    var seek = null; // {to_s, presses, direction}
    var timers = {};
    var countdown = null;
    var watching = nk.watch(place.lesson.id, duration_s, function () {
      return player && pictured ? player.position_s() : null;
    });
    var bar = nk.playerBar(page, title(), { seek: seekToShare, press: pressOk, move: showBar });

    function title() {
      var many = place.course.lessons.length > 1;
      return many ? place.course.title + ' · ' + (place.at + 1) + ' ' + place.lesson.title : place.course.title;
    }

    function after(name, wait_ms, act) {
      clearTimeout(timers[name]);
      timers[name] = setTimeout(function () { if (!closed) { act(); } }, wait_ms);
    }

    function stopTimer(name) { clearTimeout(timers[name]); }

    // ---- what is seen over the picture

    function keysNow() {
      if (seek) { return 'keys_seeking'; }
      if (!wanted) { return 'keys_paused'; }
      return raised ? 'keys_raised' : 'keys_playing';
    }

    function hideBar() {
      shown = false;
      raised = false;
      draw();
    }

    function draw() {
      var at_s = seek ? seek.to_s : player && pictured ? player.position_s() : 0;
      bar.draw(duration_s ? nk.clamp(at_s / duration_s, 0, 1) : 0, at_s, duration_s, !!seek);
      nk.write(bar.keys, nk.t(keysNow()));
      nk.show(bar.badge, !wanted);
      nk.show(bar.panel, shown || !!seek || !wanted);
      nk.show(bar.back, shown || !!seek || !wanted);
    }

    function showBar() {
      shown = true;
      draw();
      after('hide', SHOW_MS, hideBar);
    }

    function say(text) {
      nk.show(bar.message, !!text);
      nk.write(bar.message, text || '');
    }

    // ---- waiting and failing

    function expectPicture(limit_ms) {
      say(nk.t('loading'));
      after('slow', SLOW_MS, function () { say(nk.t('slow')); });
      after('limit', limit_ms, function () { fail('slow'); });
    }

    function gotPicture() {
      stopTimer('slow');
      stopTimer('limit');
      say('');
    }

    function dropPlayer() {
      nk.mark(page, 'curtain', true);
      if (player) { player.stop(); }
      player = null;
      pictured = false;
    }

    function fail(kind) {
      var from_s = player && pictured ? player.position_s() : null;
      gotPicture();
      // Its own decoder gave up on a playlist that is there: the next way to play.
      if (kind === 'decode' && engine + 1 < engines.length) {
        engine += 1;
        dropPlayer();
        startPlayer(from_s);
        return;
      }
      watching.failed();
      dropPlayer();
      seek = null;
      if (kind === 'network' || kind === 'slow') { goOnWhenBack(from_s); }
      nk.openDialog({
        title: nk.t('error_' + kind + '_title'), text: nk.t('error_' + kind + '_text'),
        buttons: [
          { label: nk.t('retry'), act: function () { retry(from_s); } },
          { label: nk.t('to_course'), act: nk.goBack }
        ],
        cancel: nk.goBack
      });
    }

    function retry(from_s) {
      stopTimer('back');
      engine = 0;
      begin(from_s);
    }

    // Nobody should have to press a key because the line was away for a minute.
    function goOnWhenBack(from_s) {
      after('back', LINE_PROBE_MS, function () {
        nk.diagnose(playback ? playback.playlist : nk.api + 'menu', function (kind) {
          if (closed || player || !nk.dialogOpen()) { return; }
          if (kind === 'network') { goOnWhenBack(from_s); return; }
          nk.closeDialog();
          retry(from_s);
        });
      });
    }

    // ---- starting

    function startPlayer(from_s) {
      if (!engines.length) { fail('decode'); return; }
      nk.mark(page, 'curtain', false);
      expectPicture(START_LIMIT_MS);
      player = engines[engine].make({
        wanted: function () { return wanted; },
        playing: function () {
          pictured = true;
          gotPicture();
          watching.started(player.position_s());
          draw();
        },
        waiting: function () { if (pictured) { expectPicture(STALL_LIMIT_MS); } },
        paused: function () { gotPicture(); watching.paused(); },
        refused: function () {
          pictured = true;
          wanted = false;
          gotPicture();
          draw();
        },
        ended: ended,
        failed: function (kind) { if (!closed) { fail(kind); } }
      });
      player.load(playback.playlist, from_s === null ? nk.startAt_s(playback, place.lesson.id) : from_s);
    }

    function begin(from_s) {
      wanted = true;
      expectPicture(START_LIMIT_MS);
      // Playing never waits for an identity: without one it starts all the same.
      nk.request(nk.api + 'lessons/' + place.lesson.id + '/playback', { token: nk.token() }, function (failure, answer) {
        if (closed) { return; }
        if (failure && failure.status === 401 && nk.token()) {
          nk.forgetBox();
          begin(from_s);
        } else if (failure) {
          fail(nk.playbackFailure(failure));
        } else {
          playback = answer;
          duration_s = answer.duration_s || duration_s;
          startPlayer(from_s);
        }
      });
    }

    // ---- the end

    function ended() {
      var next = place.course.lessons[place.at + 1];
      watching.ended();
      dropPlayer();
      gotPicture();
      shown = false;
      seek = null;
      draw();
      if (next) {
        countdown = nk.offerNext(next, function () { nk.swap('#/play/' + next.id); }, nk.goBack);
      } else {
        nk.sayFinished(function () { begin(0); }, nk.goBack);
      }
    }

    // ---- keys

    function pressOk() {
      if (seek) { commitSeek(); return; }
      if (!player || !pictured) { showBar(); return; }
      wanted = !wanted;
      if (wanted) { player.play(); } else { player.pause(); }
      showBar();
    }

    function moveSeek(direction) {
      var same = seek && seek.direction === direction;
      var from_s;
      if (!player || !pictured) { return; }
      from_s = seek ? seek.to_s : player.position_s();
      seek = { direction: direction, presses: same ? seek.presses + 1 : 1, to_s: 0 };
      seek.to_s = nk.clamp(from_s + direction * nk.seekStep_s(seek.presses), 0, Math.max(0, duration_s - 3));
      showBar();
      after('seek', SEEK_SETTLE_MS, commitSeek);
    }

    function commitSeek() {
      var to_s = seek.to_s;
      stopTimer('seek');
      seek = null;
      if (!player) { return; }
      watching.beforeSeek();
      player.seek(to_s);
      watching.afterSeek();
      showBar();
    }

    function seekToShare(share) {
      if (!player || !pictured) { return; }
      seek = { direction: 0, presses: 0, to_s: nk.clamp(share, 0, 1) * duration_s };
      commitSeek();
    }

    // Back: first an unfinished seek, then what the viewer called up, then the player.
    function back() {
      if (seek) {
        stopTimer('seek');
        seek = null;
        draw();
        return true;
      }
      if (raised && wanted) {
        hideBar();
        return true;
      }
      return false;
    }

    function key(action) {
      if (action === 'back' || action === 'stop') {
        if (back()) { return true; }
        if (action === 'stop') { nk.goBack(); return true; }
        return false;
      }
      if (action === 'left' || action === 'rewind') { moveSeek(-1); }
      if (action === 'right' || action === 'forward') { moveSeek(1); }
      if (action === 'ok' || action === 'play_pause') { pressOk(); }
      if (action === 'play' && !wanted) { pressOk(); }
      if (action === 'pause' && wanted) { pressOk(); }
      if (action === 'up' || action === 'down') { raised = true; showBar(); }
      return true;
    }

    function close() {
      closed = true;
      clearInterval(countdown);
      clearInterval(timers.draw);
      ['hide', 'seek', 'slow', 'limit', 'back'].forEach(stopTimer);
      watching.close();
      dropPlayer();
      nk.mark(nk.body, 'watching', false);
    }

    nk.mark(nk.body, 'watching', true);
    timers.draw = setInterval(function () { if (shown || !wanted) { draw(); } }, 250);
    showBar();
    begin(null);
    return { key: key, close: close, flush: watching.flush };
  }
}(window.nk));
