// Where things stand on the one 1280×720 stage, in stage pixels. Boxes are
// [left, top, width, height]. Screens compute with these; css/ holds type and colour.
(function (nk) {
  'use strict';

  nk.layout = {
    stage: { width_px: 1280, height_px: 720 },
    // Old sets cut off about 5 % on each side.
    safe: { left_px: 64, top_px: 36, width_px: 1152, bottom_px: 684 },

    header: {
      brand: [64, 31, 170, 48],
      hint: [300, 31, 520, 48],
      clock: [840, 31, 376, 48],
      back: [64, 32, 118, 48],
      title: [204, 30, 620, 52]
    },

    // The scrolling part of home and category, under the fixed header.
    view: { top_px: 94, height_px: 626 },

    hero: {
      height_px: 256, pitch_px: 286, top_px: 10,
      picture: [696, 0, 456, 256],
      kicker: [32, 16, 610, 36],
      title: [32, 52, 640, 54],
      summary: [32, 108, 610, 76],
      button: [32, 192, 340, 50]
    },
    tiles: { height_px: 80, pitch_px: 102, tile_width_px: 270, tile_pitch_px: 294, visible: 4 },
    // Posters are shown at the size they are stored in: 320×180.
    shelf: {
      title_px: 42, cards_top_px: 48, pitch_px: 314, untitled_pitch_px: 272, untitled_top_px: 12,
      card_width_px: 320, card_pitch_px: 344, poster_px: 180, card_height_px: 258, visible: 3,
      // A grid of three columns reaches from edge to edge.
      grid_pitch_px: 416,
      // One card beyond each edge: two rows make twelve cards.
      margin: 1
    },

    course: {
      poster: [64, 106, 480, 270],
      button: [64, 398, 480, 84],
      resume: [64, 490, 480, 40],
      facts: [64, 536, 480, 148],
      facts_higher_px: 506,
      words: [596, 100, 620, 290],
      // The list begins below the words and ends at the safe area; a lesson that is
      // half in sight at its lower edge says that there are more.
      list: [588, 0, 636, 0],
      list_title_px: 56, list_bottom_px: 700,
      lesson_pitch_px: 80, lesson_height_px: 70
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
