// The household's own page: what it watched and marked, how long it learned, and what the help
// line asks for. Everything comes from what the box keeps; the server's news come in behind.
(function (nk) {
  'use strict';

  var MOST = 24;
  var LONG_HOURS = 100; // minutes are of no interest any more
  var LAYOUT = {
    card: [64, 10, 1152, 196],
    cells: [[32, 0, 340, 190], [396, 0, 340, 190], [760, 0, 384, 190]],
    tiles_top_px: 228, tile_pitch_px: 294, tile_width_px: 270,
    note_line_px: 58
  };

  function cell(card, at, label, value, look) {
    var box = nk.make(card, 'own', LAYOUT.cells[at]);
    nk.make(box, 'own-label', [0, 14, LAYOUT.cells[at][2], 40], label);
    nk.make(box, 'own-value ' + (look || ''), [0, 56, LAYOUT.cells[at][2], 130], value);
  }

  function watchedText(watched_s) {
    var hours = Math.floor(watched_s / 3600);
    if (hours >= LONG_HOURS) { return nk.t('own_hours', { h: hours }); }
    return watched_s < 60 ? nk.t('own_none') : nk.spokenTime(watched_s);
  }

  function drawCard(parent) {
    var own = nk.ownBox;
    var card = nk.make(parent, 'own-card', LAYOUT.card);
    cell(card, 0, nk.t('own_watched'), watchedText(own ? own.watched_s : 0), 'own-time');
    cell(card, 1, nk.t('own_number'), own ? own.number : nk.t('own_unknown'));
    cell(card, 2, nk.t('own_region'), own && own.region.path.length ? own.region.path.join('\n') : nk.t('own_unknown'), 'own-place');
  }

  // The other languages by turns, each under its own name.
  function nextLanguage() {
    return nk.languages[(nk.languages.indexOf(nk.language) + 1) % nk.languages.length];
  }

  function actions() {
    return [
      { label: nk.t('settings'), act: function () { nk.go('#/settings'); } },
      { label: nk.t(nk.large ? 'text_smaller' : 'text_larger'), act: function () { nk.setElderly(!nk.large); } },
      { label: nk.strings[nextLanguage()].language_name, act: function () { nk.setSetting('language', nextLanguage()); } },
      { label: nk.t('tile_hall'), act: function () { nk.go('#/hall'); } }
    ];
  }

  // notes: said of shelves that are empty.
  function actionsBand(notes) {
    var tiles = actions();
    return {
      id: 'actions', tiles: tiles, count: tiles.length, visible: tiles.length, fixed: true, note: notes.join('\n'),
      pitch_px: LAYOUT.tiles_top_px + nk.lay('tiles').pitch_px + notes.length * LAYOUT.note_line_px, draw: drawActions
    };
  }

  function drawActions(band, parent, press) {
    var node = nk.make(parent, 'tiles', [0, 0, 1280, band.pitch_px]);
    var tiles = band.tiles.map(function (tile, at) {
      return nk.button(node, 'tile tile-word hue-' + at % 4, [
        64 + at * LAYOUT.tile_pitch_px, LAYOUT.tiles_top_px, LAYOUT.tile_width_px, nk.lay('tiles').height_px
      ], tile.label, function () { press(at); });
    });
    drawCard(node);
    if (band.note) { nk.make(node, 'own-note', [64, LAYOUT.tiles_top_px + nk.lay('tiles').pitch_px, 1152, 120], band.note); }
    return {
      node: node,
      focus: function (first, focused) {
        tiles.forEach(function (tile, at) { nk.mark(tile, 'on', at === focused); });
      }
    };
  }

  nk.screens.mine = function (page, argument, memory) {
    var recent = nk.shelfBand('recent', nk.t('mine_recent'), nk.watched(nk.index).slice(0, MOST));
    var shelves = [recent, nk.shelfBand('marked', nk.t('mine_marked'), nk.favourites())];
    var notes = shelves.filter(function (shelf) { return !shelf.count; }).map(function (shelf) {
      return nk.t(shelf.id === 'recent' ? 'mine_no_recent' : 'mine_no_marked');
    });
    var bands, drawn;

    function build() {
      drawn = JSON.stringify(nk.ownBox);
      nk.empty(page);
      nk.screenHeader(page, nk.t('tile_mine'));
      bands = nk.bands(page, [actionsBand(notes)].concat(shelves.filter(function (shelf) {
        return shelf.count;
      })), memory, function (band, at) {
        if (band.tiles) { band.tiles[at].act(); } else { nk.go('#/course/' + band.courses[at].number); }
      });
    }

    recent.resume = true;
    build();
    nk.fetchOwnBox();
    return {
      fresh: true,
      key: function (action) { return action === 'back' ? false : bands.key(action); },
      news: function () { if (JSON.stringify(nk.ownBox) !== drawn) { build(); } },
      close: function () { return; }
    };
  };
}(window.nk));
