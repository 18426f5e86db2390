// A category: a shelf for each of its parts, or a grid when it has none.
(function (nk) {
  'use strict';

  var COLUMNS = 3;

  function gridBands(courses) {
    var bands = [], at;
    for (at = 0; at < courses.length; at += COLUMNS) {
      bands.push(nk.shelfBand('g' + at, null, courses.slice(at, at + COLUMNS), true));
    }
    return bands;
  }

  function categoryBands(index, category) {
    var own = nk.coursesUnder(index, category.id).filter(function (course) { return course.category === category.id; });
    var bands = [];
    nk.children(index, category.id).forEach(function (child) {
      bands.push(nk.shelfBand('c' + child.id, child.title, nk.coursesUnder(index, child.id)));
    });
    bands = bands.filter(function (band) { return band.count > 0; });
    if (!bands.length) { return gridBands(own); }
    return own.length ? bands.concat(nk.shelfBand('own', category.title, own)) : bands;
  }

  nk.screens.category = function (page, argument, memory) {
    var category = nk.index.category[argument];
    var bands = category ? categoryBands(nk.index, category) : [];
    var shelves;
    if (!bands.length) { return nk.goneScreen(page); }
    nk.screenHeader(page, category.title + ' · ' + nk.t('courses_count', {
      n: nk.coursesUnder(nk.index, category.id).length
    }));
    shelves = nk.bands(page, bands, memory, function (band, at) {
      nk.go('#/course/' + band.courses[at].number);
    });
    return {
      fresh: true,
      key: function (action) { return action === 'back' ? false : shelves.key(action); },
      close: function () { return; }
    };
  };
}(window.nk));
