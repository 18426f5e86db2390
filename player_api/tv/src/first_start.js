// The first start: where does the household live? Asked once, before home, and never in the
// way: without an answer from the server in time, or with a key before it, the next start asks.
(function (nk) {
  'use strict';

  var WAIT_MS = 5000;
  var COUNTY_DIGITS = 6;

  var waiting = false;

  function unasked() {
    return !nk.preview && !nk.startParameters.region && !nk.box_store.read('asked') && nk.box_store.lasting &&
      /^(#\/(home|back)?)?$/.test(location.hash);
  }

  nk.placeUnknown = function () {
    return !!nk.ownBox && !nk.ownBox.region_fixed && nk.ownBox.region.code.length < COUNTY_DIGITS;
  };

  // done() starts the router.
  nk.firstStart = function (done) {
    function finish(ask) {
      if (!waiting) { return; }
      waiting = false;
      done();
      if (ask) { nk.go('#/region'); }
    }

    // What the server said at an earlier start needs no waiting for.
    if (!unasked() || (nk.ownBox && !nk.placeUnknown())) { done(); return; }
    waiting = true;
    nk.addLayer(function () {
      var waited = waiting;
      finish(false);
      return waited;
    });
    setTimeout(function () { finish(false); }, WAIT_MS);
    nk.fetchOwnBox(function (failure) {
      if (failure || !nk.placeUnknown()) { finish(false); return; }
      nk.needPart('more', function (loaded) {
        if (!loaded) { finish(false); return; }
        // A service without a tree of regions has nothing to ask.
        nk.askPlaces('', function (unknown, places) { finish(!unknown && places.length > 0); });
      });
    });
  };
}(window.nk));
