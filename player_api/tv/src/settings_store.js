// What the household set on this box, and what the server says of it. Kept on the box for
// days without a line, and on the server, since some boxes forget at power-off.
(function (nk) {
  'use strict';

  // As in player_api/box_settings.py.
  nk.settings = { text: 'normal', speak: false, language: 'zh', hall: [], captions: false, speed: 1 };
  // The server's last word on this box: {number, region: {path}, region_fixed, watched_s, …}.
  nk.ownBox = null;

  var changes = 0;

  // True when what is on the screen has to be drawn again.
  function apply() {
    // What was chosen by hand, then the start address, then what the server keeps.
    var wanted = nk.box_store.read('language') || nk.startParameters.lang;
    var language = nk.languages.indexOf(wanted) < 0 ? nk.settings.language : wanted;
    var large = nk.settings.text === 'large';
    var changed = language !== nk.language || large !== !!nk.large;
    nk.large = large;
    nk.language = language;
    document.documentElement.lang = language === 'zh' ? 'zh-CN' : language;
    nk.mark(nk.stage, 'large', large);
    return changed;
  }

  // A lesson that plays goes on undisturbed.
  function redraw() {
    if (nk.shownAddress() && !/^#\/play/.test(nk.shownAddress())) { nk.redraw(); }
  }

  function show() {
    if (!apply()) { return; }
    // English comes with the rarer screens.
    if (nk.language === 'zh') { redraw(); } else { nk.needPart('more', redraw); }
  }

  nk.loadSettings = function () {
    nk.settings = nk.join(nk.settings, nk.box_store.read('settings'));
    nk.ownBox = nk.box_store.read('own');
    apply();
  };

  nk.setSetting = function (name, value) {
    var body = {};
    changes += 1;
    nk.settings[name] = body[name] = value;
    nk.box_store.write('settings', nk.settings);
    if (name === 'language') { nk.box_store.write('language', value); }
    nk.errand('set.' + name, 'PUT', 'boxes/me/settings', body);
    show();
  };

  // done(failure), when given. A shown screen that has news() is told of what came.
  nk.fetchOwnBox = function (done) {
    var before = changes, screen;
    var moving = nk.hasErrand('region');
    if (nk.preview) { return; }
    nk.askAsBox('GET', 'boxes/me', null, function (failure, own) {
      if (!failure) {
        // The server may have answered before it heard of the move.
        if (nk.ownBox && (moving || nk.hasErrand('region'))) { own.region = nk.ownBox.region; }
        nk.ownBox = own;
        nk.box_store.write('own', own);
        // What was set here a moment ago is newer than the answer.
        if (before === changes) { take(own.settings); }
        screen = nk.shownScreen();
        if (screen && screen.news) { screen.news(); }
      }
      if (done) { done(failure); }
    });
  };

  function take(settings) {
    var hall = String(nk.settings.hall);
    Object.keys(settings).forEach(function (name) {
      if (!nk.hasErrand('set.' + name)) { nk.settings[name] = settings[name]; }
    });
    nk.box_store.write('settings', nk.settings);
    show();
    // Its list opens a door on some screens.
    if (String(nk.settings.hall) !== hall) { nk.freshen(); }
  }
}(window.nk));
