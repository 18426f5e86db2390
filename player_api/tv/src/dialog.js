// A question over everything, with one to three buttons side by side.
(function (nk) {
  'use strict';

  var open = null;

  function draw() {
    open.buttons.forEach(function (button, at) { nk.mark(button.node, 'on', at === open.at); });
  }

  function press(at) {
    var chosen = open.buttons[at];
    nk.closeDialog();
    chosen.act();
  }

  function drawButtons(box) {
    var layout = nk.layout.dialog;
    var count = open.buttons.length;
    var width_px = Math.min(layout.button_width_px, (layout.width_px - 32 - (count - 1) * layout.gap_px) / count);
    var all_px = count * width_px + (count - 1) * layout.gap_px;
    open.buttons.forEach(function (button, at) {
      var left_px = (layout.width_px - all_px) / 2 + at * (width_px + layout.gap_px);
      button.node = nk.button(box, 'choice', [
        left_px, 216, width_px, layout.button_height_px
      ], button.label, function () { press(at); });
    });
  }

  // question: {title, text, buttons: [{label, act}], cancel} — Back does `cancel`,
  // or the last button when there is none.
  nk.openDialog = function (question) {
    nk.closeDialog();
    open = { buttons: question.buttons, cancel: question.cancel, at: 0 };
    open.node = nk.make(nk.stage, 'veil', [0, 0, 1280, 720]);
    open.box = nk.make(open.node, 'dialog', [nk.layout.dialog.left_px, 194, nk.layout.dialog.width_px, 332]);
    open.box.setAttribute('role', 'alertdialog');
    open.box.setAttribute('aria-label', question.title);
    open.title = nk.make(open.box, 'dialog-title', [40, 28, 720, 56], question.title);
    open.text = nk.make(open.box, 'dialog-text', [40, 96, 720, 100], question.text);
    drawButtons(open.box);
    draw();
    return open;
  };

  nk.closeDialog = function () {
    if (open) { nk.remove(open.node); }
    open = null;
  };

  nk.dialogOpen = function () { return !!open; };

  nk.relabelDialog = function (dialog, at, label) {
    if (dialog === open) { nk.write(open.buttons[at].node, label); }
  };

  // True when the dialog took the key: while one is open it takes all.
  nk.dialogKey = function (action) {
    var cancel;
    if (!open) { return false; }
    if (action === 'ok' || action === 'play_pause' || action === 'play') {
      press(open.at);
    } else if (action === 'back' || action === 'stop') {
      cancel = open.cancel || open.buttons[open.buttons.length - 1].act;
      nk.closeDialog();
      cancel();
    } else {
      open.at = nk.step(action, open.at, open.buttons.length);
      draw();
    }
    return true;
  };
}(window.nk));
