// Remote controls as data: a profile maps key codes to actions. One profile is chosen
// by detection and never mixed with another: 4 is "right" on iPanel and Back on Android.
(function (nk) {
  'use strict';

  var DIGITS = { 48: '0', 49: '1', 50: '2', 51: '3', 52: '4', 53: '5', 54: '6', 55: '7', 56: '8', 57: '9' };
  var ARROWS = { 37: 'left', 38: 'up', 39: 'right', 40: 'down', 13: 'ok' };
  var KEYPAD = { 96: '0', 97: '1', 98: '2', 99: '3', 100: '4', 101: '5', 102: '6', 103: '7', 104: '8', 105: '9' };
  var PAGES = { 33: 'page_up', 34: 'page_down' };
  var HBBTV_MEDIA = { 415: 'play', 19: 'pause', 413: 'stop', 417: 'forward', 412: 'rewind' };
  var CTC_MEDIA = { 263: 'play_pause', 264: 'forward', 265: 'rewind', 270: 'stop' };

  function joined() {
    var all = {}, i, code;
    for (i = 0; i < arguments.length; i += 1) {
      for (code in arguments[i]) {
        if (arguments[i].hasOwnProperty(code)) { all[code] = arguments[i][code]; }
      }
    }
    return all;
  }

  // Chinese cable and IPTV browsers without a mark of their own, and PC keyboards.
  var COMMON = joined(ARROWS, DIGITS, KEYPAD, PAGES, CTC_MEDIA, {
    8: 'back', 27: 'back', 24: 'back', 640: 'back', 399: 'back', 280: 'back', 65535: 'back',
    166: 'back', 32: 'play_pause', 179: 'play_pause', 228: 'forward', 227: 'rewind',
    272: 'home', 512: 'home', 257: 'page_up', 258: 'page_down'
  });

  nk.keyProfiles = {
    common: COMMON,
    ipanel: joined(ARROWS, DIGITS, CTC_MEDIA, {
      1: 'up', 2: 'down', 3: 'left', 4: 'right', 340: 'back', 339: 'home', 514: 'home',
      372: 'page_up', 373: 'page_down'
    }),
    android_raw: joined(ARROWS, DIGITS, {
      19: 'up', 20: 'down', 21: 'left', 22: 'right', 23: 'ok', 66: 'ok', 4: 'back', 27: 'back',
      8: 'back', 65535: 'back', 85: 'play_pause', 90: 'forward', 89: 'rewind'
    }),
    samsung_old: joined(DIGITS, {
      29460: 'up', 29461: 'down', 4: 'left', 5: 'right', 29443: 'ok', 88: 'back', 45: 'home'
    }),
    tizen: joined(ARROWS, DIGITS, PAGES, HBBTV_MEDIA, { 10009: 'back', 10252: 'play_pause' }),
    hbbtv: joined(ARROWS, DIGITS, KEYPAD, PAGES, HBBTV_MEDIA, { 461: 'back', 8: 'back', 27: 'back' })
  };

  // First match wins; tested on the user agent.
  nk.keyDetection = [
    { pattern: /ipanel/i, profile: 'ipanel' },
    { pattern: /maple/i, profile: 'samsung_old' },
    { pattern: /tizen/i, profile: 'tizen' },
    { pattern: /web0s|webos|hbbtv/i, profile: 'hbbtv' }
  ];

  nk.keyProfileFor = function (userAgent, wanted) {
    var i;
    if (wanted && nk.keyProfiles[wanted]) { return wanted; }
    for (i = 0; i < nk.keyDetection.length; i += 1) {
      if (nk.keyDetection[i].pattern.test(userAgent)) { return nk.keyDetection[i].profile; }
    }
    return 'common';
  };
}(window.nk));
