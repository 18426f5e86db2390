// The menu as the box keeps it: the list, which home needs, and the words that come in
// behind. A box with a kept menu opens at once and asks for a newer one meanwhile.
(function (nk) {
  'use strict';

  // A larger catalogue keeps its words in memory alone: they would leave no room in the
  // 5 MB that most engines give.
  var MOST_KEPT = 1500000;

  var kept = { menu: null, words: null }; // {etag, menu} and {etag, words}

  nk.menuName = 'menu/list';

  function load(name, part) {
    kept[part] = kept[part] || nk.box_store.read(part) || {};
    return kept[part];
  }

  function ask(name, part, done) {
    nk.request(nk.api + name, { etag: load(name, part).etag, live: true }, function (failure, answer, etag) {
      if (answer) { kept[part] = { etag: etag, answer: answer }; }
      done(failure, answer);
    });
  }

  function keep(part) {
    if (part === 'menu' || JSON.stringify(kept.words).length < MOST_KEPT) {
      nk.box_store.write(part, kept[part]);
    }
  }

  // A preview's menu has the words in the courses themselves.
  nk.wordsOf = function (course) {
    var words = kept.words && kept.words.answer ? kept.words.answer.courses[course.number] : null;
    return course.goals ? course : words || { summary: course.summary || '', goals: [] };
  };

  function askWords() {
    var words = load('menu/words', 'words').answer;
    if (nk.menuName === 'menu' || (words && words.version === nk.index.version)) { return; }
    ask('menu/words', 'words', function (failure, answer) {
      if (!answer) { return; }
      keep('words');
      nk.showWords();
    });
  }

  // True when the box has a menu of an earlier visit.
  nk.openKeptMenu = function () {
    var menu = load(nk.menuName, 'menu').answer;
    load('menu/words', 'words');
    if (menu && menu.courses && menu.courses.length) { nk.index = nk.indexMenu(menu); }
    return !!nk.index;
  };

  // done(failure); the shown screen gets what is new.
  nk.refreshMenu = function (done) {
    ask(nk.menuName, 'menu', function (failure, menu) {
      if (menu && (!nk.index || nk.index.version !== menu.version)) {
        nk.index = nk.indexMenu(menu);
        keep('menu');
        nk.freshen();
      }
      if (done) { done(failure); }
      if (nk.index) { askWords(); }
    });
  };
}(window.nk));
