// What lies over the picture: title, progress, the keys that work now.
(function (nk) {
  'use strict';

  // on: {seek(share), press(), move()}, what a pointer does.
  nk.playerBar = function (page, title, on) {
    var layout = nk.layout.player;
    var veil = nk.make(page, 'player-touch', [0, 0, 1280, 720]);
    var panel = nk.make(page, 'panel', layout.panel);
    var bar, full, head, bubble;

    veil.onclick = on.press;
    veil.onmousemove = on.move;
    nk.make(panel, 'panel-title', layout.title, title);
    bar = nk.make(panel, 'bar', layout.bar);
    full = nk.make(bar, 'bar-full', [0, 0, 0, layout.bar[3]]);
    head = nk.make(bar, 'bar-head focusable on', [-16, -9, 32, 32]);
    bubble = nk.make(panel, 'bubble', layout.bubble);
    bar.onclick = function (event) {
      var place = bar.getBoundingClientRect();
      on.seek((event.clientX - place.left) / place.width);
    };

    return {
      panel: panel,
      back: nk.backChip(page),
      time: nk.make(panel, 'panel-time', layout.time),
      keys: nk.make(panel, 'panel-keys', layout.keys),
      badge: nk.make(page, 'pause-badge', layout.badge),
      message: nk.make(page, 'player-message', layout.message),
      // share: 0…1 of the lesson; seeking: the place is only previewed.
      draw: function (share, position_s, duration_s, seeking) {
        var x_px = Math.round(share * layout.bar[2]);
        full.style.width = x_px + 'px';
        head.style.left = x_px - 16 + 'px';
        nk.write(this.time, nk.playTime(position_s) + ' / ' + nk.playTime(duration_s));
        nk.show(bubble, seeking);
        if (seeking) {
          nk.write(bubble, nk.playTime(position_s));
          bubble.style.left = nk.clamp(layout.bar[0] + x_px - 84, layout.bar[0], 1048) + 'px';
        }
      }
    };
  };

  // Seeking by remote: each further press in the same direction goes further.
  nk.seekStep_s = function (presses) {
    if (presses < 4) { return 10; }
    return presses < 10 ? 20 : 60;
  };
}(window.nk));
