// Home: a hero that says what OK does, ways to everything, shelves of courses.
(function (nk) {
  'use strict';

  var MOST = 12;

  // A village that learns together has a list of its own.
  nk.inHall = function () { return nk.settings.hall.length > 0 || !!(nk.hallOn && nk.hallOn()); };

  function openCourse(course) { nk.go('#/course/' + course.number); }

  function goOn(course) {
    openCourse(course);
    nk.go('#/play/' + course.lessons[nk.continueIn(course).at].id);
  }

  function heroBand(course, kicker, resume) {
    return {
      id: 'hero', course: course, kicker: kicker, resume: resume, count: 1, visible: 1, fixed: true,
      pitch_px: nk.lay('hero').pitch_px, draw: drawHero
    };
  }

  function drawHero(band, parent, press) {
    var layout = nk.lay('hero');
    var course = band.course;
    var node = nk.make(parent, 'hero-band', [0, 0, 1280, layout.pitch_px]);
    var panel = nk.button(node, 'hero hue-' + nk.hueOf(nk.index, course.category), [
      nk.layout.safe.left_px, layout.top_px, nk.layout.safe.width_px, layout.height_px
    ], null, function () { press(0); });
    var button = nk.make(panel, 'hero-button', layout.button);
    nk.poster(panel, layout.picture, course, true);
    nk.make(panel, 'hero-fade', [layout.picture[0], 0, 160, layout.height_px]);
    nk.make(panel, 'hero-kicker', layout.kicker, band.kicker + ' · ' + nk.t('number', { n: course.number }));
    nk.make(panel, 'hero-title', layout.title, course.title);
    band.summary = nk.make(panel, 'hero-summary', layout.summary);
    writeSummary(band);
    nk.make(button, 'label', null, nk.t(band.resume ? 'hero_continue' : 'hero_play'));
    return { node: node, focus: function (first, at) { nk.mark(panel, 'on', at === 0); } };
  }

  function writeSummary(band) {
    var next = band.resume && nk.continueIn(band.course);
    nk.write(band.summary, next ? nk.placeText(next) + '\n' + band.course.lessons[next.at].title : nk.wordsOf(band.course).summary);
  }

  function ways(index) {
    var ways = [
      { text: nk.t('search'), look: 'tile way', address: '#/search' },
      { text: nk.t('tile_mine'), look: 'tile way', address: '#/mine' }
    ];
    if (nk.inHall()) { ways.push({ text: nk.t('tile_hall'), look: 'tile way', address: '#/hall' }); }
    return ways.concat(index.great.map(function (category, at) {
      return { text: category.title, look: 'tile hue-' + at % 4, address: '#/category/' + category.id };
    }));
  }

  // The first of them that pass, however many there are.
  function first(courses, most, passes) {
    var found = [];
    var at;
    for (at = 0; at < courses.length && found.length < most; at += 1) {
      if (passes(courses[at])) { found.push(courses[at]); }
    }
    return found;
  }

  function but(course, courses) {
    return first(courses, MOST, function (one) { return one !== course; });
  }

  // What is most useful now: the lesson that was left, work of this season, what others
  // watch, what is new.
  function homeBands(index) {
    var begun = nk.unfinished(index);
    var seasonal = nk.seasonCourses(index, nk.now_ms());
    var season = nk.t('season', { term: nk.termName(nk.now_ms()) });
    var newest = nk.sorted(index, 'newest');
    var fresh = first(seasonal, 1, function (course) { return !nk.isFinished(course); })[0];
    var hero = begun[0] || fresh || newest[0];
    var kicker = begun[0] ? nk.t('hero_resume') : fresh ? season : nk.t('hero_newest');
    var going = nk.shelfBand('begun', nk.t('shelf_begun'), but(hero, begun));
    var bands = [
      heroBand(hero, kicker, !!begun[0]),
      nk.cellBand('tiles', 'tiles', ways(index)),
      going,
      nk.shelfBand('season', season, but(hero, seasonal)),
      nk.shelfBand('popular', nk.t('shelf_popular'), nk.popular(index, MOST))
    ];
    going.resume = true;
    if (!nk.large) {
      bands.push(nk.shelfBand('newest', nk.t('shelf_newest'), newest.slice(0, MOST)));
      index.great.forEach(function (category) {
        bands.push(nk.shelfBand('c' + category.id, category.title, nk.coursesUnder(index, category.id)));
      });
    }
    return bands.filter(function (band) { return band.count > 0; });
  }

  function openFrom(band, at) {
    if (band.cells) {
      nk.go(band.cells[at].address);
    } else if (band.resume) {
      goOn(band.course || band.courses[at]);
    } else {
      openCourse(band.course || band.courses[at]);
    }
  }

  nk.screens.home = function (page, argument, memory) {
    var bands, all;
    if (!nk.index.courses.length) { return nk.emptyScreen(page); }
    nk.homeHeader(page, nk.sorted(nk.index, 'newest')[0].number);
    all = homeBands(nk.index);
    bands = nk.bands(page, all, memory, openFrom);
    return {
      fresh: true,
      // The hero may still have to be drawn.
      words: function () { if (all[0].summary) { writeSummary(all[0]); } },
      key: function (action) { return action === 'back' ? false : bands.key(action); },
      close: function () { return; }
    };
  };
}(window.nk));
