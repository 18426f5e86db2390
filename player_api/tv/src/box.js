// Who this box is: start parameters first, since some boxes forget everything at
// power-off; then what was kept; else it introduces itself to the server, with the card's
// number, by which the server knows a box again that has forgotten.
(function (nk) {
  'use strict';

  var waiting = null;
  var card = null; // of the start address or of the box's shell

  function fromParameters(parameters) {
    if (!parameters.box || !parameters.token) { return null; }
    return { box: parameters.box, token: parameters.token, region: parameters.region || null };
  }

  function kept() {
    var identity = nk.box_store.read('box');
    if (!identity || !identity.token) { return null; }
    // Another card: it is another household's now.
    if (card && card !== identity.card) { return null; }
    return identity;
  }

  // Another region on the start address than last time: the box has moved.
  function moveTo(region) {
    if (!region || region === nk.identity.region) { return; }
    nk.identity.region = region;
    nk.box_store.write('box', nk.identity);
    nk.errand('region', 'PUT', 'boxes/me/region', { region: region });
  }

  nk.startParameters = {};
  nk.identity = null;

  nk.knowBox = function (parameters) {
    nk.startParameters = parameters;
    card = (parameters.card || nk.shellCard() || '').slice(0, 64) || null;
    nk.identity = fromParameters(parameters) || kept();
    if (nk.identity) { moveTo(parameters.region); }
  };

  function introduction(region) {
    var agent = navigator.userAgent || '';
    var engine = /(AppleWebKit|Chrome|Gecko)\/[\d.]+/.exec(agent);
    return {
      model: (/\(([^)]*)\)/.exec(agent) || ['', ''])[1].slice(0, 120),
      engine: engine ? engine[0] : '',
      region: region,
      card: card
    };
  }

  // done(failure) when nk.identity is known; callers in the same moment share one request.
  nk.introduceBox = function (done) {
    if (nk.identity) { done(null); return; }
    if (waiting) { waiting.push(done); return; }
    waiting = [done];
    introduce(nk.startParameters.region || null);
  };

  function introduce(region) {
    nk.request(nk.api + 'boxes', { method: 'POST', body: introduction(region) }, function (failure, answer) {
      var callers = waiting;
      if (failure && failure.code === 'unknown_region' && region) {
        // A misspelt start address must not leave the box without a name.
        introduce(null);
        return;
      }
      waiting = null;
      if (!failure) {
        nk.identity = answer;
        nk.box_store.write('box', {
          box: answer.box, token: answer.token, card: card,
          region: nk.startParameters.region || answer.region
        });
      }
      callers.forEach(function (caller) { caller(failure); });
    });
  }

  nk.forgetBox = function () {
    nk.identity = null;
    nk.box_store.remove('box');
  };

  nk.token = function () { return nk.identity ? nk.identity.token : null; };
}(window.nk));
