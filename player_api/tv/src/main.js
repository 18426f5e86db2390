// Starts the page: stage, keys, menu, first screen.
(function (nk) {
  'use strict';

  var ASK_EVERY_MS = 10 * 60 * 1000;
  var RETRY_MS = 15000;

  // The coloured keys; the player may have a use of its own for them.
  var SHORTCUTS = {
    red: '#/search', green: '#/mine', yellow: '#/hall', blue: '#/settings', menu: '#/settings'
  };

  var retry = null;
  var opening = false; // the menu is asked for
  var begun = false;

  var layers = [];

  // take(action) → true when it used the action: what may lie over every screen, the layer
  // added last on top.
  nk.addLayer = function (take) { layers.unshift(take); };

  function tookInLayer(action) {
    return layers.some(function (take) { return take(action); });
  }

  function inLesson() { return nk.parseAddress(nk.shownAddress()).name === 'play'; }

  // Every action comes through here, from the innermost layer outwards.
  nk.act = function (action) {
    if (tookInLayer(action)) { return; }
    if (/^\d$/.test(action)) {
      if (nk.index && !nk.screenDigit(action)) { nk.typeDigit(action, nk.index.byNumber, nk.openCourse); }
      return;
    }
    if (action === 'home' && nk.index) {
      nk.closeNumber();
      nk.closeDialog();
      nk.goHome();
      return;
    }
    if (action === 'info') { nk.unknownKey(null); return; }
    if (nk.numberKey(action) || nk.dialogKey(action)) { return; }
    if (!nk.index) {
      if (!(nk.firstScreen && nk.firstScreen.key(action)) && action === 'back') { nk.askToLeave(); }
      return;
    }
    if (SHORTCUTS[action] && !inLesson()) { nk.go(SHORTCUTS[action]); return; }
    if (nk.screenKey(action)) { return; }
    if (action === 'back') { nk.goBack(); }
    if (SHORTCUTS[action]) { nk.go(SHORTCUTS[action]); }
  };

  function sayLineDown() {
    nk.empty(nk.page);
    nk.firstScreen = nk.noticeScreen(nk.page, {
      title: nk.t('error_menu_title'), text: nk.t('error_menu_text'), label: nk.t('retry'),
      act: openMenu
    });
    clearTimeout(retry);
    retry = setTimeout(openMenu, RETRY_MS);
  }

  function openMenu() {
    clearTimeout(retry);
    if (opening || begun) { return; }
    opening = true;
    if (nk.firstScreen) { nk.firstScreen.busy(nk.t('opening')); }
    nk.refreshMenu(function (failure) {
      opening = false;
      if (failure) { sayLineDown(); } else { begin(); }
    });
  }

  // What the server knows better by now.
  function askAll() {
    if (!begun) { openMenu(); return; }
    nk.refreshMenu(null);
    askOfBox();
  }

  function askOfBox() {
    nk.fetchParts(['watch', 'more']);
    nk.fetchOwnBox(function () {
      nk.hurryEvents();
      nk.runErrands();
      nk.refreshPopular();
      nk.refreshProgress();
      nk.refreshFavourites();
    });
  }

  function begin() {
    if (begun) { return; }
    begun = true;
    nk.firstScreen = null;
    nk.firstStart(openFirstScreen);
  }

  function openFirstScreen() {
    nk.startRouter();
    setInterval(askAll, ASK_EVERY_MS);
    setInterval(function () { if (nk.lineDown) { nk.refreshMenu(null); } }, RETRY_MS);
    askOfBox();
  }

  function open() {
    if (!nk.openKeptMenu()) {
      // Its name comes while the menu is on the way.
      if (!nk.preview) { nk.introduceBox(function () { return; }); }
      openMenu();
      return;
    }
    begin();
    nk.refreshMenu(null);
  }

  // From net.js: the line went down or came back.
  nk.lineChanged = function () {
    nk.showLine();
    if (!nk.lineDown && begun) { askOfBox(); }
  };

  function keepBeforeGone() {
    if (nk.index) { nk.flushScreen(); }
  }

  // The remote's keys, as far as they are known here.
  nk.useOwnKeys = function () {
    nk.useKeys(nk.keyProfile(
      navigator.userAgent || '', window, nk.startParameters.keys, nk.box_store.read('keys')
    ));
  };

  function start() {
    var parameters = nk.parameters(location.search);
    nk.body = document.body;
    nk.screen = document.getElementById('screen');
    nk.stage = document.getElementById('stage');
    nk.page = document.getElementById('page');
    ['hls', 'hls_full', 'watch', 'more'].forEach(function (name) {
      nk.assets[name] = document.getElementById('tv').getAttribute('data-' + name);
    });
    nk.knowBox(parameters);
    nk.loadSettings();
    nk.useOwnKeys();
    nk.listenToKeys();
    nk.startShell();
    if (window.MediaSource && window.requestAnimationFrame) { nk.mark(nk.stage, 'smooth', true); }
    nk.fitStage(nk.stage);
    window.onresize = function () { nk.fitStage(nk.stage); };
    window.addEventListener('pagehide', keepBeforeGone, false);
    window.addEventListener('beforeunload', keepBeforeGone, false);
    window.addEventListener('online', askAll, false);
    window.addEventListener('offline', function () { if (begun) { nk.refreshMenu(null); } }, false);
    document.addEventListener('visibilitychange', function () {
      if (document.hidden) { keepBeforeGone(); }
    }, false);
    nk.startClock();
    // Chinese is part of the page; another language comes with the rarer screens.
    if (nk.language === 'zh') { open(); } else { nk.needPart('more', open); }
  }

  start();
}(window.nk));
