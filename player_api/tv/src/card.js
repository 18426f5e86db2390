// A course as a card: poster or a drawn one, number, title.
(function (nk) {
  'use strict';

  // Drawn beneath every picture, so a poster that is missing or late leaves no hole.
  nk.poster = function (parent, box, course, big) {
    var hue = nk.hueOf(nk.index, course.category);
    var node = nk.make(parent, 'poster hue-' + hue + (big ? ' wide' : ''), box);
    var url = nk.posterUrl(nk.index, course, big);
    var picture, initial;
    nk.make(node, 'ripple', [box[2] / 2 - box[3] * 0.42, box[3] * 0.08, box[3] * 0.84, box[3] * 0.84]);
    nk.make(node, 'ripple', [box[2] / 2 - box[3] * 0.68, -box[3] * 0.18, box[3] * 1.36, box[3] * 1.36]);
    initial = nk.make(node, 'initial', [0, 0, box[2], box[3]], course.title.charAt(0));
    initial.style.lineHeight = box[3] + 'px';
    initial.setAttribute('aria-hidden', 'true');
    if (url) {
      picture = document.createElement('img');
      picture.alt = '';
      picture.width = box[2];
      picture.height = box[3];
      picture.onerror = function () { nk.remove(picture); };
      picture.src = url;
      node.appendChild(picture);
    }
    if (course.demo) { nk.make(node, 'demo', null, nk.t('demo')); }
    return node;
  };

  // With `resume`, how far the household got.
  nk.card = function (parent, left_px, course, onClick, resume) {
    var layout = nk.lay('shelf');
    var width_px = layout.card_width_px;
    var node = nk.button(parent, 'card', [left_px, 0, width_px, layout.card_height_px], null, onClick);
    var poster = nk.poster(node, [0, 0, width_px, layout.poster_px], course, false);
    var next = resume && nk.continueIn(course);
    nk.make(poster, 'badge', null, course.number);
    nk.make(node, 'card-title' + (next ? ' single' : ''), [0, layout.poster_px + 8, width_px, layout.words_px], course.title);
    if (next) {
      nk.make(node, 'card-note', [0, layout.poster_px + 8 + layout.words_px / 2, width_px, layout.words_px / 2], nk.placeText(next));
    }
    node.setAttribute('aria-label', course.number + ' ' + course.title);
    return node;
  };
}(window.nk));
