// A course: what one learns, one big button that does the right thing, its lessons, and
// what else is like it.
(function (nk) {
  'use strict';

  var MOST_RELATED = 9;

  function buttonLabel(course, next) {
    if (next && next.finished) { return nk.t('play_again'); }
    if (nk.started(next)) { return nk.t('resume_lesson', { n: next.at + 1 }); }
    return course.lessons.length > 1 ? nk.t('play_lesson', { n: (next ? next.at : 0) + 1 }) : nk.t('play');
  }

  nk.lessonMark = function (lesson) {
    var seen = nk.progressOf(lesson.id);
    if (seen && seen.done) { return nk.t('watched'); }
    return nk.started(seen) ? nk.t('watched_to', { time: nk.playTime(seen.position_s) }) : nk.playTime(lesson.duration_s);
  };

  // Courses with the same tags or of the same category, the most alike first, then the most watched.
  nk.relatedTo = function (index, course) {
    var tagged = {};
    var best = [];
    function likenessOf(other) {
      var likeness = other.category === course.category ? 2 : 0;
      var tags = other.tags || [];
      var i;
      for (i = 0; i < tags.length; i += 1) { likeness += tagged[tags[i]] || 0; }
      return likeness;
    }
    (course.tags || []).forEach(function (tag) { tagged[tag] = 1; });
    nk.sorted(index, 'popular').forEach(function (other) {
      var likeness = likenessOf(other);
      var to = best.length;
      // By number: a newer menu has the same course as another object.
      if (!likeness || other.number === course.number) { return; }
      while (to && best[to - 1].likeness < likeness) { to -= 1; }
      if (to === MOST_RELATED) { return; }
      best.splice(to, 0, { course: other, likeness: likeness });
      best.length = Math.min(best.length, MOST_RELATED);
    });
    return best.map(function (one) { return one.course; });
  };

  function drawTitle(roll, course) {
    var words = nk.make(roll, 'words', nk.lay('course').words);
    words.style.height = 'auto';
    nk.make(words, 'course-title', null, course.title);
    return words;
  }

  function drawWords(words, course) {
    var said = nk.wordsOf(course);
    if (said.goals.length) {
      nk.make(words, 'goals-title', null, nk.t('goals'));
      said.goals.slice(0, nk.large ? 2 : 4).forEach(function (goal) { nk.make(words, 'goal', null, goal); });
    } else {
      nk.make(words, 'course-summary', null, said.summary);
    }
  }

  function drawFacts(roll, course, next) {
    var layout = nk.lay('course');
    var facts = nk.make(roll, 'facts', layout.facts);
    var lines = [];
    if (nk.started(next)) { lines.push(['resume', nk.t('resume_at', { time: nk.playTime(next.position_s) })]); }
    lines.push(['fact', nk.t('lessons_total', {
      n: course.lessons.length, length: nk.spokenTime(nk.duration_s(course))
    })]);
    if (course.teacher) { lines.push(['fact', nk.t('teacher', { name: course.teacher })]); }
    if (course.tags && course.tags.length) { lines.push(['fact', course.tags.join('　')]); }
    lines.slice(0, Math.floor(layout.facts[3] / layout.fact_px)).forEach(function (line) {
      nk.make(facts, line[0], null, line[1]);
    });
  }

  // The server's word on it may have come since the row was drawn; its mark stands last in it.
  function tellProgress(node, lesson) {
    var seen = nk.progressOf(lesson.id);
    nk.mark(node, 'done', !!seen && !!seen.done);
    nk.write(node.lastChild, nk.lessonMark(lesson));
  }

  function drawLesson(list, course, at, press) {
    var layout = nk.lay('course');
    var height_px = layout.lesson_height_px;
    var lesson = course.lessons[at];
    var node = nk.button(list, 'lesson', [
      8, 8 + at * layout.lesson_pitch_px, layout.list[2] - 16, height_px
    ], null, function () { press(at); });
    [['number', 12, 56, at + 1], ['title', 76, 386, lesson.title], ['mark', 474, 168, null]].forEach(function (part) {
      nk.make(node, 'lesson-' + part[0], [part[1], 0, part[2], height_px], part[3]).style.lineHeight = height_px - 2 + 'px';
    });
    tellProgress(node, lesson);
    return node;
  }

  // memory keeps {lesson, first}.
  function lessonList(roll, course, memory, words_px, bottom_px, press) {
    var layout = nk.lay('course');
    var top_px = layout.words[1] + words_px + 14;
    var height_px = bottom_px - top_px - layout.list_title_px;
    var visible = Math.max(1, Math.floor(height_px / layout.lesson_pitch_px));
    var list, strip, cells;
    nk.make(roll, 'list-title', [layout.words[0], top_px, layout.words[2], layout.list_title_px], nk.t('lessons'));
    list = nk.make(roll, 'list', [layout.list[0], top_px + layout.list_title_px, layout.list[2], height_px]);
    strip = nk.make(list, 'roll', [0, 0, layout.list[2], 1]);
    cells = nk.cells(function (at) { return drawLesson(strip, course, at, press); });
    return {
      page: visible,
      draw: function (focused) {
        memory.first = nk.scrollTo(memory.first || 0, memory.lesson, course.lessons.length, visible);
        cells.show(nk.cellWindow(memory.first, course.lessons.length, visible), focused ? memory.lesson : -1);
        cells.each(function (node, at) { tellProgress(node, course.lessons[at]); });
        nk.roll(strip, memory.first * layout.lesson_pitch_px);
      },
      fill: cells.fill
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
    if (!course) { return nk.goneScreen(page); }
    nk.screenHeader(page, nk.t('number', { n: course.number }) + ' · ' + nk.pathOf(nk.index, course.category));
    return course.lessons.length ? wholeCourse(page, course, memory) : lessonless(page, course);
  };

  function lessonless(page, course) {
    function back() { nk.act('back'); }
    nk.poster(page, nk.lay('course').poster, course, true);
    drawWords(drawTitle(page, course), course);
    nk.make(page, 'course-empty', [560, 398, 656, 100], nk.t('no_lessons'));
    nk.button(page, 'big on', nk.lay('course').button, nk.t('back'), back);
    return {
      fresh: true,
      words: nk.redraw,
      key: function (action) { if (action === 'ok') { back(); } return action !== 'back'; },
      close: function () { return; }
    };
  }

  // The buttons below the big one: [{name, label() → text, press}].
  function secondButtons(course) {
    var buttons = [{
      name: 'keep',
      label: function () { return nk.t(nk.isFavourite(course.number) ? 'kept' : 'keep'); },
      press: function () { nk.setFavourite(course.number, !nk.isFavourite(course.number)); }
    }];
    if (nk.inHall()) {
      buttons.push({
        name: 'join',
        label: function () { return nk.t(inPlaylist(course) ? 'joined' : 'join'); },
        press: function () {
          var others = nk.settings.hall.filter(function (one) { return one !== course.number; });
          var add = !inPlaylist(course);
          if (add && nk.hallFull && nk.hallFull()) { return; }
          nk.setSetting('hall', add ? others.concat(course.number) : others);
        }
      });
    }
    return buttons;
  }

  function inPlaylist(course) {
    return nk.settings.hall.indexOf(course.number) >= 0;
  }

  // memory keeps {area, at: of the related, back: where Up leads from them}.
  function wholeCourse(page, course, memory) {
    var layout = nk.lay('course');
    var shelf = nk.lay('shelf');
    var next = nk.continueIn(course);
    var view = nk.make(page, 'view', [0, nk.layout.view.top_px, 1280, nk.layout.view.height_px]);
    // So placed that its inside counts from the top of the stage.
    var roll = nk.make(view, 'roll', [0, 0, 1280, 1]);
    var second = secondButtons(course);
    var areas = ['play'].concat(second.map(function (one) { return one.name; }));
    var buttons = {};
    var made = {}; // parts that stand
    var related, words, list, band, more;

    function play(at) { nk.go('#/play/' + course.lessons[at].id); }

    function press() {
      var button = second[areas.indexOf(memory.area) - 1];
      if (memory.area === 'list') {
        play(memory.lesson);
      } else if (memory.area === 'related') {
        nk.go('#/course/' + related[memory.at].number);
      } else if (button) {
        button.press();
        nk.write(buttons[button.name], button.label());
      } else {
        play(next ? next.at : 0);
      }
    }

    function addButton(name, look, box, text) {
      buttons[name] = nk.button(roll, look, box, text, function () {
        memory.area = name;
        draw();
        press();
      });
    }

    // In the order in which they are drawn; whatever the focus is on comes before its turn.
    var PARTS = {
      play: function () {
        addButton('play', 'big', layout.button, null);
        nk.make(nk.make(buttons.play, 'play-mark', null), 'label', null, buttonLabel(course, next));
      },
      title: function () { words = drawTitle(roll, course); },
      words: function () { drawWords(words, course); },
      poster: function () { nk.poster(roll, layout.poster, course, true); },
      second: function () {
        var box = layout.second;
        var width_px = (box[2] + layout.second_gap_px) / second.length - layout.second_gap_px;
        second.forEach(function (one, at) {
          addButton(one.name, 'lesser', [
            box[0] + at * (width_px + layout.second_gap_px), box[1], width_px, box[3]
          ], one.label());
        });
      },
      likes: function () { related = nk.relatedTo(nk.index, course); },
      list: function () {
        ['title', 'words', 'likes'].forEach(need);
        // It takes what the words leave.
        list = lessonList(roll, course, memory, words.offsetHeight, related.length ? layout.list_bottom_px : 700, function (at) {
          memory.area = 'list';
          memory.lesson = at;
          press();
        });
      },
      facts: function () { drawFacts(roll, course, next); },
      related: function () {
        need('likes');
        memory.at = nk.clamp(memory.at || 0, 0, Math.max(0, related.length - 1));
        if (!related.length) { return; }
        band = nk.shelfBand('related', nk.t('related'), related);
        more = band.draw(band, roll, function (at) {
          if (memory.area !== 'related') { toRelated(); }
          memory.at = at;
          draw();
          press();
        });
        more.node.style.top = layout.related_px + 'px';
      }
    };
    var ORDER = Object.keys(PARTS);

    function need(part) {
      if (made[part]) { return; }
      made[part] = true;
      PARTS[part]();
    }

    function partOf(area) { return PARTS[area] ? area : 'second'; }

    function fill() {
      var missing = ORDER.filter(function (part) { return !made[part]; });
      if (missing.length) {
        need(missing[0]);
        draw();
        return true;
      }
      return (!!list && list.fill()) || (!!more && more.fill());
    }

    function draw() {
      var below = memory.area === 'related';
      var rolled_px = below ? layout.related_px + shelf.cards_top_px + shelf.card_height_px - nk.layout.safe.bottom_px : 0;
      need(partOf(memory.area));
      if (list) { list.draw(memory.area === 'list'); }
      Object.keys(buttons).forEach(function (name) { nk.mark(buttons[name], 'on', memory.area === name); });
      if (more) {
        memory.shown = nk.scrollTo(memory.shown || 0, memory.at, related.length, band.visible);
        more.focus(memory.shown, below ? memory.at : -1);
      }
      nk.roll(roll, nk.layout.view.top_px + rolled_px);
      nk.afterwards(fill);
    }

    function toRelated() {
      need('related');
      if (!more) { return; }
      memory.back = memory.area;
      memory.area = 'related';
    }

    function moveInList(action) {
      var by = { up: -1, down: 1, page_up: -list.page, page_down: list.page }[action] || 0;
      if (action === 'left') { memory.area = areas.indexOf(memory.left) < 0 ? 'play' : memory.left; }
      if (action === 'down' && memory.lesson === course.lessons.length - 1) { toRelated(); }
      memory.lesson = nk.clamp(memory.lesson + by, 0, course.lessons.length - 1);
    }

    function moveOnLeft(action) {
      var at = areas.indexOf(memory.area);
      if (action === 'down' && at) {
        toRelated();
      } else if (action === 'up' || action === 'down') {
        memory.area = areas[action === 'up' ? 0 : 1];
      } else if (action === 'left') {
        memory.area = areas[at > 1 ? at - 1 : at];
      } else if (action === 'right') {
        memory.left = memory.area;
        memory.area = (at && areas[at + 1]) || 'list';
      }
    }

    function move(action) {
      if (memory.area === 'list') {
        moveInList(action);
      } else if (memory.area !== 'related') {
        moveOnLeft(action);
      } else if (action === 'up' || action === 'page_up') {
        memory.area = memory.back === 'list' || areas.indexOf(memory.back) > 0 ? memory.back : 'play';
      } else if (action === 'left' || action === 'right') {
        memory.at = nk.step(action, memory.at, related.length);
      }
      draw();
    }

    memory.lesson = lessonToFocus(course, memory, next);
    if (memory.area === 'related') { need('related'); }
    if (memory.area !== 'list' && areas.indexOf(memory.area) < 0 && !(memory.area === 'related' && more)) {
      memory.area = 'play';
    }
    need('title');
    draw();

    return {
      fresh: true,
      words: nk.redraw,
      key: function (action) {
        if (action === 'back') { return false; }
        if (action === 'play' || action === 'play_pause') { memory.area = memory.area === 'list' ? 'list' : 'play'; }
        if (action === 'ok' || action === 'play' || action === 'play_pause') { press(); } else { move(action); }
        return true;
      },
      close: function () { return; }
    };
  }
}(window.nk));
