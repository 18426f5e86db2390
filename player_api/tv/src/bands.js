// A page of bands under the header: hero, category tiles, shelves of cards. Only
// bands in sight exist, and of a shelf only the cards in sight and one beyond.
(function (nk) {
  'use strict';

  // band: {id, kind, pitch_px, count, visible, carry, draw(parent, top_px, open) → view}
  // view: {node, focus(first, at or -1)}

  nk.shelfBand = function (id, title, courses, carry) {
    var layout = nk.layout.shelf;
    return {
      id: id, title: title, courses: courses, count: courses.length, visible: layout.visible,
      carry: carry, card_pitch_px: carry ? layout.grid_pitch_px : layout.card_pitch_px,
      pitch_px: title ? layout.pitch_px : layout.untitled_pitch_px,
      draw: drawShelf
    };
  };

  function drawShelf(band, parent, press) {
    var layout = nk.layout.shelf;
    var node = nk.make(parent, 'shelf', [0, 0, 1280, band.pitch_px]);
    var strip = nk.make(node, 'strip', [
      nk.layout.safe.left_px, band.title ? layout.cards_top_px : layout.untitled_top_px, 1, layout.card_height_px
    ]);
    var cards = {};
    if (band.title) {
      nk.make(node, 'shelf-title', [nk.layout.safe.left_px, 0, nk.layout.safe.width_px, layout.title_px], band.title);
    }

    function keepOnly(from, to) {
      var at;
      for (at in cards) {
        if (+at < from || +at >= to) { nk.remove(cards[at]); delete cards[at]; }
      }
    }

    function addCard(at) {
      cards[at] = nk.card(strip, at * band.card_pitch_px, band.courses[at], function () { press(at); });
    }

    return {
      node: node,
      focus: function (first, focused) {
        var range = nk.cellWindow(first, band.count, band.visible, layout.margin);
        var at;
        keepOnly(range[0], range[1]);
        for (at = range[0]; at < range[1]; at += 1) {
          if (!cards[at]) { addCard(at); }
          nk.mark(cards[at], 'on', at === focused);
        }
        strip.style.left = nk.layout.safe.left_px - nk.shift_px(
          first, band.count, band.card_pitch_px, layout.card_width_px, nk.layout.safe.width_px
        ) + 'px';
      }
    };
  }

  // memory keeps {band, at: {band id: index}, first: {band id: index}}.
  nk.bands = function (page, bands, memory, open) {
    var view = nk.make(page, 'view', [0, nk.layout.view.top_px, 1280, nk.layout.view.height_px]);
    var roll = nk.make(view, 'roll', [0, 0, 1280, 1]);
    var tops = nk.bandTops(bands.map(function (band) { return band.pitch_px; }));
    var lowest_px = nk.lowestTop(bands.map(function (band) { return band.pitch_px; }), nk.layout.view.height_px);
    var drawn = {};

    memory.at = memory.at || {};
    memory.first = memory.first || {};
    memory.band = nk.clamp(memory.band || 0, 0, bands.length - 1);

    function placeIn(band) {
      var at = nk.clamp(memory.at[band.id] || 0, 0, band.count - 1);
      memory.at[band.id] = at;
      memory.first[band.id] = nk.scrollTo(memory.first[band.id] || 0, at, band.count, band.visible);
      return at;
    }

    // The bands above the first shelf scroll away together, not one by one; the last
    // shelves fill the screen.
    function scrollTop_px() {
      return bands[memory.band].fixed ? 0 : Math.min(tops[memory.band], lowest_px);
    }

    function inSight(b, top_px) {
      return tops[b] + bands[b].pitch_px > top_px && tops[b] < top_px + nk.layout.view.height_px;
    }

    function press(b, at) {
      var band = bands[b];
      var cut = band.visible < band.count && (at < memory.first[band.id] || at >= memory.first[band.id] + band.visible);
      memory.band = b;
      memory.at[band.id] = at;
      draw();
      // A click on a card that is half out of sight only brings it in.
      if (!cut) { open(band, at); }
    }

    function drawBand(b) {
      var band = bands[b];
      var at = placeIn(band);
      if (!drawn[b]) {
        drawn[b] = band.draw(band, roll, function (cell) { press(b, cell); });
        drawn[b].node.style.top = tops[b] + 'px';
      }
      drawn[b].focus(memory.first[band.id], b === memory.band ? at : -1);
    }

    function draw() {
      var top_px = scrollTop_px();
      var b;
      for (b = 0; b < bands.length; b += 1) {
        if (inSight(b, top_px)) {
          drawBand(b);
        } else if (drawn[b]) {
          nk.remove(drawn[b].node);
          delete drawn[b];
        }
      }
      roll.style.top = -top_px + 'px';
    }

    function moveBand(by) {
      var was = bands[memory.band];
      memory.band = nk.clamp(memory.band + by, 0, bands.length - 1);
      // Rows of one grid share their column; rows with a name keep their own.
      if (bands[memory.band].carry && was.carry) { memory.at[bands[memory.band].id] = memory.at[was.id]; }
    }

    function key(action) {
      var band = bands[memory.band];
      if (action === 'ok' || action === 'play_pause' || action === 'play') { open(band, memory.at[band.id]); return true; }
      if (action === 'up' || action === 'down') { moveBand(action === 'up' ? -1 : 1); }
      if (action === 'page_up' || action === 'page_down') { moveBand(action === 'page_up' ? -2 : 2); }
      if (action === 'left' || action === 'right') {
        memory.at[band.id] = nk.step(action, memory.at[band.id], band.count);
      }
      draw();
      return true;
    }

    draw();
    return { key: key };
  };
}(window.nk));
