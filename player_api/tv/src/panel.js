// What up and down show beside the picture: columns of rows, of which only those in sight
// exist. A row has cells side by side, or is a heading.
(function (nk) {
  'use strict';

  var GAP_PX = 14;
  var RING_PX = 8; // the ring of the focus needs some room
  var PAGE_ROWS = 5;

  // cells: [{label, mark, mark_px, number, chosen, act}]
  nk.panelRow = function (cells) { return { cells: cells, height_px: 68 }; };

  nk.panelHeading = function (text) { return { heading: text, cells: [], height_px: 44 }; };

  function drawCell(roll, cell, box, press) {
    var node = nk.button(roll, 'lesson cell' + (cell.chosen ? ' chosen' : ''), box, null, press);
    var left_px = cell.number ? 68 : 16;
    var mark_px = cell.mark_px || 168;
    var right_px = cell.mark ? mark_px + 20 : 12;
    var title;
    if (cell.number) { nk.make(node, 'lesson-number', [8, 0, 56, box[3]], String(cell.number)); }
    title = nk.make(node, 'lesson-title' + (cell.number ? '' : ' middle'), [
      left_px, 0, box[2] - left_px - right_px, box[3]
    ], (cell.chosen && !cell.number ? '✓ ' : '') + cell.label);
    nk.mark(title, 'two', title.scrollWidth > title.offsetWidth);
    if (cell.mark) { nk.make(node, 'lesson-mark', [box[2] - mark_px - 12, 0, mark_px, box[3]], cell.mark); }
    return node;
  }

  function drawRow(column, row, press) {
    var width_px = (column.box[2] + GAP_PX) / (row.cells.length || 1);
    if (row.heading) {
      return [nk.make(column.roll, 'drawer-heading', [0, row.top_px, column.box[2], row.height_px], row.heading)];
    }
    return row.cells.map(function (cell, at) {
      return drawCell(column.roll, cell, [
        Math.round(at * width_px), row.top_px, Math.round(width_px) - GAP_PX, row.height_px
      ], function () { press(row, at); });
    });
  }

  // As little as the focused row needs; its heading comes along.
  function scroll(column) {
    var row = column.rows[column.at];
    var above = column.rows[column.at - 1];
    column.scroll_px = nk.clamp(
      column.scroll_px, row.top_px + row.height_px - column.box[3], above && above.heading ? above.top_px : row.top_px
    );
    column.roll.style.top = RING_PX - column.scroll_px + 'px';
  }

  function drawColumn(column, cell, press) {
    scroll(column);
    column.rows.forEach(function (row, r) {
      var below_px = row.top_px - column.scroll_px;
      var seen = below_px + row.height_px > 0 && below_px < column.box[3];
      if (seen && !column.drawn[r]) { column.drawn[r] = drawRow(column, row, press); }
      if (!seen && column.drawn[r]) {
        column.drawn[r].forEach(nk.remove);
        delete column.drawn[r];
      }
      if (seen) {
        column.drawn[r].forEach(function (node, at) { nk.mark(node, 'on', r === column.at && at === cell); });
      }
    });
  }

  function prepare(drawer, column) {
    var box = column.box;
    var end_px = 0;
    nk.make(drawer, 'drawer-title', [box[0], nk.layout.safe.top_px, box[2], 52], column.title);
    column.roll = nk.make(
      nk.make(drawer, 'drawer-view', [box[0] - RING_PX, box[1] - RING_PX, box[2] + 2 * RING_PX, box[3] + 2 * RING_PX]),
      'roll', [RING_PX, RING_PX, box[2], 1]
    );
    column.scroll_px = 0;
    column.drawn = {};
    column.rows.forEach(function (row) {
      row.top_px = end_px;
      end_px += row.height_px + GAP_PX;
    });
  }

  // columns: [{title, rows, at: index of the focused row, box}]; focus: {column, cell}.
  nk.openPanel = function (page, columns, focus, close) {
    var left_px = columns.length > 1 ? 0 : columns[0].box[0] - 40;
    var drawer = nk.make(page, 'drawer', [0, 0, 1280, 720]);

    nk.make(drawer, 'drawer-back', [left_px, 0, 1280 - left_px, 720]);
    drawer.onclick = function (event) { if (event.target === drawer) { close(); } };
    columns.forEach(function (column) { prepare(drawer, column); });
    nk.keyHints(nk.make(drawer, 'hints', nk.layout.player.drawer_hints), nk.t('keys_panel'));

    function press(row, at) {
      columns.forEach(function (column, c) {
        var r = column.rows.indexOf(row);
        if (r >= 0) {
          focus.column = c;
          focus.cell = at;
          column.at = r;
        }
      });
      row.cells[at].act();
    }

    function draw() {
      columns.forEach(function (column, c) { drawColumn(column, c === focus.column ? focus.cell : -1, press); });
    }

    function moveRow(by) {
      var column = columns[focus.column];
      var at = column.at + by;
      while (column.rows[at] && !column.rows[at].cells.length) { at += by; }
      if (!column.rows[at]) { return; }
      column.at = at;
      focus.cell = Math.min(focus.cell, column.rows[at].cells.length - 1);
    }

    function moveCell(by) {
      var column = columns[focus.column];
      var next = columns[focus.column + by];
      if (column.rows[column.at].cells[focus.cell + by]) {
        focus.cell += by;
      } else if (next) {
        focus.column += by;
        focus.cell = by > 0 ? 0 : next.rows[next.at].cells.length - 1;
      }
    }

    draw();
    return {
      focus: focus,
      columns: columns,
      left_px: left_px,
      key: function (action) {
        var column = columns[focus.column];
        var rows = { up: -1, down: 1, page_up: -PAGE_ROWS, page_down: PAGE_ROWS }[action] || 0;
        var n;
        if (action === 'ok' || action === 'play_pause' || action === 'play') { press(column.rows[column.at], focus.cell); return; }
        if (action === 'left' || action === 'right') { moveCell(action === 'left' ? -1 : 1); }
        for (n = 0; n < Math.abs(rows); n += 1) { moveRow(rows > 0 ? 1 : -1); }
        draw();
      },
      close: function () { nk.remove(drawer); }
    };
  };
}(window.nk));
