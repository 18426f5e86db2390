// Players behind one small interface. A file a kind adds {name, here(), make(on)} to
// nk.players, with slow() where it may be a worse choice than others; what make() gives has
//   load(url, start_s, number of sound tracks), play(), pause(), paused(), stop(), position_s(), duration_s(),
//   can: {seek, speed, tracks}, and where it can: seek(position_s), setSpeed(rate),
//   tracks() → sound tracks [{name, language, on}], useTrack(n)
// and it calls back: on.playing(), on.waiting(), on.paused(), on.refused(), on.ended(),
// on.failed(kind) with kind 'network' | 'missing' | 'server' | 'decode'. on.wanted() says whether the
// viewer wants the picture to move. Captions are no matter of players: the page draws them.
(function (nk) {
  'use strict';

  nk.players = []; // in the order in which they are tried

  // What an answer of 400 to 499 means: the film is gone, or it is this box's turn later.
  nk.refusal = function (status) {
    return status === 404 || status === 409 || status === 410 ? 'missing' : 'server';
  };

  // Why a playlist does not play, asked of the server since the element won't say. The
  // browser's cache would answer with the line down.
  nk.diagnose = function (url, done) {
    var request = new XMLHttpRequest();
    var limit = setTimeout(function () {
      limit = null;
      request.abort();
      done('network');
    }, nk.patience.answer_ms);
    request.onreadystatechange = function () {
      if (request.readyState !== 4 || !limit) { return; }
      clearTimeout(limit);
      if (!request.status || request.status >= 500) { done('network'); return; }
      done(request.status >= 400 ? nk.refusal(request.status) : 'decode');
    };
    request.open('GET', url + (url.indexOf('?') < 0 ? '?' : '&') + 'at=' + Date.now(), true);
    request.send(null);
  };

  // The same words for a playback answer that failed.
  nk.playbackFailure = function (failure) {
    return failure.kind === 'network' ? 'network' : nk.refusal(failure.status);
  };

  // When one fails on a playlist that is there, the next gets a try. One that is slow in
  // this engine comes after the quick ones.
  nk.playersHere = function (wanted) {
    var here = nk.players.filter(function (player) {
      return (!wanted || player.name === wanted) && nk.attempt(player.here);
    });
    function slow(player) { return !!(player.slow && player.slow()); }
    return here.filter(function (player) { return !slow(player); }).concat(here.filter(slow));
  };
}(window.nk));
