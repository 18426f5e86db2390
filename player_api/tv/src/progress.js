// How far this box got in each lesson: for watched marks and "go on here". The
// server knows better when it answers; this is what works with the line down.
(function (nk) {
  'use strict';

  var KEPT = 500;
  // Going on in the last seconds would show the end again and stop.
  var TAIL_S = 10;
  var STARTED_S = 5;
  var lessons = null; // {lesson id: [position_s, done 0|1, at_ms]}

  function load() {
    lessons = lessons || nk.box_store.read('progress') || {};
    return lessons;
  }

  function forgetOldest() {
    var ids = Object.keys(lessons);
    if (ids.length <= KEPT) { return; }
    ids.sort(function (a, b) { return lessons[b][2] - lessons[a][2]; });
    ids.slice(KEPT).forEach(function (id) { delete lessons[id]; });
  }

  // Near the end counts as done: nobody waits for the last words.
  nk.isDone = function (position_s, duration_s) {
    return duration_s > 0 && position_s >= duration_s * 0.9;
  };

  nk.keepProgress = function (lesson, position_s, duration_s, now_ms) {
    var was = load()[lesson];
    var done = nk.isDone(position_s, duration_s) || !!(was && was[1]);
    lessons[lesson] = [Math.round(position_s), done ? 1 : 0, now_ms + nk.clock_offset_ms];
    forgetOldest();
    nk.box_store.write('progress', lessons);
  };

  // Of each lesson the newer word counts; what was once finished stays so.
  nk.mergeProgress = function (theirs) {
    var changed = false, id, was;
    load();
    for (id in theirs) {
      was = lessons[id];
      if (!was || theirs[id][2] > was[2]) {
        lessons[id] = [theirs[id][0], theirs[id][1] || (was && was[1]) || 0, theirs[id][2]];
        changed = true;
      }
    }
    if (!changed) { return; }
    forgetOldest();
    nk.box_store.write('progress', lessons);
    nk.freshen();
  };

  nk.refreshProgress = function () {
    nk.askAsBox('GET', 'plays/progress', null, function (failure, answer) {
      if (!failure) { nk.mergeProgress(answer.lessons); }
    });
  };

  nk.progressOf = function (lesson) {
    var kept = load()[lesson];
    return kept ? { position_s: kept[0], done: !!kept[1], at_ms: kept[2] } : null;
  };

  // Where a lesson begins: what the box remembers is newer than what it told the server.
  nk.startAt_s = function (playback, lesson) {
    var seen = nk.progressOf(lesson);
    var at_s = seen ? seen.position_s : playback.resume_s;
    var over = nk.isDone(at_s, playback.duration_s) || at_s >= playback.duration_s - TAIL_S;
    return over || at_s < STARTED_S ? 0 : at_s;
  };

  // Where to go on in a course: the lesson touched last, or the one after it when
  // that is done; null when nothing was watched yet.
  nk.continueIn = function (course) {
    var last = -1, latest_ms = -1;
    course.lessons.forEach(function (lesson, at) {
      var seen = nk.progressOf(lesson.id);
      if (seen && seen.at_ms >= latest_ms) { last = at; latest_ms = seen.at_ms; }
    });
    if (last < 0) { return null; }
    if (!nk.progressOf(course.lessons[last].id).done) {
      return { at: last, position_s: nk.progressOf(course.lessons[last].id).position_s, finished: false };
    }
    if (last + 1 < course.lessons.length) { return { at: last + 1, position_s: 0, finished: false }; }
    return { at: 0, position_s: 0, finished: true };
  };

  // Less than this is a slip of the finger, not a start.
  nk.started = function (seen) { return !!seen && seen.position_s >= STARTED_S; };

  // "Lesson 3, 12:30", of what continueIn gives.
  nk.placeText = function (next) {
    if (next.finished) { return nk.t('watched'); }
    return nk.t(nk.started(next) ? 'place' : 'place_new', { n: next.at + 1, time: nk.playTime(next.position_s) });
  };

  nk.isFinished = function (course) {
    var next = nk.continueIn(course);
    return !!next && next.finished;
  };

  // The courses watched, the last one first.
  nk.watched = function (index) {
    var latest_ms = {};
    var id, place;
    load();
    for (id in lessons) {
      place = index.byLesson[id];
      if (place) {
        latest_ms[place.course.number] = Math.max(latest_ms[place.course.number] || 0, lessons[id][2]);
      }
    }
    return Object.keys(latest_ms).map(function (number) { return index.byNumber[number]; })
      .sort(function (a, b) { return latest_ms[b.number] - latest_ms[a.number]; });
  };

  // Those that were begun and not finished.
  nk.unfinished = function (index) {
    return nk.watched(index).filter(function (course) {
      var next = nk.continueIn(course);
      return !next.finished && (next.at > 0 || nk.started(next));
    });
  };
}(window.nk));
