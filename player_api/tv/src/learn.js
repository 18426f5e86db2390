// A hidden page that learns the keys of an unknown remote: it asks for one action after the
// other, then shows the profile for the operator and can use it at once.
(function (nk) {
  'use strict';

  var STEPS = ['ok', 'up', 'down', 'left', 'right', 'back', '1', '9', '0', 'home', 'play_pause', 'rewind',
    'forward', 'stop', 'page_up', 'page_down', 'red', 'green', 'yellow', 'blue', 'info'];
  var NEEDED = 6; // the first of them
  var WAIT_S = 12;
  var LEAVE_PRESSES = 3;
  var SHELLS = ['starcorExt', 'android', 'MediaPlayer', 'Utility', 'Authentication', 'iPanel', 'tizen', 'oipfObjectFactory'];
  var PLACES = {
    title: [64, 44, 800, 52], step: [864, 44, 352, 52],
    cap: [440, 170, 400, 170], words: [64, 376, 1152, 64], wait: [64, 450, 1152, 44], leave: [64, 632, 1152, 44],
    print: [64, 112, 1152, 420], send: [64, 540, 1152, 44],
    buttons: [[256, 598, 368, 84], [656, 598, 368, 84]]
  };

  function nameOf(action) { return /^\d$/.test(action) ? action : nk.t('learn_' + action); }

  // 1 and 9 eight codes apart: the digits between lie in order.
  function fillDigits(codes, first, last) {
    var at;
    if (last - first !== 8) { return false; }
    for (at = 1; at < 8; at += 1) { codes[Number(first) + at] = String(at + 1); }
    return true;
  }

  nk.screens.learn = function (page) {
    var steps = STEPS.slice();
    var codes = {}; // what was learned: code → action
    var byAction = {};
    var at = 0;
    var left_s = WAIT_S;
    var last = { code: null, presses: 0 };
    var before = null; // the profile to go back to
    var buttons = null;
    var chosen = 0;
    var cap, step, words, wait;
    var timer = setInterval(tick, 1000);

    // ---- asking

    function drawQuestion() {
      var name = nameOf(steps[at]);
      nk.write(step, nk.t('learn_step', { n: at + 1, of: steps.length }));
      nk.write(cap, name);
      nk.write(words, nk.t('learn_press', { key: name }));
      // The first has no end: somebody has to fetch the remote.
      nk.write(wait, at ? nk.t('learn_wait', { s: left_s }) : nk.t('learn_first'));
    }

    function next() {
      at += 1;
      left_s = WAIT_S;
      if (at < steps.length) { drawQuestion(); } else { finish(); }
    }

    function tick() {
      if (buttons || !at) { return; }
      left_s -= 1;
      if (left_s > 0) { nk.write(wait, nk.t('learn_wait', { s: left_s })); } else { next(); }
    }

    function learn(code) {
      var action = steps[at];
      codes[code] = action;
      byAction[action] = code;
      if (action === '9' && !fillDigits(codes, byAction['1'], code)) {
        steps.splice.apply(steps, [at + 1, 0].concat('2 3 4 5 6 7 8'.split(' ')));
      }
      next();
    }

    function press(code) {
      if (!code) { return; }
      last = { code: code, presses: code === last.code ? last.presses + 1 : 1 };
      if (last.presses === LEAVE_PRESSES) { nk.goBack(); return; }
      if (codes[code]) {
        nk.write(words, nk.t('learn_used', { key: nameOf(steps[at]) }));
        left_s = WAIT_S;
      } else {
        learn(code);
      }
    }

    // ---- the answer

    function shellsHere() {
      return SHELLS.filter(function (name) { return window[name]; }).join(' ');
    }

    function button(n, label, act) {
      return { act: act, node: nk.button(page, 'choice', PLACES.buttons[n], label, act) };
    }

    function use() {
      nk.box_store.write('keys', codes);
      before = null;
      nk.goBack();
    }

    function drop() {
      nk.box_store.remove('keys');
      before = null;
      nk.useOwnKeys();
      nk.goBack();
    }

    function drawButtons() {
      buttons.forEach(function (one, n) { nk.mark(one.node, 'on', n === chosen); });
    }

    function finish() {
      var enough = steps.slice(0, NEEDED).every(function (action) { return byAction[action]; });
      nk.takeRawKey = null;
      nk.empty(page);
      nk.make(page, 'screen-title', PLACES.title, nk.t('learn_done', { n: Object.keys(codes).length }));
      nk.make(page, 'learn-print', PLACES.print, JSON.stringify(codes).replace(/,/g, ', ') + '\n' + navigator.userAgent + '\n' + shellsHere());
      nk.make(page, 'learn-words', PLACES.send, nk.t(enough ? 'learn_send' : 'learn_short'));
      if (enough) { before = nk.useKeys(nk.learnedKeys(navigator.userAgent || '', window, codes)); }
      buttons = [
        enough ? button(0, nk.t('learn_use'), use) : button(0, nk.t('learn_again'), nk.redraw),
        button(1, nk.t('learn_drop'), drop)
      ];
      drawButtons();
    }

    nk.make(page, 'screen-title', PLACES.title, nk.t('learn_title'));
    step = nk.make(page, 'learn-step', PLACES.step);
    cap = nk.make(page, 'learn-cap on', PLACES.cap);
    words = nk.make(page, 'learn-ask', PLACES.words);
    wait = nk.make(page, 'learn-words', PLACES.wait);
    nk.make(page, 'learn-words', PLACES.leave, nk.t('learn_leave'));
    nk.takeRawKey = press;
    drawQuestion();

    return {
      key: function (action) {
        if (!buttons) { return false; }
        if (action === 'ok') {
          buttons[chosen].act();
        } else if (action === 'back') {
          return false;
        } else {
          chosen = nk.step(action, chosen, buttons.length);
          drawButtons();
        }
        return true;
      },
      close: function () {
        clearInterval(timer);
        nk.takeRawKey = null;
        if (before) { nk.useKeys(before); }
      }
    };
  };
}(window.nk));
