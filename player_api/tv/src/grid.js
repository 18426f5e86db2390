// Focus by index arithmetic: no measuring of the page, so a key costs the same
// with 20 courses and with 5,000.
(function (nk) {
  'use strict';

  // The space below a band's last line may be cut off.
  var SLACK_PX = 16;

  nk.clamp = function (value, least, most) {
    return Math.max(least, Math.min(value, most));
  };

  // The first fully visible cell after moving the focus to `index`: the row moves
  // only when the focus would leave it.
  nk.scrollTo = function (first, index, count, visible) {
    var moved = nk.clamp(first, index - visible + 1, index);
    return nk.clamp(moved, 0, Math.max(0, count - visible));
  };

  // How far the row is shifted; the last cell ends at the right edge.
  nk.shift_px = function (first, count, pitch_px, cell_px, width_px) {
    var most_px = Math.max(0, (count - 1) * pitch_px + cell_px - width_px);
    return Math.min(first * pitch_px, most_px);
  };

  // Half-open range of cells to draw: what is visible, with the one that is cut off at the
  // end, and one before, which is still in sight while the row moves.
  nk.cellWindow = function (first, count, visible) {
    return [Math.max(0, first - 1), Math.min(count, first + visible + 1)];
  };

  // Tops of bands stacked with the given pitches.
  nk.bandTops = function (pitches) {
    var tops = [], at = 0, i;
    for (i = 0; i < pitches.length; i += 1) {
      tops.push(at);
      at += pitches[i];
    }
    return tops;
  };

  // The top of the first band from which all the rest fits the view.
  nk.lowestTop = function (topOf, endOf, count, view_px) {
    var at = Math.max(0, count - 1);
    var end_px = endOf(at);
    while (at > 0 && end_px - topOf(at - 1) <= view_px + SLACK_PX) { at -= 1; }
    return topOf(at);
  };

  // Of a row or list only the cells of a range exist. make(at) → node.
  nk.cells = function (make) {
    var nodes = {};
    var range = [0, 0];
    var on = -1; // where the focus is

    // The first place from there on without a cell.
    function gapFrom(at) {
      while (at < range[1] && nodes[at]) { at += 1; }
      return at;
    }

    // Before those that come after it, for whoever reads the page in its own order.
    function add(at) {
      var next = at + 1;
      nodes[at] = make(at);
      while (next < range[1] && !nodes[next]) { next += 1; }
      if (next < range[1]) { nodes[next].parentNode.insertBefore(nodes[at], nodes[next]); }
    }

    function mark(at, yes) {
      if (nodes[at]) { nk.mark(nodes[at], 'on', yes); }
    }

    return {
      // What has the focus exists at once; the others come by fill().
      show: function (wanted, focused) {
        var at;
        range = wanted;
        for (at in nodes) {
          if (+at < range[0] || +at >= range[1]) { nk.remove(nodes[at]); delete nodes[at]; }
        }
        if (focused >= range[0] && focused < range[1] && !nodes[focused]) { add(focused); }
        if (on !== focused) { mark(on, false); }
        mark(focused, true);
        on = focused;
      },
      // One more; true while others are missing.
      fill: function () {
        var gap = gapFrom(range[0]);
        if (gap < range[1]) { add(gap); }
        return gapFrom(gap) < range[1];
      },
      node: function (at) { return nodes[at]; },
      each: function (act) { Object.keys(nodes).forEach(function (at) { act(nodes[at], +at); }); }
    };
  };

  nk.step = function (action, index, count) {
    if (action === 'left' || action === 'up') { return Math.max(0, index - 1); }
    if (action === 'right' || action === 'down') { return Math.min(count - 1, index + 1); }
    return index;
  };
}(window.nk));
