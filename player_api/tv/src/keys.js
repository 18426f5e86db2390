// Remote controls as data: a profile maps key codes to actions. One profile is chosen by
// detection and never mixed with another: 4 is "right" on iPanel, "left" on old Samsung
// sets and Back on Android. deploy/boxes.md shows the same tables to people.
(function (nk) {
  'use strict';

  // A key that is known and none of ours: the box or the set sees to it.
  var NOT_OURS = 'none';

  // run(48, '0 1 2') → {48: '0', 49: '1', 50: '2'}
  function run(first, actions) {
    var codes = {};
    actions.split(' ').forEach(function (action, at) { codes[first + at] = action; });
    return codes;
  }

  function not(codes) {
    var found = {};
    codes.forEach(function (code) { found[code] = NOT_OURS; });
    return found;
  }

  var ARROWS = nk.join(run(37, 'left up right down'), { 13: 'ok' });
  var DIGITS = run(48, '0 1 2 3 4 5 6 7 8 9');
  var KEYPAD = run(96, '0 1 2 3 4 5 6 7 8 9');
  var PAGES = run(33, 'page_up page_down');
  var COLOURS = 'red green yellow blue';
  // Shift, control, alt, locks, sound; 0 and 229 are no key, but an input method at work.
  var QUIET = not([0, 16, 17, 18, 20, 91, 92, 93, 144, 145, 173, 174, 175, 181, 182, 183, 229]);
  var BROWSER = nk.join(ARROWS, DIGITS, PAGES, QUIET);
  // 256 power, 259 and 260 volume, 261 mute, 262 sound channel.
  var CTC = nk.join(BROWSER, run(275, COLOURS), run(263, 'play_pause forward rewind'), not([256, 259, 260, 261, 262]), {
    8: 'back', 24: 'back', 27: 'back', 280: 'back', 399: 'back', 640: 'back', 257: 'page_up', 258: 'page_down', 270: 'stop',
    268: 'info', 272: 'home', 512: 'home'
  });
  var HBBTV = nk.join(BROWSER, run(403, COLOURS), not([447, 448, 449]), {
    415: 'play', 19: 'pause', 413: 'stop', 417: 'forward', 412: 'rewind', 457: 'info', 461: 'back',
    427: 'page_up', 428: 'page_down'
  });
  var KEYBOARD_MEDIA = { 178: 'stop', 179: 'play_pause', 227: 'rewind', 228: 'forward' };
  // The numbers of Android's KeyEvent, which some shells hand through. 3 home, 24 to 26,
  // 164 volume and power.
  var ANDROID_RAW = nk.join(run(7, '0 1 2 3 4 5 6 7 8 9'), DIGITS, run(19, 'up down left right ok'), run(183, COLOURS), not([0, 3, 24, 25, 26, 164]), {
    4: 'back', 27: 'back', 111: 'back', 65535: 'back', 66: 'ok', 82: 'menu', 165: 'info',
    85: 'play_pause', 126: 'play', 127: 'pause', 86: 'stop', 89: 'rewind', 90: 'forward',
    92: 'page_up', 93: 'page_down', 166: 'page_up', 167: 'page_down'
  });

  nk.keyProfiles = {
    // Chinese cable and IPTV browsers without a mark of their own.
    common: nk.join(CTC, KEYPAD, KEYBOARD_MEDIA, { 32: 'play_pause', 166: 'back', 65535: 'back' }),
    ctc: CTC,
    ipanel: nk.join(CTC, run(1, 'up down left right'), {
      340: 'back', 339: 'home', 514: 'home', 372: 'page_up', 373: 'page_down'
    }),
    // The Starcor bridge tells names, too; its codes are Android's.
    starcor: ANDROID_RAW,
    android_raw: ANDROID_RAW,
    // Fire TV, Android TV and boxes with a WebView: codes of the DOM.
    android: nk.join(BROWSER, KEYPAD, KEYBOARD_MEDIA, run(403, COLOURS), {
      8: 'back', 27: 'back', 166: 'back', 65535: 'back', 36: 'home'
    }),
    samsung_old: nk.join(DIGITS, not([7, 11, 27]), {
      29460: 'up', 29461: 'down', 4: 'left', 5: 'right', 29443: 'ok', 88: 'back', 45: 'home',
      17: '0', 101: '1', 98: '2', 6: '3', 8: '4', 9: '5', 10: '6', 12: '7', 13: '8', 14: '9',
      108: 'red', 20: 'green', 21: 'yellow', 22: 'blue', 68: 'page_up', 65: 'page_down',
      71: 'play', 74: 'pause', 70: 'stop', 72: 'forward', 69: 'rewind', 31: 'info'
    }),
    tizen: nk.join(HBBTV, { 10009: 'back', 10252: 'play_pause' }),
    webos: HBBTV,
    hbbtv: HBBTV,
    // A keyboard's own F keys are the browser's.
    pc: nk.join(BROWSER, KEYPAD, KEYBOARD_MEDIA, not([112, 113, 114, 115, 116, 117, 118, 119, 120, 121, 122, 123]), {
      8: 'back', 27: 'back', 166: 'back', 36: 'home', 32: 'play_pause'
    })
  };

  // What the Starcor bridge calls its keys.
  nk.keyNames = { up: 'up', down: 'down', left: 'left', right: 'right', enter: 'ok', 'return': 'back', esc: 'back', menu: 'menu' };

  // First match wins: an object of the box, or the engine's name.
  nk.keyDetection = [
    { object: 'starcorExt', profile: 'starcor' },
    { pattern: /ipanel/i, profile: 'ipanel' },
    { pattern: /maple/i, profile: 'samsung_old' },
    { pattern: /tizen/i, profile: 'tizen' },
    { pattern: /web0s|webos/i, profile: 'webos' },
    { pattern: /hbbtv/i, profile: 'hbbtv' },
    { object: 'Authentication', profile: 'ctc' },
    { object: 'android', profile: 'android' },
    { pattern: /android|\bAFT/i, profile: 'android' },
    { pattern: /Windows NT|Macintosh|X11; (Linux x86_64|CrOS)/, profile: 'pc' }
  ];

  nk.keyProfileFor = function (userAgent, box) {
    var i, hint;
    for (i = 0; i < nk.keyDetection.length; i += 1) {
      hint = nk.keyDetection[i];
      if (hint.object ? box[hint.object] : hint.pattern.test(userAgent)) { return hint.profile; }
    }
    return 'common';
  };

  function written(json) {
    var codes;
    try { codes = JSON.parse(json); } catch (notJson) { return null; }
    return typeof codes === 'object' ? codes : null;
  }

  // With a remote that was learned, volume, mute and power are still left to the box.
  nk.learnedKeys = function (userAgent, box, learned) {
    var here = nk.keyProfiles[nk.keyProfileFor(userAgent, box)];
    return nk.join(not(Object.keys(here).filter(function (code) { return here[code] === NOT_OURS; })), learned);
  };

  // The start address has the last word: a profile's name, or a profile as the learning
  // page writes it. Then what this box has learned; then what it looks like.
  nk.keyProfile = function (userAgent, box, wanted, learned) {
    learned = written(wanted) || learned;
    return nk.keyProfiles[wanted] || (learned && nk.learnedKeys(userAgent, box, learned)) ||
      nk.keyProfiles[nk.keyProfileFor(userAgent, box)];
  };
}(window.nk));
