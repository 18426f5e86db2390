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

  var entry = null; // {digits, unknown, few, node, cells, hint}
  var timer = null;

  function build() {
    var at;
    entry = { digits: '', unknown: false, cells: [] };
    entry.node = nk.make(nk.stage, 'number', nk.layout.number);
    entry.title = nk.make(entry.node, 'number-title', [24, 14, 312, 40], nk.t('number_title'));
    for (at = 0; at < LENGTH; at += 1) {
      entry.cells.push(nk.make(entry.node, 'number-cell', [54 + at * 88, 60, 76, 84]));
    }
    entry.hint = nk.make(entry.node, 'number-hint');
    entry.node.style.height = ''; // as many lines as the hint has
  }

  function draw() {
    entry.cells.forEach(function (cell, at) {
      nk.write(cell, entry.digits.charAt(at));
      nk.mark(cell, 'next', at === entry.digits.length);
    });
    nk.mark(entry.node, 'unknown', entry.unknown);
    nk.write(entry.title, entry.unknown ? nk.t('number_unknown', { n: entry.digits }) : nk.t('number_title'));
    if (entry.unknown) {
      nk.write(entry.hint, nk.t('number_unknown_text'));
    } else {
      nk.write(entry.hint, entry.few ? entry.few.hint : nk.t('number_more_' + (LENGTH - entry.digits.length)));
    }
  }

  nk.closeNumber = function () {
    clearTimeout(timer);
    if (entry) { nk.remove(entry.node); }
    entry = null;
  };

  nk.numberOpen = function () { return !!entry; };

  // A screen may have a use for one or two digits that nothing follows, such as the chapters
  // of a lesson: few(digits) → {hint, act} or null.
  function waitForMore() {
    var screen = nk.shownScreen();
    var few = !entry.unknown && screen && screen.few ? screen.few(entry.digits) : null;
    entry.few = few;
    draw();
    clearTimeout(timer);
    timer = setTimeout(function () {
      nk.closeNumber();
      if (few && nk.shownScreen() === screen) { few.act(); }
    }, few ? FEW_MS : entry.unknown ? UNKNOWN_MS : GIVE_UP_MS);
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
    waitForMore();
  };

  // Back takes the last digit away; any other key closes the entry and does its work.
  nk.numberKey = function (action) {
    if (!entry) { return false; }
    if (action === 'back' && !entry.unknown && entry.digits.length > 1) {
      entry.digits = entry.digits.slice(0, -1);
      waitForMore();
      return true;
    }
    // OK on a half-typed number must not open what lies beneath.
    if (action === 'ok' && !entry.unknown) { return true; }
    nk.closeNumber();
    return action === 'back' || action === 'ok';
  };
}(window.nk));
