// Where things stand on the one 1280×720 stage, in stage pixels. Boxes are
// [left, top, width, height]. Screens compute with these; tv.css holds type and colour.
(function (nk) {
  'use strict';

  nk.layout = {
    stage: { width_px: 1280, height_px: 720 },
    // Old sets cut off about 5 % on each side.
    safe: { left_px: 64, top_px: 36, width_px: 1152, bottom_px: 684 },

    header: {
      brand: [64, 34, 170, 48],
      hint: [300, 36, 520, 48],
      clock: [840, 34, 376, 48],
      back: [64, 36, 118, 48],
      title: [204, 34, 720, 52]
    },

    // The scrolling part of home and category, under the fixed header.
    view: { top_px: 86, height_px: 634 },

    hero: {
      height_px: 268, pitch_px: 284, top_px: 6,
      picture: [676, 0, 476, 268],
      kicker: [32, 20, 610, 36],
      title: [32, 58, 630, 54],
      summary: [32, 116, 610, 78],
      button: [32, 200, 340, 52]
    },
    tiles: { height_px: 84, pitch_px: 98, tile_width_px: 270, tile_pitch_px: 294, visible: 4 },
    // Posters are shown at the size they are stored in: 320×180.
    shelf: {
      title_px: 44, cards_top_px: 52, pitch_px: 322, untitled_pitch_px: 280,
      card_width_px: 320, card_pitch_px: 344, poster_px: 180, card_height_px: 260, visible: 3,
      // One card beyond each edge: two rows make twelve cards.
      margin: 1
    },

    course: {
      poster: [64, 106, 480, 270],
      button: [64, 398, 480, 84],
      resume: [64, 490, 480, 40],
      facts: [64, 536, 480, 148],
      words: [596, 100, 620, 288],
      list_title: [596, 392, 620, 48],
      list: [596, 446, 620, 250],
      lesson_pitch_px: 80, lesson_height_px: 72, lessons_visible: 3
    },

    player: {
      panel: [0, 440, 1280, 280],
      title: [64, 88, 1152, 50],
      bar: [64, 162, 1152, 14],
      time: [64, 190, 400, 44],
      keys: [480, 190, 736, 44],
      badge: [560, 280, 160, 160],
      bubble: [0, 92, 168, 56],
      message: [340, 320, 600, 64]
    },

    dialog: { width_px: 800, left_px: 240, button_width_px: 344, button_height_px: 84, gap_px: 24 },
    number: [856, 36, 360, 208]
  };
}(window.nk));
