// A course as a card: poster or a drawn one, number, title.
(function (nk) {
  'use strict';

  // Rings and the title's first character, where there is no picture.
  function drawInstead(poster, box, course) {
    var height_px = box[3];
    var node = nk.make(poster, 'drawn');
    poster.insertBefore(node, poster.firstChild);
    [[0.42, 0.08], [0.68, -0.18]].forEach(function (ring) {
      nk.make(node, 'ripple', [box[2] / 2 - height_px * ring[0], height_px * ring[1], height_px * 2 * ring[0], height_px * 2 * ring[0]]);
    });
    nk.make(node, 'initial', [0, 0, box[2], height_px], course.title.charAt(0)).style.lineHeight = height_px + 'px';
  }

  // The first of the addresses that has a picture.
  function pictureOf(urls, box, onNone) {
    var picture = document.createElement('img');
    var at = 0;
    picture.alt = '';
    picture.width = box[2];
    picture.height = box[3];
    picture.onerror = function () {
      at += 1;
      if (at < urls.length) { picture.src = urls[at]; } else { onNone(picture); }
    };
    picture.src = urls[0];
    return picture;
  }

  // The colour beneath leaves no hole while a picture is on its way.
  nk.poster = function (parent, box, course, big) {
    var hue = nk.hueOf(nk.index, course.category);
    var node = nk.make(parent, 'poster hue-' + hue + (big ? ' wide' : ''), box);
    var urls = nk.posterUrls(nk.index, course, big);
    if (urls.length) {
      node.appendChild(pictureOf(urls, box, function (picture) {
        nk.remove(picture);
        drawInstead(node, box, course);
      }));
    } else {
      drawInstead(node, box, course);
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
