// Screens and their addresses. The hash names the screen, so a reload returns to it;
// the trail of parents and each screen's focus are kept for the visit.
(function (nk) {
  'use strict';

  // One history entry below ours: a browser that handles Back itself lands here,
  // and the page does what the Back key does instead of leaving by surprise.
  var GUARD = '#/back';
  var HOME = '#/home';
  // The state of an entry with our guard below it; a reload keeps it.
  var OURS = { nk: true };
  // By the first word of the address: the screen, and the part that brings it.
  var ROUTES = {
    home: { screen: 'home' },
    category: { screen: 'category' },
    course: { screen: 'course' },
    play: { screen: 'player', part: 'watch' },
    search: { screen: 'search', part: 'more' },
    mine: { screen: 'mine', part: 'more' },
    settings: { screen: 'settings', part: 'more' },
    region: { screen: 'region', part: 'more' },
    hall: { screen: 'hall', part: 'more' },
    learn: { screen: 'learn', part: 'more' }
  };

  var KEEP_AFTER_MS = 1000;

  var trail = [];
  var shown = null; // {address, screen}
  var old = null; // the page before, beneath the new one until there is time to take it down
  var memories = {};
  var keeping = null;
  var refused = false; // the last change of the address

  nk.screens = {};

  // '#/course/203' → {name: 'course', argument: '203'}
  nk.parseAddress = function (hash) {
    var parts = /^#\/([a-z]+)(?:\/([\w-]+))?$/.exec(hash || '');
    if (!parts || !ROUTES[parts[1]]) { return { name: 'home', argument: '' }; }
    return { name: parts[1], argument: parts[2] || '' };
  };

  // The screens above an address that was opened directly.
  nk.parentsOf = function (hash, index) {
    var address = nk.parseAddress(hash);
    var place;
    if (address.name === 'home') { return []; }
    if (address.name !== 'play') { return [HOME]; }
    place = index.byLesson[address.argument];
    return place ? [HOME, '#/course/' + place.course.number] : [HOME];
  };

  function keepTrail() {
    nk.visit_store.write('trail', trail);
    nk.visit_store.write('memories', memories);
    if (refused) {
      refused = false;
      putHash(shown.address, OURS);
    }
  }

  function memoryOf(address) {
    memories[address] = memories[address] || {};
    return memories[address];
  }

  // history.pushState where there is one: while a page still loads, engines take a
  // change of location.hash for a replacement, and the guard would be lost.
  function putHash(address, state) {
    if (location.hash === address) { return; }
    if (!window.history.replaceState) {
      location.replace(address);
      return;
    }
    try {
      window.history.replaceState(state, '', address);
    } catch (tooOften) {
      // WebKit allows a hundred in half a minute: the screen goes on, its address comes later.
      refused = true;
      keepSoon();
    }
  }

  function pushHash(address) {
    try {
      window.history.pushState(OURS, '', address);
    } catch (missingOrTooOften) {
      location.hash = address;
    }
  }

  function show(address) {
    var route = nk.parseAddress(address);
    if (shown && shown.screen) { shown.screen.close(); }
    nk.closeDialog();
    nk.dropAfterwards();
    freshPage(route.name);
    shown = { address: address, screen: null };
    shown.screen = makeScreen(ROUTES[route.name], route.argument, address);
    // Without a history of its own the engine tells of each change: not of one that is past.
    if (!window.history.replaceState) { putHash(address, OURS); }
    nk.afterwards(tidyFrom(location.hash));
    keepSoon();
  }

  // It covers the one before, which costs nothing; but through the player's the film is seen.
  function freshPage(name) {
    dropOld();
    old = nk.page;
    old.id = '';
    if (name === 'play') { old.style.left = '-1280px'; }
    nk.page = document.createElement('div');
    nk.page.id = 'page';
    nk.page.className = 'page screen-' + name;
    nk.stage.insertBefore(nk.page, old.nextSibling);
  }

  function dropOld() {
    nk.remove(old);
    old = null;
  }

  // What a key need not wait for: engines take as long for both as for the new screen. Who has
  // changed the address meanwhile is heard by hashChanged.
  function tidyFrom(hash) {
    return function () {
      if (location.hash === hash) { putHash(shown.address, OURS); }
      dropOld();
    };
  }

  function makeScreen(route, argument, address) {
    if (nk.hasPart(route.part)) { return nk.screens[route.screen](nk.page, argument, memoryOf(address)); }
    nk.needPart(route.part, function (loaded) {
      if (!shown || shown.address !== address) { return; }
      if (loaded) { show(address); } else { shown.screen.failed(); }
    });
    return nk.waitingScreen(nk.page, function () { show(address); });
  }

  nk.shownAddress = function () { return shown ? shown.address : ''; };

  // One level deeper.
  nk.go = function (address) {
    if (shown && shown.address === address) { return; }
    // A number typed on a deep screen must not make an endless way back.
    if (trail.indexOf(address) >= 0) { trail = trail.slice(0, trail.indexOf(address)); }
    trail.push(address);
    show(address);
  };

  // The same level: the next lesson.
  nk.swap = function (address) {
    trail.pop();
    trail.push(address);
    show(address);
  };

  nk.openCourse = function (course) {
    var address = '#/course/' + course.number;
    // From the player or another course, Back leads home, not through old courses.
    while (trail.length > 1 && /^#\/(play|course)/.test(trail[trail.length - 1])) { trail.pop(); }
    if (shown && shown.address === address) { trail.push(address); return; }
    nk.go(address);
  };

  nk.goHome = function () {
    trail = [HOME];
    if (nk.shownAddress() !== HOME) { show(HOME); }
  };

  nk.goBack = function () {
    if (trail.length < 2) {
      if (nk.shownAddress() === HOME) { nk.askToLeave(); } else { nk.goHome(); }
      return;
    }
    trail.pop();
    show(trail[trail.length - 1]);
  };

  // Draws the present screen again: after the language or the menu has changed.
  nk.redraw = function () {
    show(shown.address);
    nk.finishNow();
  };

  // New knowledge is shown at once, but never moves things under a thumb.
  nk.freshen = function () {
    if (shown && shown.screen && shown.screen.fresh && !shown.touched && !nk.dialogOpen()) { nk.redraw(); }
  };

  nk.showWords = function () {
    if (shown && shown.screen && shown.screen.words) { shown.screen.words(); }
  };

  nk.shownScreen = function () { return shown && shown.screen; };

  // A moment after the last key, not at every one: writing is slow on old boxes.
  function keepSoon() {
    clearTimeout(keeping);
    keeping = setTimeout(keepTrail, KEEP_AFTER_MS);
  }

  nk.screenKey = function (action) {
    var used = shown && shown.screen && shown.screen.key(action);
    if (shown) { shown.touched = true; }
    keepSoon();
    return used;
  };

  // A screen may use digits itself (a pad); else they are a course's number.
  nk.screenDigit = function (digit) {
    return !!(shown && shown.screen && shown.screen.digit && shown.screen.digit(digit));
  };

  nk.flushScreen = function () {
    keepTrail();
    if (shown && shown.screen && shown.screen.flush) { shown.screen.flush(); }
  };

  function hashChanged() {
    var hash = location.hash;
    if (!shown || hash === shown.address) { return; }
    if (hash === GUARD) {
      pushHash(shown.address);
      nk.act('back');
      return;
    }
    trail = nk.parentsOf(hash, nk.index);
    nk.go(hash);
  }

  // Is the guard below this entry? Engines without history.state know only from this start on.
  nk.guarded = function () {
    var state = window.history.state;
    return !!shown || !!(state && state.nk);
  };

  nk.startRouter = function () {
    var wanted = nk.parseAddress(location.hash).name === 'home' ? HOME : location.hash;
    var kept = nk.visit_store.read('trail');
    memories = nk.visit_store.read('memories') || {};
    trail = kept && kept[kept.length - 1] === wanted ? kept : nk.parentsOf(wanted, nk.index).concat(wanted);
    if (!nk.guarded()) {
      putHash(GUARD, null);
      pushHash(wanted);
    }
    window.onhashchange = hashChanged;
    show(wanted);
  };
}(window.nk));
