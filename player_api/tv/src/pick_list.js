// A list or grid of buttons that scrolls: by index arithmetic, and only what is in sight exists.
(function (nk) {
  'use strict';

  // The ring around what has the focus needs some room inside the frame.
  var RING_PX = 8;

  // shape: {columns, width_px, height_px, column_px, row_px}; fill(node, at) draws one.
  nk.pickList = function (page, box, shape, count, fill, press) {
    var frame = nk.make(page, 'list', [box[0] - RING_PX, box[1] - RING_PX, box[2] + 2 * RING_PX, box[3] + 2 * RING_PX]);
    var roll = nk.make(frame, 'roll', [0, 0, box[2], 1]);
    var rows = Math.ceil(count / shape.columns);
    var visible = Math.floor((box[3] + shape.row_px - shape.height_px) / shape.row_px);
    var first = 0;
    var cells = nk.cells(function (at) {
      var node = nk.button(roll, 'pick', [
        RING_PX + at % shape.columns * shape.column_px,
        RING_PX + Math.floor(at / shape.columns) * shape.row_px, shape.width_px, shape.height_px
      ], null, function () { press(at); });
      fill(node, at);
      return node;
    });

    return {
      // focused: -1 while the focus is elsewhere.
      draw: function (focused) {
        var range;
        if (focused >= 0) { first = nk.scrollTo(first, Math.floor(focused / shape.columns), rows, visible); }
        range = nk.cellWindow(first, rows, visible);
        cells.show([range[0] * shape.columns, Math.min(count, range[1] * shape.columns)], focused);
        while (cells.fill()) { continue; }
        nk.roll(roll, first * shape.row_px);
      },

      redraw: function (at) {
        if (cells.node(at)) {
          nk.empty(cells.node(at));
          fill(cells.node(at), at);
        }
      },

      // Where an arrow leads from there; null: out of the list.
      step: function (action, at) {
        var columns = shape.columns;
        var by = { left: -1, right: 1, up: -columns, down: columns, page_up: -columns * visible, page_down: columns * visible }[action];
        var to = at + by;
        if (!by) { return at; }
        if (action === 'left') { return at % columns ? to : null; }
        if (action === 'right') { return to % columns && to < count ? to : null; }
        if (action === 'page_up') { return to < 0 ? at % columns : to; }
        if (to < 0) { return null; }
        if (to < count) { return to; }
        // The last row may be shorter than the others.
        return Math.floor(at / columns) < rows - 1 ? count - 1 : action === 'page_down' ? at : null;
      }
    };
  };
}(window.nk));
