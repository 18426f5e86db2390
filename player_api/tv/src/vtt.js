// WebVTT as the packages have it: captions, and the pictures of a storyboard.
(function (nk) {
  'use strict';

  var TIME = '(?:(\\d+):)?(\\d\\d):(\\d\\d)\\.(\\d{3})';
  var TIMING = new RegExp(TIME + '[ \\t]+-->[ \\t]+' + TIME);
  var NAMED = { amp: '&', lt: '<', gt: '>', nbsp: ' ', quot: '"' };

  function seconds(fields, at) {
    return (+fields[at] || 0) * 3600 + fields[at + 1] * 60 + +fields[at + 2] + fields[at + 3] / 1000;
  }

  // → [{start_s, end_s, text}]; what is no cue is skipped.
  nk.readVtt = function (text) {
    var cues = [];
    text.replace(/\r\n?/g, '\n').replace(/\n+$/, '').split(/\n\n+/).forEach(function (block) {
      var lines = block.split('\n');
      var first = lines[0].indexOf('-->') < 0 ? 1 : 0; // a cue may have a name
      var timing = TIMING.exec(lines[first] || '');
      if (timing) {
        cues.push({ start_s: seconds(timing, 1), end_s: seconds(timing, 5), text: lines.slice(first + 1).join('\n') });
      }
    });
    return cues;
  };

  // The words of a cue without its marks.
  nk.cueWords = function (text) {
    return text.replace(/<[^>]*>/g, '').replace(/&(\w+);/g, function (whole, name) {
      return NAMED[name] === undefined ? '' : NAMED[name];
    });
  };

  // Those that are on at this second, in order.
  nk.cuesAt = function (cues, at_s) {
    return cues.filter(function (cue) { return cue.start_s <= at_s && at_s < cue.end_s; });
  };

  // done(cues), null when they did not come.
  nk.fetchVtt = function (url, done) {
    var request = new XMLHttpRequest();
    request.onreadystatechange = function () {
      if (request.readyState === 4) { done(request.status === 200 ? nk.readVtt(request.responseText) : null); }
    };
    request.open('GET', url, true);
    request.send(null);
  };
}(window.nk));
