// What is watched most where the box stands, kept for when the line is down.
(function (nk) {
  'use strict';

  var MOST = 100;

  var kept = null; // numbers, the most watched first
  var ranks = null;

  function numbers() {
    kept = kept || nk.box_store.read('popular') || [];
    return kept;
  }

  // {number: rank from 1}
  nk.ranks = function () {
    if (!ranks) {
      ranks = {};
      numbers().forEach(function (number, at) { ranks[number] = at + 1; });
    }
    return ranks;
  };

  nk.popular = function (index, count) {
    return numbers().map(function (number) { return index.byNumber[number]; })
      .filter(function (course) { return course; }).slice(0, count);
  };

  nk.refreshPopular = function () {
    nk.request(nk.api + 'popular?limit=' + MOST, { token: nk.token() }, function (failure, answer) {
      if (failure || String(answer.courses) === String(numbers())) { return; }
      kept = answer.courses;
      ranks = null;
      delete nk.index.sorted.popular;
      delete nk.index.finder;
      nk.box_store.write('popular', kept);
      nk.freshen();
    });
  };
}(window.nk));
