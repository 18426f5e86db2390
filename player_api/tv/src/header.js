// The strip at the top: the name and clock at home, the way back elsewhere.
(function (nk) {
  'use strict';

  var clock = null;

  // While the line is down, that stands where the date does.
  function drawClock() {
    var now = nk.wallClock(nk.now_ms(), nk.index ? nk.index.time_zone : 'Asia/Shanghai');
    if (!clock || !clock.time.parentNode) { return; }
    nk.write(clock.time, now.time);
    nk.write(clock.date, nk.lineDown ? nk.t('line_down') : now.date);
    nk.mark(clock.date, 'cut', nk.lineDown);
  }

  nk.showLine = drawClock;

  function makeClock(page) {
    var box = nk.make(page, 'clock', nk.layout.header.clock);
    clock = { date: nk.make(box, 'clock-date', [0, 0, 256, 48]), time: nk.make(box, 'clock-time', [264, 0, 112, 48]) };
    drawClock();
  }

  nk.startClock = function () { setInterval(drawClock, 5000); };

  // Screens that draw themselves anew come here more than once.
  function whileThere(node, act) {
    nk.afterwards(function () { if (node.parentNode) { act(); } });
  }

  nk.homeHeader = function (page, sampleNumber) {
    var brand = nk.make(page, 'brand', nk.layout.header.brand, nk.t('brand'));
    whileThere(brand, function () {
      if (sampleNumber) { makeHint(page, sampleNumber); }
      makeClock(page);
    });
  };

  function makeHint(page, sampleNumber) {
    var hint = nk.make(page, 'hint', nk.layout.header.hint);
    nk.make(hint, 'word', null, nk.t('hint_number_before'));
    sampleNumber.split('').forEach(function (digit) { nk.make(hint, 'keycap', null, digit); });
    nk.make(hint, 'word', null, nk.t('hint_number_after'));
  }

  // Says that there is a way back, and is one for a mouse.
  nk.backChip = function (page) {
    var back = nk.make(page, 'back', nk.layout.header.back, nk.t('back'));
    back.onclick = function () { nk.act('back'); };
    return back;
  };

  nk.screenHeader = function (page, title) {
    whileThere(nk.make(page, 'screen-title', nk.layout.header.title, title), function () {
      nk.backChip(page);
      makeClock(page);
    });
  };
}(window.nk));
