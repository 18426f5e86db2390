// Where the household lives, from the prefecture down to the township: what is counted, and
// what the help line asks for. One level at a time; Back is one level up.
(function (nk) {
  'use strict';

  var LAYOUT = {
    title: [64, 100, 400, 60],
    steps: [64, 162, 400, 68],
    step_px: 78,
    side: [64, 408, 400, 84],
    side_px: 94,
    wait: [520, 330, 696, 60],
    list: [520, 104, 696, 592]
  };
  var SHAPES = {
    normal: { columns: 2, width_px: 340, height_px: 68, column_px: 356, row_px: 80 },
    large: { columns: 1, width_px: 696, height_px: 80, column_px: 712, row_px: 92 }
  };
  var STEPS = ['region_prefecture', 'region_county', 'region_township'];

  var known = {}; // parent's code → its places

  // done(failure, places) with the places below one; of the whole tree without a parent.
  nk.askPlaces = function (parent, done) {
    if (known[parent]) { done(null, known[parent]); return; }
    nk.request(nk.api + 'regions' + (parent ? '?parent=' + parent : ''), {}, function (failure, answer) {
      var places = answer && answer.regions;
      if (failure) { done(failure); return; }
      // Nothing to choose from: go on below the one province.
      if (!parent && places.length === 1 && places[0].has_children) { nk.askPlaces(places[0].code, done); return; }
      known[parent] = places;
      done(null, places);
    });
  };

  function keep(path) {
    var code = path[path.length - 1].code;
    nk.box_store.write('asked', true);
    if (nk.ownBox) {
      nk.ownBox.region = { code: code, path: path.map(function (place) { return place.name; }) };
      nk.box_store.write('own', nk.ownBox);
    }
    nk.errand('region', 'PUT', 'boxes/me/region', { region: code });
  }

  // memory keeps {path: [place, …], at}.
  nk.screens.region = function (page, argument, memory) {
    var first = !nk.box_store.read('asked') && nk.placeUnknown();
    var closed = false, touched = false;
    var places = null, list = null, side = [], sideAt = -1, notice = null;

    memory.path = memory.path || [];

    function later() {
      nk.box_store.write('asked', true);
      nk.goBack();
    }

    function up() {
      var left = memory.path.pop();
      memory.at = 0;
      open(left && left.code);
    }

    function finish(path) {
      var last = path[path.length - 1];
      nk.openDialog({
        title: nk.t('region_sure', { name: last.name }),
        text: path.map(function (place) { return place.name; }).join('  '),
        buttons: [
          { label: nk.t('region_yes'), act: function () { keep(path); memory.path = []; nk.goBack(); } },
          { label: nk.t('region_no'), act: function () { return; } }
        ]
      });
    }

    function press(at) {
      var place = places[at];
      memory.at = at;
      if (!place.has_children) { draw(-1); finish(memory.path.concat(place)); return; }
      memory.path.push(place);
      memory.at = 0;
      open();
    }

    function drawSteps() {
      STEPS.forEach(function (key, at) {
        var place = memory.path[at];
        var box = nk.make(page, 'step' + (at === memory.path.length ? ' now' : place ? ' done' : ''), [
          LAYOUT.steps[0], LAYOUT.steps[1] + at * LAYOUT.step_px, LAYOUT.steps[2], LAYOUT.steps[3]
        ]);
        nk.make(box, 'step-number', [12, 6, 56, 56], String(at + 1));
        nk.make(box, 'step-name', [84, 0, 308, LAYOUT.steps[3]], place ? place.name : nk.t(key));
      });
    }

    function addSide(label, act) {
      var at = side.length;
      side.push({
        act: act,
        node: nk.button(page, 'choice', [
          LAYOUT.side[0], LAYOUT.side[1] + at * LAYOUT.side_px, LAYOUT.side[2], LAYOUT.side[3]
        ], label, function () { sideAt = at; act(); })
      });
    }

    function drawSide() {
      var path = memory.path;
      if (path.length > 1) { addSide(nk.t('region_enough'), function () { finish(path); }); }
      if (path.length) { addSide(nk.t('region_up'), up); }
      if (first) {
        addSide(nk.t('region_later'), later);
      } else if (!path.length) {
        addSide(nk.t('back'), nk.goBack);
      }
    }

    function draw(onSide) {
      sideAt = onSide;
      side.forEach(function (button, at) { nk.mark(button.node, 'on', at === sideAt); });
      if (list) { list.draw(sideAt < 0 ? memory.at : -1); }
    }

    function build() {
      var shape = SHAPES[nk.settings.text];
      nk.empty(page);
      notice = list = null;
      side = [];
      nk.screenHeader(page, nk.t('region'));
      nk.make(page, 'ask', LAYOUT.title, nk.t('region_ask'));
      drawSteps();
      drawSide();
      if (!places) { nk.make(page, 'notice-text', LAYOUT.wait, nk.t('opening')); return; }
      list = nk.pickList(page, LAYOUT.list, shape, places.length, function (node, at) {
        nk.make(node, 'pick-name', [8, 0, shape.width_px - 16, shape.height_px], places[at].name);
      }, press);
      memory.at = nk.clamp(memory.at || 0, 0, places.length - 1);
    }

    // The line is down: at the first start home comes first; the next start asks again.
    function failed() {
      if (first && !memory.path.length) { nk.goBack(); return; }
      nk.empty(page);
      list = null;
      side = [];
      notice = nk.noticeScreen(page, {
        title: nk.t('error_network_title'), text: nk.t('error_menu_text'), label: nk.t('retry'), act: open
      });
    }

    function came(failure, answer, from) {
      if (failure) { failed(); return; }
      places = answer;
      places.forEach(function (place, at) { if (place.code === from) { memory.at = at; } });
      build();
      // Whoever has begun to walk keeps the focus.
      draw(touched ? sideAt : -1);
    }

    // from: the place that we come up from, which keeps the focus.
    function open(from) {
      var path = memory.path;
      var parent = path.length ? path[path.length - 1].code : '';
      var wanted = path.length;
      places = null;
      touched = false;
      build();
      // A second OK in a hurry must not put the question off: the first button harms nothing.
      draw(0);
      nk.askPlaces(parent, function (failure, answer) {
        if (!closed && wanted === memory.path.length) { came(failure, answer, from); }
      });
    }

    function move(action) {
      var to;
      if (sideAt >= 0) {
        if (action === 'right' && list) { draw(-1); } else {
          draw(nk.step(action === 'left' || action === 'right' ? '' : action, sideAt, side.length));
        }
        return;
      }
      to = list ? list.step(action, memory.at) : null;
      if (to !== null) { memory.at = to; draw(-1); } else if (action === 'left' && side.length) { draw(0); }
    }

    open();
    return {
      key: function (action) {
        touched = true;
        if (action === 'back') {
          if (memory.path.length) { up(); return true; }
          if (first) { later(); }
          return first;
        }
        if (notice) { return notice.key(action); }
        if (action === 'ok') {
          if (sideAt >= 0) { side[sideAt].act(); } else if (list) { press(memory.at); }
        } else {
          move(action);
        }
        return true;
      },
      close: function () { closed = true; }
    };
  };
}(window.nk));
