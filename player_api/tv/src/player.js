// The player screen: the picture, what lies over it, and the keys.
(function (nk) {
  'use strict';

  var SHOW_MS = 5000;
  var TOAST_MS = 8000;
  var SEEK_SETTLE_MS = 800;
  var DRAW_MS = 250;
  var STORYBOARD_MS = 4000;
  var TURN_MS = 1000;

  nk.AGAIN_S = 30;

  nk.screens.player = function (page, lessonId) {
    var place = nk.index.byLesson[lessonId];
    if (!place) {
      nk.mark(nk.body, 'watching', false);
      return nk.goneScreen(page);
    }
    return playerScreen(page, place);
  };

  // A number that begins with 0 may be a course's: then 0 alone waits for what follows.
  function isZeroFree() {
    return !Object.keys(nk.index.byNumber).some(function (number) { return number.charAt(0) === '0'; });
  }

  function titleOf(place) {
    return place.course.lessons.length > 1
      ? place.course.title + ' · ' + (place.at + 1) + ' ' + place.lesson.title : place.course.title;
  }

  function playerScreen(page, place) {
    var layout = nk.layout.player;
    var closed = false;
    var chapters = [];
    var tracks = []; // captions
    var shown = false;
    var seek = null; // {to_s, presses, direction}
    var panel = null;
    var panelKind = '';
    var resumed = false; // "0 starts anew" is on the screen
    var timers = {};
    var countdown = null;
    var zeroFree = isZeroFree();
    var opened_ms = nk.monotonic_ms();
    var bar = nk.playerBar(page, titleOf(place), { seek: seekToShare, press: pressOk, move: showBar });
    var captions = nk.captionsOver(page);
    var toast = nk.make(page, 'toast', layout.toast);
    var toastWords = nk.make(toast, 'plate');
    var storyboard = nk.storyboard(bar.frame);
    var playing = nk.playing(place.lesson, {
      answered: answered, pictured: pictured, changed: changed, says: say, stopped: stopped,
      back: nk.closeDialog, ended: ended
    });
    var screen = { key: key, digit: digit, few: few, close: close, flush: playing.flush };

    function after(name, wait_ms, act) {
      clearTimeout(timers[name]);
      timers[name] = setTimeout(function () { if (!closed) { act(); } }, wait_ms);
    }

    // ---- what playing tells

    function answered(playback, at_s) {
      chapters = playback.chapters || [];
      tracks = playback.captions || [];
      storyboard.use(playback.storyboard);
      bar.mark(chapters, playback.duration_s);
      if (at_s > 0) {
        resumed = true;
        tell(nk.t('resumed', { time: nk.playTime(at_s) }));
      }
    }

    function pictured() {
      useCaptions();
      useTrack();
      changed();
      // Behind the first pictures, so that the first press has one.
      after('storyboard', STORYBOARD_MS, storyboard.fetch);
    }

    function changed() {
      if (!playing) { return; }
      nk.mark(page, 'curtain', !playing.running());
      draw();
    }

    function say(text) {
      nk.show(bar.message, !!text);
      nk.write(bar.message, text);
    }

    function stopped(kind) {
      closePanel();
      seek = null;
      shown = false;
      changed();
      nk.sayStopped(kind, function () { playing.again(null); });
    }

    function following() {
      var inHall = nk.hallNext && nk.index.byLesson[nk.hallNext(place.lesson.id)];
      return inHall ? inHall.lesson : place.course.lessons[place.at + 1];
    }

    function ended() {
      var next = following();
      closePanel();
      seek = null;
      shown = false;
      changed();
      if (next) {
        countdown = nk.offerNext(next, function () { nk.swap('#/play/' + next.id); }, nk.goBack);
      } else {
        nk.sayFinished(function () { playing.again(0); }, nk.goBack);
      }
    }

    // ---- what is seen over the picture

    function draw() {
      var at_s = seek ? seek.to_s : playing.position_s();
      var duration_s = playing.duration_s();
      var over = !panel && (shown || !!seek || !playing.wanted());
      if (over) {
        bar.draw(duration_s ? nk.clamp(at_s / duration_s, 0, 1) : 0, at_s, duration_s, seek && bubbleText(at_s));
        nk.keyHints(bar.keys, nk.t(seek ? 'keys_seeking' : playing.wanted() ? 'keys_playing' : 'keys_paused'));
        nk.write(bar.note, noteText(at_s));
      }
      nk.show(bar.badge, !playing.wanted() && !seek && !panel);
      nk.show(bar.panel, over);
      nk.show(bar.back, over);
      drawCaptions(over);
    }

    function drawCaptions(over) {
      var covered = seek || !playing.pictured() || (panel && !panel.left_px);
      captions.draw(covered ? null : playing.position_s(), over ? layout.captions_over_bar_px : layout.captions_px,
        panel ? panel.left_px - 2 * nk.layout.safe.left_px : nk.layout.safe.width_px);
    }

    function bubbleText(at_s) {
      var n = nk.chapterAt(chapters, at_s);
      return nk.playTime(at_s) + (n < 0 ? '' : '　' + (n + 1) + ' ' + chapters[n].title);
    }

    function noteText(at_s) {
      var n = nk.chapterAt(chapters, at_s);
      var people = nk.peopleHere ? nk.peopleHere() : 0;
      var chapter = n < 0 ? '' : nk.t('chapter', { n: n + 1, title: chapters[n].title });
      return people ? nk.t('people_here', { n: people }) + (chapter && '　' + chapter) : chapter;
    }

    function showBar() {
      shown = true;
      draw();
      after('hide', SHOW_MS, function () {
        shown = false;
        draw();
      });
    }

    function tell(text) {
      nk.write(toastWords, text);
      nk.show(toast, true);
      after('toast', TOAST_MS, quiet);
    }

    function quiet() {
      resumed = false;
      nk.show(toast, false);
    }

    // ---- captions and sound

    function chosenCaption() {
      return nk.captionsFor(tracks, nk.settings.captions, nk.box_store.read('captions'));
    }

    function useCaptions() { captions.use(chosenCaption()); }

    function chooseCaption(track) {
      if (track) { nk.box_store.write('captions', track.name); }
      nk.setSetting('captions', !!track);
      useCaptions();
      openSettings();
    }

    // The sound chosen last on this box, by its name: a village's language stays.
    function useTrack() {
      var wanted = nk.box_store.read('sound');
      playing.tracks().forEach(function (track, n) {
        if (track.name === wanted && !track.on) { playing.useTrack(n); }
      });
    }

    // Heard as soon as there is a picture, when there is none now.
    function chooseTrack(n, name) {
      nk.box_store.write('sound', name);
      playing.useTrack(n);
      openSettings();
    }

    function chooseSpeed(speed) {
      nk.setSetting('speed', speed);
      playing.setSpeed(speed);
      openSettings();
    }

    // ---- panels

    function closePanel() {
      if (panel) { panel.close(); }
      panel = null;
      draw();
    }

    // Opened again after a choice, the focus stays where it was.
    function open(kind, columns, focus) {
      if (panel && panelKind === kind) {
        // A player that starts anew has less to choose from.
        columns.forEach(function (column, c) { column.at = Math.min(panel.columns[c].at, column.rows.length - 1); });
        focus = panel.focus;
        focus.cell = Math.min(focus.cell, columns[focus.column].rows[columns[focus.column].at].cells.length - 1);
      }
      closePanel();
      quiet();
      panelKind = kind;
      panel = nk.openPanel(page, columns, focus, closePanel);
      draw();
    }

    function openLessons() {
      var columns = nk.lessonColumns(place, chapters, playing.position_s(), {
        play: function (lesson, isThis) {
          if (isThis) { closePanel(); } else { nk.swap('#/play/' + lesson.id); }
        },
        jump: jumpToChapter
      });
      open('lessons', columns, { column: columns.length - 1, cell: 0 });
    }

    function openSettings() {
      open('settings', nk.settingColumns({
        speed: playing.can('speed') ? nk.settings.speed : null,
        captions: nk.captionChoices(tracks), caption: nk.settings.captions ? chosenCaption() : null,
        tracks: playing.tracks()
      }, {
        again: again, fromStart: fromStart, speed: chooseSpeed, caption: chooseCaption, track: chooseTrack
      }), { column: 0, cell: 0 });
    }

    // ---- moving about in the lesson

    function pressOk() {
      if (panel) { return; }
      if (seek) { commitSeek(); return; }
      if (playing.ready()) { playing.toggle(); } else { tell(nk.t('still_loading')); }
      showBar();
    }

    function canSeek() {
      var no = !playing.known() ? 'still_loading' : playing.running() && !playing.can('seek') ? 'no_seek' : '';
      if (no) { tell(nk.t(no)); }
      return !no;
    }

    function moveSeek(direction) {
      var same = seek && seek.direction === direction;
      var from_s;
      if (!canSeek()) { return; }
      quiet();
      from_s = seek ? seek.to_s : playing.position_s();
      seek = { direction: direction, presses: same ? seek.presses + 1 : 1, to_s: 0 };
      seek.to_s = nk.clamp(from_s + direction * nk.seekStep_s(seek.presses), 0, Math.max(0, playing.duration_s() - 3));
      storyboard.draw(seek.to_s);
      showBar();
      after('seek', SEEK_SETTLE_MS, commitSeek);
    }

    function jump(to_s) {
      clearTimeout(timers.seek);
      seek = null;
      playing.seek(to_s);
      showBar();
    }

    // The lesson may have ended or stopped meanwhile.
    function commitSeek() { if (seek) { jump(seek.to_s); } }

    function seekToShare(share) {
      if (canSeek()) { jump(nk.clamp(share, 0, 1) * playing.duration_s()); }
    }

    function again() {
      closePanel();
      if (!canSeek()) { return; }
      jump(Math.max(0, playing.position_s() - nk.AGAIN_S));
      tell(nk.t('last_seconds', { s: nk.AGAIN_S }));
    }

    function fromStart() {
      closePanel();
      quiet();
      if (!playing.pictured() || canSeek()) { jump(0); }
    }

    function jumpToChapter(at) {
      closePanel();
      if (!canSeek()) { return; }
      jump(chapters[at].start_s);
      tell(nk.t('chapter', { n: at + 1, title: chapters[at].title }));
    }

    // Another lesson, without the way over the course. A key held down turns one a second.
    function turnTo(lesson, none) {
      if (nk.monotonic_ms() - opened_ms < TURN_MS) { return; }
      if (lesson) { nk.swap('#/play/' + lesson.id); } else { tell(nk.t(none)); }
    }

    // ---- keys

    // One or two digits that nothing follows: a chapter, or what 0 does.
    function few(digits) {
      var n = parseInt(digits, 10);
      if (!n) { return digits === '0' || chapters.length ? zero() : null; }
      return chapters.length ? { hint: nk.t('few_chapter', { n: n }), act: function () { goToChapter(n); } } : null;
    }

    function goToChapter(n) {
      if (n > chapters.length) { tell(nk.t('no_chapter', { n: chapters.length })); } else { jumpToChapter(n - 1); }
    }

    function zero() {
      return resumed ? { hint: nk.t('few_from_start'), act: fromStart }
        : { hint: nk.t('few_again', { s: nk.AGAIN_S }), act: again };
    }

    function digit(pressed) {
      if (pressed !== '0' || !zeroFree || nk.numberOpen() || nk.dialogOpen()) { return false; }
      // 0 held leads home, and the place must not be lost by it.
      nk.unlessHeld(function () { if (!closed && !nk.dialogOpen()) { zero().act(); } });
      return true;
    }

    // Back: first a panel, then an unfinished seek, then the player.
    function back() {
      if (panel) { closePanel(); return true; }
      if (!seek) { return false; }
      clearTimeout(timers.seek);
      seek = null;
      draw();
      return true;
    }

    function key(action) {
      if (action === 'back' || action === 'stop') {
        if (back()) { return true; }
        if (action === 'stop') { nk.goBack(); }
        return action === 'stop';
      }
      if (action === 'green') { again(); return true; }
      if (action === 'menu' && panel && panelKind === 'settings') { closePanel(); return true; }
      if (action === 'pause' && panel) { closePanel(); }
      if (panel) { panel.key(action); return true; }
      if (action === 'left' || action === 'rewind') { moveSeek(-1); }
      if (action === 'right' || action === 'forward') { moveSeek(1); }
      if (action === 'ok' || action === 'play_pause') { pressOk(); }
      if (action === 'play' && !playing.wanted()) { pressOk(); }
      if (action === 'pause' && playing.wanted()) { pressOk(); }
      if (action === 'up' || action === 'menu') { openSettings(); }
      if (action === 'down') { openLessons(); }
      if (action === 'page_up') { turnTo(place.course.lessons[place.at - 1], 'no_lesson_before'); }
      if (action === 'page_down') { turnTo(following(), 'no_lesson_after'); }
      return !/^(red|yellow|blue)$/.test(action);
    }

    function close() {
      closed = true;
      clearInterval(countdown);
      clearInterval(timers.draw);
      Object.keys(timers).forEach(function (name) { clearTimeout(timers[name]); });
      playing.close();
      nk.mark(nk.body, 'watching', false);
    }

    nk.mark(nk.body, 'watching', true);
    nk.show(toast, false);
    timers.draw = setInterval(draw, DRAW_MS);
    showBar();
    if (nk.askWhoWatches) { nk.askWhoWatches(place.course); }
    return screen;
  }

  // Where hls.js is the way to play, it comes before the first lesson is asked for.
  if (!window.Hls && (nk.playersHere(nk.startParameters.player)[0] || {}).name === 'hls') {
    nk.needPart('hls', function () { return; });
  }
}(window.nk));
