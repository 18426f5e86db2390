// Settings: one line each, OK or an arrow turns it to its next value; what the line in focus
// means stands below.
(function (nk) {
  'use strict';

  var LAYOUT = {
    list: [64, 104, 1152, 500],
    hint: [64, 616, 1152, 68],
    value_px: 480
  };
  var SHAPES = {
    normal: { columns: 1, width_px: 1152, height_px: 62, column_px: 1152, row_px: 72 },
    large: { columns: 1, width_px: 1152, height_px: 82, column_px: 1152, row_px: 94 }
  };
  var SPEEDS = [0.75, 1, 1.25, 1.5];

  // Larger letters and fewer things, read aloud where the box can speak.
  nk.setElderly = function (yes) {
    if (nk.canSpeak() || !yes) { nk.setSetting('speak', yes); }
    nk.setSetting('text', yes ? 'large' : 'normal');
  };

  function onOff(yes) { return nk.t(yes ? 'set_on' : 'set_off'); }

  // by: 1 or −1; round and round, so that every value is reached with one key.
  function turned(values, value, by) {
    return values[(values.indexOf(value) + by + values.length) % values.length];
  }

  function switchRow(name) {
    return {
      label: nk.t('set_' + name), hint: nk.t('set_' + name + '_hint'),
      value: function () { return onOff(nk.settings[name]); },
      turn: function () { nk.setSetting(name, !nk.settings[name]); }
    };
  }

  function regionRow() {
    var own = nk.ownBox;
    var fixed = own && own.region_fixed;
    return {
      label: nk.t('set_region'), hint: nk.t(fixed ? 'set_region_fixed' : 'set_region_hint'), opens: !fixed,
      value: function () { return own && own.region.path.length ? own.region.path[own.region.path.length - 1] : ''; },
      turn: function () { if (!fixed) { nk.go('#/region'); } }
    };
  }

  function rows() {
    var all = [{
      label: nk.t('set_text'), hint: nk.t('set_text_hint'),
      value: function () { return onOff(nk.large); },
      turn: function () { nk.setElderly(!nk.large); }
    }];
    if (nk.canSpeak()) { all.push(switchRow('speak')); }
    all.push(switchRow('captions'), {
      label: nk.t('set_speed'), hint: nk.t('set_speed_hint'),
      value: function () { return nk.t('set_times', { n: nk.settings.speed }); },
      turn: function (by) { nk.setSetting('speed', turned(SPEEDS, nk.settings.speed, by)); }
    }, {
      label: nk.t('set_language'), hint: nk.t('set_language_hint'),
      value: function () { return nk.t('language_name'); },
      turn: function (by) { nk.setSetting('language', turned(nk.languages, nk.language, by)); }
    }, regionRow());
    all.push({
      label: nk.t('set_remote'), hint: nk.t('set_remote_hint'), opens: true,
      value: function () { return ''; }, turn: function () { nk.showRemote(null); }
    });
    return all;
  }

  nk.screens.settings = function (page, argument, memory) {
    var shape = SHAPES[nk.settings.text];
    var all = rows();
    var list, hint;

    function fill(node, at) {
      var row = all[at];
      nk.make(node, 'pick-name', [24, 0, shape.width_px - LAYOUT.value_px - 48, shape.height_px], row.label);
      nk.make(node, 'pick-value' + (row.opens ? ' opens' : ' turns'), [
        shape.width_px - LAYOUT.value_px - 24, 0, LAYOUT.value_px, shape.height_px
      ], row.value());
    }

    function draw() {
      list.draw(memory.at);
      nk.write(hint, all[memory.at].hint);
    }

    function turn(at, by) {
      memory.at = at;
      draw();
      all[at].turn(by);
      list.redraw(at);
    }

    memory.at = nk.clamp(memory.at || 0, 0, all.length - 1);
    nk.screenHeader(page, nk.t('settings'));
    list = nk.pickList(page, LAYOUT.list, shape, all.length, fill, function (at) { turn(at, 1); });
    hint = nk.make(page, 'set-hint', LAYOUT.hint);
    draw();
    nk.fetchOwnBox();
    return {
      key: function (action) {
        var to = list.step(action, memory.at);
        if (action === 'back') { return false; }
        if (action === 'ok') { turn(memory.at, 1); }
        // An arrow turns a value but opens no other screen.
        if ((action === 'left' || action === 'right') && !all[memory.at].opens) { turn(memory.at, action === 'left' ? -1 : 1); }
        if (to !== null && to !== memory.at) { memory.at = to; draw(); }
        return true;
      },
      news: function () {
        all = rows();
        all.forEach(function (row, at) { list.redraw(at); });
      },
      close: function () { return; }
    };
  };
}(window.nk));
