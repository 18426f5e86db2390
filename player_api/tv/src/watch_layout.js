// Where things stand over the picture.
(function (nk) {
  'use strict';

  nk.layout.player = {
    panel: [0, 400, 1280, 320],
    title: [64, 60, 1152, 50],
    bar: [64, 132, 1152, 14],
    time: [64, 160, 400, 44],
    note: [480, 160, 736, 44],
    keys: [64, 228, 1152, 48],
    badge: [560, 270, 160, 160],
    message: [290, 310, 700, 72],
    toast: [204, 28, 872, 64],
    // From the lower edge of the stage.
    bubble_px: 204, captions_px: 44, captions_over_bar_px: 276,

    left_column: [64, 104, 500, 516],
    right_column: [604, 104, 612, 516],
    drawer_hints: [604, 636, 612, 48]
  };
}(window.nk));
