// A course number typed on any screen. Three digits open the course at once; fewer
// wait, for thick fingers are slow.
(function (nk) {
  'use strict';

  var LENGTH = 3;
  var GIVE_UP_MS = 20000;
  var UNKNOWN_MS = 6000;
  var FEW_MS = 2500;
  // No course has this number: it opens the page that learns an unknown remote.
  var LEARN = '000';

  var entry = null; // {digits, unknown, node, cells, hint}
  var timer = null;

  function build() {
    var at;
    entry = { digits: '', unknown: false, cells: [] };
    entry.node = nk.make(nk.stage, 'number', nk.layout.number);
    entry.title = nk.make(entry.node, 'number-title', [24, 14, 312, 40], nk.t('number_title'));
    for (at = 0; at < LENGTH; at += 1) {
      entry.cells.push(nk.make(entry.node, 'number-cell', [54 + at * 88, 60, 76, 84]));
    }
    entry.hint = nk.make(entry.node, 'number-hint', [12, 154, 336, 40]);
  }

  function draw() {
    var missing = LENGTH - entry.digits.length;
    entry.cells.forEach(function (cell, at) {
      nk.write(cell, entry.digits.charAt(at));
      nk.mark(cell, 'next', at === entry.digits.length);
    });
    nk.mark(entry.node, 'unknown', entry.unknown);
    nk.write(entry.title, entry.unknown ? nk.t('number_unknown', { n: entry.digits }) : nk.t('number_title'));
    if (entry.unknown) {
      nk.write(entry.hint, nk.t('number_unknown_text'));
    } else if (missing) {
      nk.write(entry.hint, nk.t(fewFor() ? 'number_part' : missing === 1 ? 'number_more_1' : 'number_more_2', { n: entry.digits }));
    }
  }

  nk.closeNumber = function () {
    clearTimeout(timer);
    if (entry) { nk.remove(entry.node); }
    entry = null;
  };

  nk.numberOpen = function () { return !!entry; };

  function closeAfter(wait_ms) {
    clearTimeout(timer);
    timer = setTimeout(nk.closeNumber, wait_ms);
  }

  // A screen with few(digits) has a use for one or two digits that nothing follows: the
  // chapters of a lesson.
  function fewFor() {
    var screen = nk.shownScreen();
    return screen && screen.few ? screen.few : null;
  }

  function waitForMore() {
    clearTimeout(timer);
    timer = setTimeout(function () {
      var few = fewFor(), digits = entry.digits;
      nk.closeNumber();
      if (few) { few(digits); }
    }, FEW_MS);
  }

  // open(course) is called with the course of a complete, known number.
  nk.typeDigit = function (digit, byNumber, open) {
    var course;
    if (entry && entry.unknown) { nk.closeNumber(); }
    if (!entry) { build(); }
    entry.digits += digit;
    if (entry.digits === LEARN) {
      nk.closeNumber();
      nk.go('#/learn');
      return;
    }
    course = entry.digits.length === LENGTH ? byNumber[entry.digits] : null;
    if (course) {
      nk.closeNumber();
      open(course);
      return;
    }
    entry.unknown = entry.digits.length === LENGTH;
    draw();
    if (!entry.unknown && fewFor()) { waitForMore(); } else { closeAfter(entry.unknown ? UNKNOWN_MS : GIVE_UP_MS); }
  };

  // Back takes the last digit away; any other key closes the entry and does its work.
  nk.numberKey = function (action) {
    if (!entry) { return false; }
    if (action === 'back' && !entry.unknown && entry.digits.length > 1) {
      entry.digits = entry.digits.slice(0, -1);
      draw();
      closeAfter(GIVE_UP_MS);
      return true;
    }
    // OK on a half-typed number must not open what lies beneath.
    if (action === 'ok' && !entry.unknown) { return true; }
    nk.closeNumber();
    return action === 'back' || action === 'ok';
  };
}(window.nk));
