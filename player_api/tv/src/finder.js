// Finds courses in the menu by what a remote can type: a digit stands for itself in a
// course's number, and for its letters (2 = abc … 9 = wxyz) among the pinyin initials of a
// title. Letters and digits may be mixed.
(function (nk) {
  'use strict';

  var LETTERS = { 2: 'abc', 3: 'def', 4: 'ghi', 5: 'jkl', 6: 'mno', 7: 'pqrs', 8: 'tuv', 9: 'wxyz' };

  function patternOf(query) {
    return new RegExp(query.replace(/\d/g, function (digit) { return '[' + digit + (LETTERS[digit] || '') + ']'; }));
  }

  // 0: the number begins so; 1: the title does; 2: somewhere in the title; 3: in the number.
  function rankOf(course, query, pattern) {
    var inNumber = course.number.indexOf(query);
    var inTitle = (course.initials || '').search(pattern);
    if (inNumber === 0) { return 0; }
    if (inTitle >= 0) { return inTitle ? 2 : 1; }
    return inNumber > 0 ? 3 : -1;
  }

  // find(query) → courses, the best first; among equals in the order given. One more
  // character searches only what the characters before it have found.
  nk.makeFinder = function (courses) {
    var last = { query: '', matches: courses };
    return function (query) {
      var pattern = patternOf(query);
      var ranked = [[], [], [], []];
      var matches = (query.indexOf(last.query) === 0 ? last.matches : courses).filter(function (course) {
        var rank = rankOf(course, query, pattern);
        if (rank >= 0) { ranked[rank].push(course); }
        return rank >= 0;
      });
      last = { query: query, matches: matches };
      return ranked[0].concat(ranked[1], ranked[2], ranked[3]);
    };
  };
}(window.nk));
