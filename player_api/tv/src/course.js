// A course: what it is, one big button that does the right thing, its lessons.
(function (nk) {
  'use strict';

  var STARTED_S = 5; // less than this is a slip of the finger, not a start

  function buttonLabel(course, next) {
    if (next && next.finished) { return nk.t('play_again'); }
    if (next && next.position_s >= STARTED_S) { return nk.t('resume_lesson', { n: next.at + 1 }); }
    return course.lessons.length > 1 ? nk.t('play_lesson', { n: (next ? next.at : 0) + 1 }) : nk.t('play');
  }

  function lessonMark(lesson) {
    var seen = nk.progressOf(lesson.id);
    if (seen && seen.done) { return nk.t('watched'); }
    if (seen && seen.position_s >= STARTED_S) {
      return nk.t('watched_to', { time: nk.playTime(seen.position_s) });
    }
    return nk.playTime(lesson.duration_s);
  }

  function drawWords(page, course) {
    var words = nk.make(page, 'words', nk.layout.course.words);
    words.style.height = 'auto';
    nk.make(words, 'course-title', null, course.title);
    nk.make(words, 'course-summary', null, nk.wordsOf(course).summary);
    return words.offsetHeight;
  }

  function drawResume(page, next) {
    if (!next || next.position_s < STARTED_S) { return false; }
    nk.make(page, 'resume', nk.layout.course.resume, nk.t('resume_at', { time: nk.playTime(next.position_s) }));
    return true;
  }

  function drawFacts(page, course, higher) {
    var facts = nk.make(page, 'facts', nk.layout.course.facts);
    if (higher) { facts.style.top = nk.layout.course.facts_higher_px + 'px'; }
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
      8, 8 + at * layout.lesson_pitch_px, layout.list[2] - 16, layout.lesson_height_px
    ], null, function () { press(at); });
    nk.make(node, 'lesson-number', [12, 0, 56, layout.lesson_height_px], String(at + 1));
    nk.make(node, 'lesson-title', [76, 0, 356, layout.lesson_height_px], lesson.title);
    nk.make(node, 'lesson-mark', [436, 0, 168, layout.lesson_height_px], lessonMark(lesson));
    return node;
  }

  // The list in the space that the words leave; memory keeps {lesson, first}.
  function lessonList(page, course, memory, words_px, press) {
    var layout = nk.layout.course;
    var top_px = layout.words[1] + words_px + 24;
    var height_px = layout.list_bottom_px - top_px - layout.list_title_px;
    var visible = Math.floor(height_px / layout.lesson_pitch_px);
    var list, roll;
    nk.make(page, 'list-title', [layout.words[0], top_px, layout.words[2], 48], nk.t('lessons'));
    list = nk.make(page, 'list', [layout.list[0], top_px + layout.list_title_px, layout.list[2], height_px]);
    roll = nk.make(list, 'roll', [0, 0, layout.list[2], 1]);
    return {
      draw: function (focused) {
        var range, at;
        memory.first = nk.scrollTo(memory.first || 0, memory.lesson, course.lessons.length, visible);
        range = nk.cellWindow(memory.first, course.lessons.length, visible, 1);
        nk.empty(roll);
        for (at = range[0]; at < range[1]; at += 1) {
          nk.mark(drawLesson(roll, course, at, press), 'on', focused && at === memory.lesson);
        }
        roll.style.top = -memory.first * layout.lesson_pitch_px + 'px';
      },
      page: visible
    };
  }

  // After a lesson was watched to its end, the focus waits on the one after it.
  function lessonToFocus(course, memory, next) {
    var kept = course.lessons[memory.lesson];
    var seen = kept && nk.progressOf(kept.id);
    if (!kept || (next && seen && seen.done)) { return next ? next.at : 0; }
    return memory.lesson;
  }

  nk.screens.course = function (page, number, memory) {
    var course = nk.index.byNumber[number];
    var next, words_px;
    if (!course) { return nk.goneScreen(page); }
    next = nk.continueIn(course);
    nk.screenHeader(page, nk.t('number', { n: course.number }) + ' · ' + nk.pathOf(nk.index, course.category));
    nk.poster(page, nk.layout.course.poster, course, true);
    words_px = drawWords(page, course);
    drawFacts(page, course, !drawResume(page, next));
    return course.lessons.length ? courseKeys(page, course, memory, next, words_px) : lessonless(page);
  };

  function lessonless(page) {
    function back() { nk.act('back'); }
    nk.make(page, 'course-empty', [596, 398, 620, 100], nk.t('no_lessons'));
    nk.button(page, 'big on', nk.layout.course.button, nk.t('back'), back);
    return {
      key: function (action) { if (action === 'ok') { back(); } return action !== 'back'; },
      close: function () { return; }
    };
  }

  function courseKeys(page, course, memory, next, words_px) {
    var button = nk.button(page, 'big', nk.layout.course.button, null, pressButton);
    var list = lessonList(page, course, memory, words_px, pressLesson);

    function play(at) { nk.go('#/play/' + course.lessons[at].id); }

    function draw() {
      list.draw(memory.list);
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

    function moveInList(action) {
      var by = { up: -1, down: 1, page_up: -list.page, page_down: list.page }[action] || 0;
      memory.list = !(action === 'left' || (action === 'up' && memory.lesson === 0));
      memory.lesson = nk.clamp(memory.lesson + by, 0, course.lessons.length - 1);
    }

    function move(action) {
      if (memory.list) { moveInList(action); } else { memory.list = action === 'right' || action === 'down'; }
      draw();
    }

    nk.make(nk.make(button, 'play-mark', null), 'label', null, buttonLabel(course, next));
    memory.lesson = lessonToFocus(course, memory, next);
    draw();

    return {
      fresh: true,
      words: nk.redraw,
      key: function (action) {
        if (action === 'back') { return false; }
        if (action === 'ok' && memory.list) {
          play(memory.lesson);
        } else if (action === 'ok' || action === 'play' || action === 'play_pause') {
          pressButton();
        } else {
          move(action);
        }
        return true;
      },
      close: function () { return; }
    };
  }
}(window.nk));
