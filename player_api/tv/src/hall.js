// The hall's screen, in poster-size letters: how many people, what is played, the playlist.
(function (nk) {
  'use strict';

  var MOST_DIGITS = 4;
  var FRESH_MS = 4000;
  var LAYOUT = {
    ask: [64, 94, 520, 60],
    people: [64, 168, 520, 184],
    start: [64, 384, 520, 112],
    next: [64, 508, 520, 88],
    end: [64, 608, 520, 76],
    title: [640, 94, 576, 60],
    list: [640, 168, 576, 516]
  };
  var SHAPE = { columns: 1, width_px: 576, height_px: 92, column_px: 576, row_px: 106 };

  function without(numbers, at) { return numbers.slice(0, at).concat(numbers.slice(at + 1)); }

  // memory keeps {where: 'people' | 'start' | 'end' | 'list', at}.
  nk.screens.hall = function (page, argument, memory) {
    var typed_ms = 0;
    var left, list, digits;

    function numbers() { return nk.settings.hall; }

    function setNumbers(changed, at) {
      nk.setSetting('hall', changed);
      memory.at = at;
      build();
    }

    function add(course) {
      var known = numbers().indexOf(course.number);
      memory.where = 'list';
      if (known >= 0) {
        memory.at = known + 1;
        draw();
      } else if (!nk.hallFull()) {
        setNumbers(numbers().concat(course.number), numbers().length + 1);
      }
    }

    function play(lesson) {
      nk.startHall();
      nk.go('#/play/' + lesson.id);
    }

    function askCourse(at) {
      var course = nk.index.byNumber[numbers()[at]];
      var buttons = [{ label: nk.t('hall_out'), act: function () { setNumbers(without(numbers(), at), at); } }];
      if (at) {
        buttons.unshift({ label: nk.t('hall_up'), act: function () {
          var moved = without(numbers(), at);
          moved.splice(at - 1, 0, numbers()[at]);
          setNumbers(moved, at);
        } });
      }
      if (course && course.lessons.length) {
        buttons.unshift({ label: nk.t('hall_from'), act: function () {
          var next = nk.continueIn(course);
          start(course.lessons[next ? next.at : 0]);
        } });
      }
      nk.openDialog({
        title: nk.t('number', { n: numbers()[at] }), text: course ? course.title : nk.t('error_gone_text'),
        buttons: buttons, cancel: function () { return; }
      });
    }

    function pressRow(at) {
      memory.where = 'list';
      memory.at = at;
      draw();
      if (at) { askCourse(at - 1); } else { nk.openDialog(notice('hall_add', 'hall_add_text')); }
    }

    function notice(title, text) {
      return {
        title: nk.t(title), text: nk.t(text),
        buttons: [{ label: nk.t('ok'), act: function () { return; } }]
      };
    }

    function pressLeft(name) {
      var lesson = nk.hallResume();
      memory.where = name;
      draw();
      if (name === 'people') { memory.where = 'start'; draw(); }
      if (name === 'end') { nk.askToEndHall(nk.redraw); }
      if (name === 'start') { start(lesson); }
    }

    // Without people it would be no hall; without courses there is nothing to play.
    function start(lesson) {
      if (!lesson) { pressRow(0); return; }
      if (nk.peopleTyped()) { play(lesson); return; }
      memory.where = 'people';
      draw();
      nk.openDialog(notice('hall_ask', 'hall_ask_text'));
    }

    function addLeft(name, className, text) {
      left.push({ name: name, node: nk.button(page, className, LAYOUT[name], text, function () { pressLeft(name); }) });
      return left[left.length - 1].node;
    }

    function drawPeople() {
      nk.write(digits, nk.peopleTyped() ? nk.t('hall_people', { n: nk.peopleTyped() }) : '—');
    }

    function nextText() {
      var lesson = nk.hallResume();
      var place = lesson && nk.index.byLesson[lesson.id];
      return place ? nk.t('hall_next', { n: place.course.number, at: place.at + 1, title: lesson.title }) : nk.t('hall_empty');
    }

    function fill(node, at) {
      var number = numbers()[at - 1];
      var course = nk.index.byNumber[number];
      nk.make(node, 'hall-number', [16, 0, 96, SHAPE.height_px], at ? number : '+');
      nk.make(node, 'hall-title', [120, 0, 440, SHAPE.height_px], at ? (course ? course.title : nk.t('error_gone_text')) : nk.t('hall_add'));
    }

    function build() {
      var box;
      left = [];
      nk.empty(page);
      nk.screenHeader(page, nk.t('tile_hall'));
      nk.make(page, 'hall-ask', LAYOUT.ask, nk.t('hall_ask'));
      box = addLeft('people', 'hall-people');
      digits = nk.make(box, 'hall-digits', [0, 0, 520, 132]);
      nk.make(box, 'hall-hint', [0, 132, 520, 44], nk.t('hall_type'));
      addLeft('start', 'choice hall-start', nk.t(nk.hallOn() ? 'hall_go_on' : 'hall_start'));
      nk.make(page, 'hall-next', LAYOUT.next, nextText());
      if (nk.hallOn()) { addLeft('end', 'choice hall-end', nk.t('hall_end')); }
      nk.make(page, 'hall-ask', LAYOUT.title, nk.t('hall_list', { n: numbers().length }));
      memory.at = nk.clamp(memory.at || 0, 0, numbers().length);
      list = nk.pickList(page, LAYOUT.list, SHAPE, numbers().length + 1, fill, pressRow);
      drawPeople();
      draw();
    }

    function draw() {
      left.forEach(function (one) { nk.mark(one.node, 'on', one.name === memory.where); });
      list.draw(memory.where === 'list' ? memory.at : -1);
    }

    function leftAt() {
      return left.reduce(function (found, one, at) { return one.name === memory.where ? at : found; }, 0);
    }

    function move(action) {
      var to;
      typed_ms = 0;
      if (memory.where !== 'list') {
        memory.where = action === 'right' ? 'list' : action === 'left' ? memory.where : left[nk.step(action, leftAt(), left.length)].name;
      } else {
        to = list.step(action, memory.at);
        if (to !== null) { memory.at = to; } else if (action === 'left') { memory.where = 'start'; }
      }
      draw();
    }

    // Digits are people, but among the courses they are a course to add. 0 held leads home:
    // the people stay as they were.
    function digit(d) {
      if (memory.where === 'list') { nk.typeDigit(d, nk.index.byNumber, add); } else { nk.unlessHeld(function () { typePeople(d); }); }
      return true;
    }

    function typePeople(d) {
      var was = Date.now() - typed_ms < FRESH_MS ? String(nk.peopleTyped()) : '';
      memory.where = 'people';
      typed_ms = Date.now();
      nk.setPeople(+(was + d).slice(-MOST_DIGITS));
      drawPeople();
      draw();
    }

    memory.where = memory.where || (nk.peopleTyped() ? 'start' : 'people');
    if (memory.where === 'end' && !nk.hallOn()) { memory.where = 'start'; }
    build();
    return {
      digit: digit,
      news: build,
      key: function (action) {
        if (action === 'back') {
          if (!nk.hallOn()) { return false; }
          nk.askToEndHall(nk.goBack);
        } else if (action === 'ok' || action === 'play' || action === 'play_pause') {
          if (memory.where === 'list') { pressRow(memory.at); } else { pressLeft(memory.where); }
        } else {
          move(action);
        }
        return true;
      },
      close: function () { return; }
    };
  };
}(window.nk));
