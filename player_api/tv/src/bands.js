// A page of bands under the header: hero, tiles, shelves of cards, a grid. Only bands in
// sight exist and one above them, and of a shelf only the cards in sight and one beyond.
(function (nk) {
  'use strict';

  // band: {id, count, visible, pitch_px, fixed, draw(band, parent, press) → view}: with the
  // focus in a `fixed` one nothing is rolled. view: {node, focus(first, at or -1, chosen, hidden)},
  // and where not all is made at once fill() → true while more is missing. Of a hidden one only
  // the chosen cell exists.

  // A row of a grid: {columns, pitch_px}.
  nk.shelfBand = function (id, title, courses, row) {
    var layout = nk.lay('shelf');
    return {
      id: id, title: title, courses: courses, count: courses.length,
      visible: row ? row.columns : layout.visible,
      card_pitch_px: row ? row.pitch_px : layout.card_pitch_px,
      pitch_px: title ? layout.pitch_px : layout.untitled_pitch_px,
      draw: drawShelf
    };
  };

  function drawShelf(band, parent, press) {
    var layout = nk.lay('shelf');
    var node = nk.make(parent, 'shelf', [0, 0, 1280, band.pitch_px]);
    var strip = nk.make(node, 'strip', [
      nk.layout.safe.left_px, band.title ? layout.cards_top_px : layout.untitled_top_px, 1, layout.card_height_px
    ]);
    var cards = nk.cells(function (at) {
      return nk.card(strip, at * band.card_pitch_px, band.courses[at], function () { press(at); }, band.resume);
    });
    if (band.title) {
      nk.make(node, 'shelf-title', [nk.layout.safe.left_px, 0, nk.layout.safe.width_px, layout.title_px], band.title);
    }
    return {
      node: node,
      focus: function (first, focused, chosen, hidden) {
        cards.show(hidden ? [chosen, chosen + 1] : nk.cellWindow(first, band.count, band.visible), focused);
        strip.style.left = nk.layout.safe.left_px - nk.shift_px(
          first, band.count, band.card_pitch_px, layout.card_width_px, nk.layout.safe.width_px
        ) + 'px';
      },
      fill: cards.fill
    };
  }

  // Tiles or chips side by side. cells: [{text, look}]. With moved(at) the focus alone
  // chooses a cell, which stays marked when the focus goes elsewhere.
  nk.cellBand = function (id, kind, cells, moved) {
    var layout = nk.lay(kind);
    var visible = Math.min(cells.length, layout.most);
    var each_px = Math.floor((nk.layout.safe.width_px + layout.gap_px) / visible) - layout.gap_px;
    return {
      id: id, kind: kind, cells: cells, count: cells.length, visible: visible, moved: moved,
      cell_px: Math.min(each_px, layout.widest_px || each_px), fixed: true, pitch_px: layout.pitch_px, draw: drawCells
    };
  };

  function drawCells(band, parent, press) {
    var layout = nk.lay(band.kind);
    var pitch_px = band.cell_px + layout.gap_px;
    var node = nk.make(parent, band.kind, [0, 0, 1280, layout.pitch_px]);
    var strip = nk.make(node, 'strip', [nk.layout.safe.left_px, layout.top_px, 1, layout.height_px]);
    var nodes = band.cells.map(function (cell, at) {
      return nk.button(strip, cell.look, [at * pitch_px, 0, band.cell_px, layout.height_px], cell.text, function () {
        press(at);
      });
    });
    return {
      node: node,
      focus: function (first, focused, chosen) {
        nodes.forEach(function (one, at) {
          nk.mark(one, 'on', at === focused);
          if (band.moved) { nk.mark(one, 'chosen', at === chosen); }
        });
        strip.style.left = nk.layout.safe.left_px - first * pitch_px + 'px';
      }
    };
  }

  // memory keeps {band, id: of that band, at: {band id: index}, first: {band id: index}}. grid, when there is
  // one, follows the bands: {courses, columns, pitch_px}. Its rows share their column and are
  // made when they come in sight, so that 5,000 courses cost what 50 do.
  // box: where all this stands, when not below the header.
  nk.bands = function (page, bands, memory, open, grid, box) {
    var place = box || [0, nk.layout.view.top_px, 1280, nk.layout.view.height_px];
    var view = nk.make(page, 'view', place);
    var roll = nk.make(view, 'roll', [0, 0, 1280, 1]);
    var tops = nk.bandTops(bands.map(function (band) { return band.pitch_px; }));
    var head_px = bands.reduce(function (sum, band) { return sum + band.pitch_px; }, 0);
    var row_px = nk.lay('shelf').untitled_pitch_px;
    var drawn = {}; // by place: {band, view}
    var leaving = []; // rows that stay in sight until others take their place
    var count, lowest_px;

    memory.at = memory.at || {};
    memory.first = memory.first || {};

    // Bands come and go between two visits, and the focus stays with its own.
    function findBand() {
      bands.forEach(function (band, b) { if (band.id === memory.id) { memory.band = b; } });
    }

    function rowBand(row) {
      var band = nk.shelfBand('grid', null, grid.courses.slice(row * grid.columns, (row + 1) * grid.columns), grid);
      band.fixed = row === 0;
      return band;
    }

    function bandAt(b) {
      return bands[b] || (drawn[b] ? drawn[b].band : rowBand(b - bands.length));
    }

    function topOf(b) { return bands[b] ? tops[b] : head_px + (b - bands.length) * row_px; }

    function endOf(b) { return topOf(b) + (bands[b] ? bands[b].pitch_px : row_px); }

    function erase(b) {
      nk.remove(drawn[b].view.node);
      delete drawn[b];
    }

    function setGrid(wanted) {
      var inGrid = !bands[memory.band] && !memory.away;
      grid = wanted;
      Object.keys(drawn).forEach(function (b) {
        if (bands[b]) { return; }
        if (inGrid) { erase(b); return; }
        leaving.push(drawn[b].view.node);
        delete drawn[b];
      });
      count = bands.length + (grid ? Math.ceil(grid.courses.length / grid.columns) : 0);
      lowest_px = nk.lowestTop(topOf, endOf, count, place[3]);
      memory.band = nk.clamp(memory.band || 0, 0, Math.max(0, count - 1));
    }

    // A short row does not lose the column that longer ones share.
    function placeIn(band) {
      var at = nk.clamp(memory.at[band.id] || 0, 0, band.count - 1);
      memory.first[band.id] = nk.scrollTo(memory.first[band.id] || 0, at, band.count, band.visible);
      return at;
    }

    // The bands above the first shelf roll away together, not one by one; the last
    // shelves fill the screen.
    function rolled_px() {
      return bandAt(memory.band).fixed ? 0 : Math.min(topOf(memory.band), lowest_px);
    }

    function inSight(b, top_px) {
      return endOf(b) > top_px && topOf(b) < top_px + place[3];
    }

    function firstInSight(top_px) {
      var b = top_px > head_px ? bands.length + Math.floor((top_px - head_px) / row_px) : 0;
      while (b < count && !inSight(b, top_px)) { b += 1; }
      return b;
    }

    function press(b, at) {
      var band = bandAt(b);
      var cut = band.visible < band.count && (at < memory.first[band.id] || at >= memory.first[band.id] + band.visible);
      memory.band = b;
      memory.at[band.id] = at;
      if (band.moved) { band.moved(at); }
      draw();
      // A click on a card that is half out of sight only brings it in.
      if (!cut) { open(band, at); }
    }

    function drawBand(b) {
      var band = bandAt(b);
      var at = placeIn(band);
      if (!drawn[b]) {
        drawn[b] = { band: band, view: band.draw(band, roll, function (cell) { press(b, cell); }) };
        drawn[b].view.node.style.top = topOf(b) + 'px';
      }
      drawn[b].view.focus(
        memory.first[band.id], b === memory.band && !memory.away ? at : -1, at, !inSight(b, rolled_px())
      );
    }

    function bandsInSight() {
      var top_px = count ? rolled_px() : 0;
      var found = [];
      var b;
      for (b = firstInSight(top_px); b < count && inSight(b, top_px); b += 1) { found.push(b); }
      return found;
    }

    // With the one above and its card that had the focus, so that a key that rolls back finds it
    // there as one that rolls on does.
    function bandsToHave() {
      var found = bandsInSight();
      return found[0] > 0 ? found.concat(found[0] - 1) : found;
    }

    // Where the focus is, at once, with what stands already; the rest afterwards.
    function draw() {
      var wanted = bandsToHave();
      memory.id = count ? bandAt(memory.band).id : '';
      Object.keys(drawn).forEach(function (b) {
        if (wanted.indexOf(+b) < 0) { erase(b); }
      });
      wanted.forEach(function (b) {
        if (b === memory.band || drawn[b]) { drawBand(b); }
      });
      nk.roll(roll, count ? rolled_px() : 0);
      nk.afterwards(fill);
    }

    // One piece: a band or a card of one.
    function fill() {
      leaving.forEach(nk.remove);
      leaving = [];
      return !!view.parentNode && bandsToHave().some(function (b) {
        if (drawn[b]) { return !!drawn[b].view.fill && drawn[b].view.fill(); }
        drawBand(b);
        return true;
      });
    }

    function moveIn(band, action) {
      var was = placeIn(band);
      memory.at[band.id] = nk.step(action, was, band.count);
      if (band.moved && memory.at[band.id] !== was) { band.moved(memory.at[band.id]); }
    }

    function key(action) {
      var band = bandAt(memory.band);
      var by = { up: -1, down: 1, page_up: -2, page_down: 2 }[action] || 0;
      if (action === 'ok' || action === 'play_pause' || action === 'play') { open(band, placeIn(band)); return true; }
      memory.band = nk.clamp(memory.band + by, 0, count - 1);
      if (action === 'left' || action === 'right') { moveIn(band, action); }
      draw();
      return true;
    }

    findBand();
    setGrid(grid);
    draw();
    return {
      key: key,
      draw: draw,
      empty: function () { return !count; },
      setGrid: function (wanted) { setGrid(wanted); draw(); },
      atLeft: function () { return placeIn(bandAt(memory.band)) === 0; }
    };
  };
}(window.nk));
