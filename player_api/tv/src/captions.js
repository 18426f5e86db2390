// Captions, drawn by the page: so every way to play has them, and in letters that can be
// read from the sofa.
(function (nk) {
  'use strict';

  function starts(text, beginning) { return (text || '').slice(0, beginning.length) === beginning; }

  // Those that a viewer can choose.
  nk.captionChoices = function (tracks) {
    return tracks.filter(function (track) { return !track.forced; });
  };

  // The track to show: the one chosen last on this box, else one in the page's language.
  // Switched off, only what nobody could follow otherwise.
  nk.captionsFor = function (tracks, on, name) {
    var fitting = tracks.filter(function (track) { return !track.forced === on; });
    var best = on ? fitting[0] : null;
    fitting.forEach(function (track) {
      if (starts(track.language, nk.language) && (!best || !starts(best.language, nk.language))) { best = track; }
    });
    fitting.forEach(function (track) { if (track.name === name) { best = track; } });
    return best || null;
  };

  nk.captionsOver = function (page) {
    var box = nk.make(page, 'captions');
    var plate = nk.make(box, 'plate');
    var url = null;
    var cues = null;

    nk.show(box, false);
    box.style.left = nk.layout.safe.left_px + 'px';
    return {
      use: function (track) {
        var wanted = track ? track.url : null;
        if (wanted === url) { return; }
        url = wanted;
        cues = null;
        if (!url) { return; }
        nk.fetchVtt(url, function (read) {
          if (wanted !== url) { return; }
          cues = read;
          if (!read) { url = null; } // asked again when the next picture comes
        });
      },
      // bottom_px: what lies below; width_px: what a panel leaves of the screen.
      draw: function (at_s, bottom_px, width_px) {
        var words = cues && at_s !== null ? nk.cuesAt(cues, at_s).map(function (cue) { return nk.cueWords(cue.text); }).join('\n') : '';
        nk.show(box, !!words);
        if (!words) { return; }
        box.style.bottom = bottom_px + 'px';
        box.style.width = width_px + 'px';
        nk.write(plate, words);
      }
    };
  };
}(window.nk));
