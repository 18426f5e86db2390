// Small pictures of the lesson while the viewer seeks, cut out of the storyboard's sheets.
(function (nk) {
  'use strict';

  var PLACE = /^([^#]+)#xywh=(\d+),(\d+),(\d+),(\d+)/;
  // A picture is 160 px wide: twice as large it can be made out from the sofa.
  var LARGER = 2;

  // frame: where the picture goes; drawn over(size [width, height] or null) when there is
  // one for the asked second, or none.
  nk.storyboard = function (frame) {
    var url = null;
    var cues = null;
    var asked = false;
    var sheet = null; // {url, image, ready}
    var wanted_s = 0;

    function fetch() {
      if (!url || asked) { return; }
      asked = true;
      nk.fetchVtt(url, function (read) {
        cues = read;
        asked = !!read; // when the line is back, the next seek asks again
        draw();
      });
    }

    // The sheet's natural size is known when it is there, not before.
    function useSheet(address) {
      var mine = { url: address, image: document.createElement('img'), ready: false };
      if (sheet && sheet.url === address) { return; }
      if (sheet) { nk.remove(sheet.image); }
      sheet = mine;
      mine.image.className = 'sheet';
      mine.image.alt = '';
      mine.image.onload = function () {
        if (sheet !== mine) { return; }
        mine.ready = true;
        mine.image.style.width = mine.image.naturalWidth * LARGER + 'px';
        frame.appendChild(mine.image);
        draw();
      };
      mine.image.onerror = function () { if (sheet === mine) { sheet = null; } };
      mine.image.src = address;
    }

    function draw() {
      var cue = cues && nk.cuesAt(cues, wanted_s)[0];
      var place = cue && PLACE.exec(cue.text);
      if (place) { useSheet(url.replace(/[^/]*$/, '') + place[1]); }
      nk.show(frame, !!(place && sheet && sheet.ready));
      if (!place || !sheet || !sheet.ready) { return; }
      frame.style.width = place[4] * LARGER + 'px';
      frame.style.height = place[5] * LARGER + 'px';
      sheet.image.style.left = -place[2] * LARGER + 'px';
      sheet.image.style.top = -place[3] * LARGER + 'px';
    }

    return {
      use: function (address) { url = address; },
      fetch: fetch,
      draw: function (at_s) {
        wanted_s = at_s;
        fetch();
        draw();
      }
    };
  };
}(window.nk));
