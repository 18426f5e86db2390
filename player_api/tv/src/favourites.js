// Courses that the household marked: kept on the box, told to the server, which keeps them
// for boxes that forget.
(function (nk) {
  'use strict';

  var kept = null; // numbers, newest mark first

  function numbers() {
    kept = kept || nk.box_store.read('favourites') || [];
    return kept;
  }

  function keep(list) {
    kept = list;
    nk.box_store.write('favourites', kept);
  }

  function without(number) {
    return numbers().filter(function (one) { return one !== number; });
  }

  nk.isFavourite = function (number) { return numbers().indexOf(number) >= 0; };

  // The courses, newest mark first; a withdrawn one comes back when it is published.
  nk.favourites = function () {
    return numbers().map(function (number) { return nk.index.byNumber[number]; })
      .filter(function (course) { return course; });
  };

  nk.setFavourite = function (number, yes) {
    keep(yes ? [number].concat(without(number)) : without(number));
    nk.errand('favourite.' + number, yes ? 'PUT' : 'DELETE', 'favourites/' + number);
  };

  function waits(number) { return nk.hasErrand('favourite.' + number); }

  // What the server does not know yet, it can't take back.
  nk.refreshFavourites = function () {
    nk.askAsBox('GET', 'favourites', null, function (failure, answer) {
      var before = String(numbers());
      var theirs;
      if (failure) { return; }
      theirs = answer.courses.map(function (course) { return course.number; })
        .filter(function (number) { return !waits(number); });
      keep(numbers().filter(waits).concat(theirs));
      if (String(numbers()) !== before) { nk.freshen(); }
    });
  };
}(window.nk));
