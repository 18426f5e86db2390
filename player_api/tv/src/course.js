// A course: what it is, one big button that does the right thing, its lessons.
(function (nk) {
  'use strict';

  function buttonLabel(course, next) {
    if (next && next.finished) { return nk.t('play_again'); }
    if (next) { return nk.t('resume_lesson', { n: next.at + 1 }); }
    return course.lessons.length > 1 ? nk.t('play_lesson', { n: 1 }) : nk.t('play');
  }

  function lessonMark(lesson) {
    var seen = nk.progressOf(lesson.id);
    if (seen && seen.done) { return nk.t('watched'); }
    if (seen && seen.position_s >= 5) { return nk.t('watched_to', { time: nk.playTime(seen.position_s) }); }
    return nk.playTime(lesson.duration_s);
  }

  function drawWords(page, course) {
    var words = nk.make(page, 'words', nk.layout.course.words);
    nk.make(words, 'course-title', null, course.title);
    nk.make(words, 'course-summary', null, course.summary);
  }

  function drawFacts(page, course) {
    var facts = nk.make(page, 'facts', nk.layout.course.facts);
    if (course.teacher) { nk.make(facts, 'fact', null, nk.t('teacher', { name: course.teacher })); }
    if (course.lessons.length) {
      nk.make(facts, 'fact', null, nk.t('lessons_total', {
        n: course.lessons.length, length: nk.spokenTime(nk.duration_s(course))
      }));
    }
    (course.tags || []).slice(0, 3).forEach(function (tag) { nk.make(facts, 'tag', null, tag); });
  }

  function drawLesson(list, course, at, press) {
    var layout = nk.layout.course;
    var lesson = course.lessons[at];
    var seen = nk.progressOf(lesson.id);
    var node = nk.button(list, 'lesson' + (seen && seen.done ? ' done' : ''), [
      8, 6 + at * layout.lesson_pitch_px, layout.list[2] - 16, layout.lesson_height_px
    ], null, function () { press(at); });
    nk.make(node, 'lesson-number', [16, 0, 48, layout.lesson_height_px], String(at + 1));
    nk.make(node, 'lesson-title', [70, 0, 346, layout.lesson_height_px], lesson.title);
    nk.make(node, 'lesson-mark', [424, 0, 164, layout.lesson_height_px], lessonMark(lesson));
    return node;
  }

  nk.screens.course = function (page, number, memory) {
    var layout = nk.layout.course;
    var course = nk.index.byNumber[number];
    var next, button, list, roll, rows;

    if (!course) { return nk.goneScreen(page); }
    next = nk.continueIn(course);

    function play(at) { nk.go('#/play/' + course.lessons[at].id); }

    function drawList() {
      var range = nk.cellWindow(memory.first, course.lessons.length, layout.lessons_visible, 1);
      var at;
      nk.empty(roll);
      rows = {};
      for (at = range[0]; at < range[1]; at += 1) { rows[at] = drawLesson(roll, course, at, pressLesson); }
      roll.style.top = -memory.first * layout.lesson_pitch_px + 'px';
    }

    function draw() {
      var at;
      memory.first = nk.scrollTo(memory.first || 0, memory.lesson, course.lessons.length, layout.lessons_visible);
      drawList();
      for (at in rows) { nk.mark(rows[at], 'on', memory.list && +at === memory.lesson); }
      nk.mark(button, 'on', !memory.list);
    }

    function pressLesson(at) {
      memory.list = true;
      memory.lesson = at;
      play(at);
    }

    function pressButton() {
      memory.list = false;
      play(next ? next.at : 0);
    }

    function move(action) {
      if (!memory.list) {
        memory.list = action === 'right' || action === 'down';
      } else if (action === 'left' || (action === 'up' && memory.lesson === 0)) {
        memory.list = false;
      } else if (action === 'up' || action === 'down') {
        memory.lesson = nk.step(action, memory.lesson, course.lessons.length);
      } else if (action === 'page_up' || action === 'page_down') {
        memory.lesson = nk.clamp(memory.lesson + (action === 'page_up' ? -3 : 3), 0, course.lessons.length - 1);
      }
      draw();
    }

    nk.screenHeader(page, nk.t('number', { n: course.number }) + ' · ' + nk.pathOf(nk.index, course.category));
    nk.poster(page, layout.poster, course, true);
    drawWords(page, course);
    drawFacts(page, course);
    if (!course.lessons.length) {
      nk.make(page, 'course-empty', layout.list, nk.t('no_lessons'));
      nk.button(page, 'big on', layout.button, nk.t('back'), function () { nk.act('back'); });
      return {
        key: function (action) { if (action === 'ok') { nk.act('back'); return true; } return action !== 'back'; },
        close: function () { return; }
      };
    }
    button = nk.button(page, 'big', layout.button, null, pressButton);
    nk.make(nk.make(button, 'play-mark', null), 'label', null, buttonLabel(course, next));
    if (next && next.position_s >= 5) {
      nk.make(page, 'resume', layout.resume, nk.t('resume_at', { time: nk.playTime(next.position_s) }));
    }
    nk.make(page, 'list-title', layout.list_title, nk.t('lessons'));
    list = nk.make(page, 'list', layout.list);
    roll = nk.make(list, 'roll', [0, 0, layout.list[2], 1]);
    if (memory.lesson === undefined) { memory.lesson = next ? next.at : 0; }
    memory.lesson = nk.clamp(memory.lesson, 0, course.lessons.length - 1);
    draw();

    return {
      key: function (action) {
        if (action === 'back') { return false; }
        if (action === 'play_pause' || action === 'play') { pressButton(); return true; }
        if (action === 'ok') { if (memory.list) { play(memory.lesson); } else { pressButton(); } return true; }
        move(action);
        return true;
      },
      close: function () { return; }
    };
  };
}(window.nk));
