// A category: its parts and the order as chips, under them a grid of courses.
(function (nk) {
  'use strict';

  var ORDERS = ['popular', 'newest', 'number'];

  function keptOrder() {
    var kept = nk.box_store.read('order');
    return ORDERS.indexOf(kept) < 0 ? ORDERS[0] : kept;
  }

  function chips(texts) {
    return texts.map(function (text) { return { text: text, look: 'chip' }; });
  }

  nk.screens.category = function (page, argument, memory) {
    var category = nk.index.category[argument];
    var count = category ? nk.coursesUnder(nk.index, category.id).length : 0;
    var parts, bands, head;
    if (!count) { return nk.goneScreen(page); }
    parts = [category].concat(nk.children(nk.index, category.id).filter(function (child) {
      return nk.coursesUnder(nk.index, child.id).length;
    }));
    memory.at = memory.at || {};
    memory.at.order = ORDERS.indexOf(keptOrder());

    function grid() {
      var part = parts[memory.at.parts || 0] || category;
      var layout = nk.lay('shelf');
      return {
        courses: nk.coursesUnder(nk.index, part.id, keptOrder()), columns: layout.visible, pitch_px: layout.grid_pitch_px
      };
    }

    function regrid() {
      memory.at.grid = 0;
      bands.setGrid(grid());
    }

    function sortBy(at) {
      nk.box_store.write('order', ORDERS[at]);
      regrid();
    }

    head = [nk.cellBand('order', 'chips', chips(ORDERS.map(function (order) { return nk.t('by_' + order); })), sortBy)];
    if (parts.length > 1) {
      head.unshift(nk.cellBand('parts', 'chips', chips(parts.map(function (part, at) {
        return at ? part.title : nk.t('all');
      })), regrid));
    }
    // At the first visit the focus is where it is elsewhere: on the first course.
    if (memory.band === undefined) { memory.band = head.length; }
    nk.screenHeader(page, category.title + ' · ' + nk.t('courses_count', { n: count }));
    bands = nk.bands(page, head, memory, function (band, at) {
      if (band.cells) { memory.band = head.length - 1; bands.key('down'); } else { nk.go('#/course/' + band.courses[at].number); }
    }, grid());
    return {
      fresh: true,
      key: function (action) { return action === 'back' ? false : bands.key(action); },
      close: function () { return; }
    };
  };
}(window.nk));
