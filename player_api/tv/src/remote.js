// A picture of the remote with what each key does on this screen: a wrong key loses nothing
// and teaches something. Any key closes it.
(function (nk) {
  'use strict';

  // Boxes in stage pixels; keys inside the remote's body.
  var PLACES = {
    title: [64, 32, 1152, 52],
    body: [520, 102, 240, 530],
    foot: [64, 644, 1152, 40],
    back: [22, 22, 90, 46], home: [128, 22, 90, 46],
    ring: [40, 88, 160, 160], ok: [81, 129, 78, 78],
    up: [110, 98, 20, 20], down: [110, 218, 20, 20], left: [50, 158, 20, 20], right: [170, 158, 20, 20],
    colours: [22, 266, 42, 24], colour_pitch_px: 51,
    media: [22, 306, 58, 38], media_pitch_px: 69,
    digits: [22, 358, 58, 36], digit_pitch_px: 69, row_pitch_px: 41
  };
  // What is said beside the picture: [key, side, height of the line to the key, its end].
  var LABELS = [
    ['back', 'left', 147, 542], ['arrows', 'left', 270, 560], ['media', 'left', 427, 542], ['digits', 'left', 540, 542],
    ['home', 'right', 147, 738], ['ok', 'right', 285, 676]
  ];
  var LINE_PX = 39;
  var COLOURS = ['red', 'green', 'yellow', 'blue'];
  var COLOUR_TOP_PX = 360, COLOUR_PITCH_PX = 52;

  // So many unknown keys in a row: it is the remote that is unknown.
  var LEARN_AFTER = 3;

  var open = null;

  // Keys that mean nothing there, though they do elsewhere.
  var NO_USE = {
    dialog: 'red green yellow blue', search: 'red', mine: 'green', hall: 'yellow', settings: 'blue'
  };

  // The words for a key here; empty where it has no use.
  function wordsFor(key) {
    var place = nk.dialogOpen() ? 'dialog' : nk.parseAddress(nk.shownAddress()).name;
    if ((NO_USE[place] || '').indexOf(key) >= 0) { return ''; }
    return nk.t('help_' + key + '_' + place) || nk.t('help_' + key) || '';
  }

  function shifted(box, across_px, down_px) {
    return [box[0] + across_px, box[1] + down_px, box[2], box[3]];
  }

  // Keys without a use here are there, but dim.
  function drawKey(body, key, box, text, more) {
    nk.make(body, 'remote-key' + (more || '') + (wordsFor(key) ? '' : ' idle'), box, text);
  }

  function drawKeys(body) {
    var at;
    drawKey(body, 'back', PLACES.back, nk.t('key_back'), ' tall');
    drawKey(body, 'home', PLACES.home, nk.t('key_home'), ' tall');
    nk.make(body, 'remote-ring', PLACES.ring);
    ['up', 'down', 'left', 'right'].forEach(function (way) { nk.make(body, 'arrow ' + way, PLACES[way]); });
    nk.make(body, 'remote-ok', PLACES.ok, nk.t('key_ok'));
    COLOURS.forEach(function (colour, n) {
      drawKey(body, colour, shifted(PLACES.colours, n * PLACES.colour_pitch_px, 0), '', ' ' + colour);
    });
    ['‹‹', '▶', '››'].forEach(function (sign, n) {
      drawKey(body, 'media', shifted(PLACES.media, n * PLACES.media_pitch_px, 0), sign);
    });
    for (at = 0; at < 10; at += 1) {
      drawKey(body, 'digits', shifted(PLACES.digits, (at < 9 ? at % 3 : 1) * PLACES.digit_pitch_px,
        (at < 9 ? Math.floor(at / 3) : 3) * PLACES.row_pitch_px), String((at + 1) % 10));
    }
  }

  function drawLabel(key, side, line_px, end_px) {
    var words = wordsFor(key), left = side === 'left';
    var height_px = LINE_PX * words.split('\n').length;
    if (!words) { return; }
    nk.make(open, 'remote-words ' + side, [left ? 64 : 816, Math.round(line_px - height_px / 2), 400, height_px], words);
    nk.make(open, 'remote-line', left ? [476, line_px, end_px - 476, 3] : [end_px, line_px, 804 - end_px, 3]);
  }

  function drawColours() {
    COLOURS.filter(wordsFor).forEach(function (colour, n) {
      var top_px = COLOUR_TOP_PX + n * COLOUR_PITCH_PX;
      nk.make(open, 'remote-key ' + colour, [816, top_px + 8, 42, 24]);
      nk.make(open, 'remote-words right', [874, top_px, 342, 40], wordsFor(colour));
    });
  }

  function close() {
    nk.remove(open);
    open = null;
  }

  function footText(code, inARow) {
    if (inARow >= LEARN_AFTER) { return nk.t('remote_learn'); }
    return code ? nk.t('remote_code', { code: code }) : nk.t('remote_close');
  }

  // code: of the key that nothing here knows, if one was pressed; inARow: how many such ones.
  nk.showRemote = function (code, inARow) {
    if (open) {
      close();
      if (inARow > LEARN_AFTER) { nk.go('#/learn'); }
      return;
    }
    open = nk.make(nk.stage, 'veil remote', [0, 0, 1280, 720]);
    open.setAttribute('role', 'dialog');
    open.setAttribute('aria-label', nk.t('remote_title'));
    open.onclick = close;
    nk.make(open, 'remote-title', PLACES.title, nk.t('remote_title'));
    drawKeys(nk.make(open, 'remote-body', PLACES.body));
    LABELS.forEach(function (label) { drawLabel.apply(null, label); });
    drawColours();
    nk.make(open, 'remote-foot', PLACES.foot, footText(code, inARow));
  };

  nk.addLayer(function () {
    if (!open) { return false; }
    close();
    return true;
  });
}(window.nk));
