// Home: a hero that says what OK does, the great categories, shelves of courses.
(function (nk) {
  'use strict';

  var NEWEST = 12;

  function heroBand(course, resume) {
    return {
      id: 'hero', course: course, resume: resume, count: 1, visible: 1, fixed: true,
      pitch_px: nk.layout.hero.pitch_px, draw: drawHero
    };
  }

  function drawHero(band, parent, press) {
    var layout = nk.layout.hero;
    var course = band.course;
    var node = nk.make(parent, 'hero-band', [0, 0, 1280, layout.pitch_px]);
    var panel = nk.button(node, 'hero hue-' + nk.hueOf(nk.index, course.category), [
      nk.layout.safe.left_px, layout.top_px, nk.layout.safe.width_px, layout.height_px
    ], null, function () { press(0); });
    nk.poster(panel, layout.picture, course, true);
    nk.make(panel, 'hero-fade', [layout.picture[0], 0, 160, layout.height_px]);
    nk.make(panel, 'hero-kicker', layout.kicker,
      nk.t(band.resume ? 'hero_resume' : 'hero_newest') + ' · ' + nk.t('number', { n: course.number }));
    nk.make(panel, 'hero-title', layout.title, course.title);
    band.summary = nk.make(panel, 'hero-summary', layout.summary, nk.wordsOf(course).summary);
    nk.make(nk.make(panel, 'hero-button', layout.button), 'label', null,
      nk.t(band.resume ? 'hero_continue' : 'hero_play'));
    return { node: node, focus: function (first, at) { nk.mark(panel, 'on', at === 0); } };
  }

  function tilesBand(categories) {
    var layout = nk.layout.tiles;
    return {
      id: 'tiles', categories: categories, count: categories.length, visible: layout.visible,
      fixed: true, pitch_px: layout.pitch_px, draw: drawTiles
    };
  }

  function drawTiles(band, parent, press) {
    var layout = nk.layout.tiles;
    var node = nk.make(parent, 'tiles', [0, 0, 1280, layout.pitch_px]);
    var strip = nk.make(node, 'strip', [nk.layout.safe.left_px, 0, 1, layout.height_px]);
    var tiles = band.categories.map(function (category, at) {
      var tile = nk.button(strip, 'tile hue-' + at % 4, [
        at * layout.tile_pitch_px, 0, layout.tile_width_px, layout.height_px
      ], null, function () { press(at); });
      nk.make(tile, 'tile-title', [18, 0, 160, layout.height_px], category.title);
      nk.make(tile, 'tile-count', [162, 0, 94, layout.height_px],
        nk.t('tile_count', { n: nk.coursesUnder(nk.index, category.id).length }));
      return tile;
    });
    return {
      node: node,
      focus: function (first, focused) {
        tiles.forEach(function (tile, at) { nk.mark(tile, 'on', at === focused); });
        strip.style.left = nk.layout.safe.left_px - first * layout.tile_pitch_px + 'px';
      }
    };
  }

  function homeBands(index) {
    var resumed = nk.lastCourse(index);
    var newest = nk.sorted(index, 'newest').slice(0, NEWEST);
    var bands = [
      heroBand(resumed || newest[0], !!resumed),
      tilesBand(index.great),
      nk.shelfBand('newest', nk.t('shelf_newest'), newest)
    ];
    index.great.forEach(function (category) {
      bands.push(nk.shelfBand('c' + category.id, category.title, nk.coursesUnder(index, category.id)));
    });
    return bands.filter(function (band) { return band.count > 0; });
  }

  function openFrom(band, at) {
    var next;
    if (band.id === 'hero' && band.resume) {
      next = nk.continueIn(band.course);
      nk.go('#/course/' + band.course.number);
      nk.go('#/play/' + band.course.lessons[next.at].id);
    } else if (band.id === 'hero') {
      nk.go('#/course/' + band.course.number);
    } else if (band.id === 'tiles') {
      nk.go('#/category/' + band.categories[at].id);
    } else {
      nk.go('#/course/' + band.courses[at].number);
    }
  }

  nk.screens.home = function (page, argument, memory) {
    var bands;
    if (!nk.index.courses.length) { return nk.emptyScreen(page); }
    nk.homeHeader(page, nk.sorted(nk.index, 'newest')[0].number);
    bands = nk.bands(page, homeBands(nk.index), memory, openFrom);
    return {
      fresh: true,
      words: nk.freshen,
      key: function (action) { return action === 'back' ? false : bands.key(action); },
      close: function () { return; }
    };
  };
}(window.nk));
