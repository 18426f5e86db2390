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
      kicker: [32, 16, 650, 36],
      title: [32, 52, 640, 54],
      summary: [32, 108, 610, 76],
      button: [32, 192, 340, 50]
    },
    // A row of tiles or chips: as many as `most` share the width, more roll.
    tiles: { height_px: 80, pitch_px: 102, top_px: 0, gap_px: 18, most: 7 },
    chips: { height_px: 60, pitch_px: 78, top_px: 10, gap_px: 14, most: 6, widest_px: 250 },
    // Posters are shown at the size they are stored in: 320×180.
    shelf: {
      title_px: 42, cards_top_px: 54, pitch_px: 314, untitled_pitch_px: 272, untitled_top_px: 12,
      card_width_px: 320, card_pitch_px: 344, poster_px: 180, card_height_px: 258, words_px: 68,
      visible: 3,
      // A grid of three columns reaches from edge to edge.
      grid_pitch_px: 416
    },

    // Under the header; what lies below list_bottom_px is the shelf of related courses.
    course: {
      poster: [64, 106, 448, 252],
      button: [64, 374, 448, 80],
      second: [64, 468, 448, 62],
      second_gap_px: 16,
      facts: [64, 540, 448, 104], fact_px: 34,
      words: [560, 100, 656, 290],
      // The list begins below the words; a lesson that is half in sight at its lower edge
      // says that there are more.
      list: [552, 0, 672, 0],
      list_title_px: 50, list_bottom_px: 644, related_px: 650,
      lesson_pitch_px: 74, lesson_height_px: 64
    },

    // Where they differ when everything is larger and there are fewer things.
    large: {
      hero: {
        height_px: 320, pitch_px: 350,
        picture: [584, 0, 568, 320],
        kicker: [32, 18, 640, 46],
        title: [32, 68, 640, 72],
        summary: [32, 148, 560, 92],
        button: [32, 246, 440, 60]
      },
      tiles: { height_px: 100, pitch_px: 126, gap_px: 20, most: 5 },
      chips: { height_px: 76, pitch_px: 96, gap_px: 16, most: 5, widest_px: 300 },
      shelf: {
        title_px: 60, cards_top_px: 68, pitch_px: 496, untitled_pitch_px: 436,
        card_width_px: 564, card_pitch_px: 588, poster_px: 316, card_height_px: 420, words_px: 96,
        visible: 2, grid_pitch_px: 588
      },
      course: {
        button: [64, 374, 448, 84],
        second: [64, 472, 448, 68],
        facts: [64, 550, 448, 94], fact_px: 46,
        list_title_px: 62,
        lesson_pitch_px: 94, lesson_height_px: 84
      }
    },

    dialog: { width_px: 800, left_px: 240, button_width_px: 344, button_height_px: 84, gap_px: 24 },
    number: [856, 36, 360, 0]
  };

  Object.keys(nk.layout.large).forEach(function (name) {
    nk.layout.large[name] = nk.join(nk.layout[name], nk.layout.large[name]);
  });

  // The layout of a thing in the present size.
  nk.lay = function (name) { return (nk.large && nk.layout.large[name]) || nk.layout[name]; };
}(window.nk));
