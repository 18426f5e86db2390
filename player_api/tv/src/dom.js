// Small pieces for building the stage: absolute boxes, text, removal.
(function (nk) {
  'use strict';

  nk.place = function (node, box) {
    node.style.left = box[0] + 'px';
    node.style.top = box[1] + 'px';
    node.style.width = box[2] + 'px';
    node.style.height = box[3] + 'px';
  };

  // Rolls up by so much: with a transform, engines need not look at each thing inside again.
  nk.roll = function (node, up_px) {
    node.style.webkitTransform = node.style.transform = 'translate(0,' + -up_px + 'px)';
  };

  // A new object with what is in those given; the later ones win.
  nk.join = function () {
    var all = {};
    Array.prototype.forEach.call(arguments, function (one) {
      Object.keys(one || {}).forEach(function (key) { all[key] = one[key]; });
    });
    return all;
  };

  // A new div; with a box it stands absolutely on that place.
  nk.make = function (parent, className, box, text) {
    var node = document.createElement('div');
    node.className = className + (box ? ' at' : '');
    if (box) { nk.place(node, box); }
    if (text !== undefined && text !== null) { node.appendChild(document.createTextNode(text)); }
    parent.appendChild(node);
    return node;
  };

  // Something that can have the focus; a click does what OK does.
  nk.button = function (parent, className, box, text, onClick) {
    var node = nk.make(parent, 'focusable ' + className, box, text);
    node.setAttribute('role', 'button');
    node.onclick = onClick;
    return node;
  };

  nk.write = function (node, text) {
    if (node.textContent !== text) { node.textContent = text; }
  };

  nk.remove = function (node) {
    if (node && node.parentNode) { node.parentNode.removeChild(node); }
  };

  nk.empty = function (node) {
    node.textContent = '';
  };

  // classList is missing in the oldest engines.
  nk.mark = function (node, name, yes) {
    var has = (' ' + node.className + ' ').indexOf(' ' + name + ' ') >= 0;
    if (yes && !has) { node.className += ' ' + name; }
    if (!yes && has) {
      node.className = (' ' + node.className + ' ').replace(' ' + name + ' ', ' ')
        .replace(/^ +| +$/g, '');
    }
  };

  nk.show = function (node, yes) {
    node.style.display = yes ? 'block' : 'none';
  };

  // The largest 16:9 stage that fits the window, centred.
  nk.stageFit = function (width_px, height_px) {
    var scale = Math.min(width_px / 1280, height_px / 720);
    return {
      scale: scale,
      left_px: Math.round((width_px - 1280 * scale) / 2),
      top_px: Math.round((height_px - 720 * scale) / 2)
    };
  };

  nk.fitStage = function (stage) {
    var fit = nk.stageFit(window.innerWidth || 1280, window.innerHeight || 720);
    // No transform at the natural size: some boxes pay for every layer.
    var transform = fit.scale === 1 ? '' : 'scale(' + fit.scale + ')';
    stage.style.left = fit.left_px + 'px';
    stage.style.top = fit.top_px + 'px';
    stage.style.webkitTransform = transform;
    stage.style.transform = transform;
  };
}(window.nk));
