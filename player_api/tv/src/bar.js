// What lies over the picture: title, progress with its chapters, the keys that work now.
(function (nk) {
  'use strict';

  // 'OK=pause|Back=leave' as keycaps and what they do.
  nk.keyHints = function (row, text) {
    if (row.told === text) { return; }
    row.told = text;
    nk.empty(row);
    text.split('|').forEach(function (hint) {
      var parts = hint.split('=');
      nk.make(row, 'cap', null, parts[0]);
      nk.make(row, 'does', null, parts[1]);
    });
  };

  // on: {seek(share), press(), move()}, what a pointer does.
  nk.playerBar = function (page, title, on) {
    var layout = nk.layout.player;
    var veil = nk.make(page, 'player-touch', [0, 0, 1280, 720]);
    var panel = nk.make(page, 'panel', layout.panel);
    var name = nk.make(panel, 'panel-title', layout.title, title);
    var bar = nk.make(panel, 'bar', layout.bar);
    var full = nk.make(bar, 'bar-full', [0, 0, 0, layout.bar[3]]);
    var ticks = nk.make(bar, 'ticks', [0, 0, layout.bar[2], layout.bar[3]]);
    var head = nk.make(bar, 'bar-head focusable on', [-16, -9, 32, 32]);
    var bubble = nk.make(page, 'bubble');
    var frame = nk.make(bubble, 'frame');
    var words = nk.make(bubble, 'bubble-words');

    veil.onclick = on.press;
    veil.onmousemove = on.move;
    bubble.style.bottom = layout.bubble_px + 'px';
    bar.onclick = function (event) {
      var place = bar.getBoundingClientRect();
      on.seek((event.clientX - place.left) / place.width);
    };

    function drawBubble(x_px, text) {
      var width_px;
      nk.write(words, text);
      width_px = bubble.offsetWidth;
      bubble.style.left = nk.clamp(layout.bar[0] + x_px - width_px / 2, layout.bar[0], layout.bar[0] + layout.bar[2] - width_px) + 'px';
    }

    return {
      panel: panel,
      frame: frame, // where the storyboard's picture goes
      back: nk.backChip(page),
      time: nk.make(panel, 'panel-time', layout.time),
      note: nk.make(panel, 'panel-note', layout.note),
      keys: nk.make(panel, 'hints', layout.keys),
      badge: nk.make(page, 'pause-badge', layout.badge),
      message: nk.make(page, 'player-message', layout.message),
      // Where chapters begin, with the digits that lead there.
      mark: function (chapters, duration_s) {
        nk.empty(ticks);
        chapters.forEach(function (chapter, at) {
          var x_px = Math.round(chapter.start_s / duration_s * layout.bar[2]);
          if (at) { nk.make(ticks, 'tick', [x_px - 2, 0, 4, layout.bar[3]]); }
        });
      },
      // share: 0…1 of the lesson; seeking: what the bubble says of a place that is only previewed.
      draw: function (share, position_s, duration_s, seeking) {
        var x_px = Math.round(share * layout.bar[2]);
        full.style.width = x_px + 'px';
        head.style.left = x_px - 16 + 'px';
        nk.write(this.time, nk.playTime(position_s) + ' / ' + nk.playTime(duration_s));
        nk.show(bubble, !!seeking);
        nk.show(name, !seeking);
        if (seeking) { drawBubble(x_px, seeking); }
      }
    };
  };

  // Seeking by remote: each further press in the same direction goes further.
  nk.seekStep_s = function (presses) {
    if (presses < 4) { return 10; }
    return presses < 10 ? 20 : 60;
  };
}(window.nk));
