// What the box keeps. Where local storage is missing, full or forbidden, the page
// works on with memory alone.
(function (nk) {
  'use strict';

  var PREFIX = 'nk.';
  // What can be had again gives way to what can't, the largest first.
  var GIVES_WAY = ['words', 'menu'];

  function usable(name) {
    try {
      var area = window[name];
      area.setItem(PREFIX + 'probe', '1');
      area.removeItem(PREFIX + 'probe');
      return area;
    } catch (refused) {
      return null;
    }
  }

  function storeOn(area) {
    var memory = {};

    function put(key, text) {
      try { area.setItem(PREFIX + key, text); } catch (full) { return false; }
      return true;
    }

    return {
      lasting: !!area,
      read: function (key) {
        if (memory.hasOwnProperty(key)) { return memory[key]; }
        try {
          return JSON.parse(area.getItem(PREFIX + key));
        } catch (absentOrBroken) {
          return null;
        }
      },
      // True when the value will survive a reload.
      write: function (key, value) {
        var text = JSON.stringify(value);
        var kept = area && (put(key, text) || (GIVES_WAY.indexOf(key) < 0 && GIVES_WAY.some(function (name) {
          area.removeItem(PREFIX + name);
          return put(key, text);
        })));
        if (kept) { delete memory[key]; } else { memory[key] = value; }
        return !!kept;
      },
      // Those that begin so, in no order.
      keys: function (beginning) {
        var all = Object.keys(memory);
        var n, key;
        for (n = 0; area && n < area.length; n += 1) {
          key = area.key(n).slice(PREFIX.length);
          if (area.key(n).slice(0, PREFIX.length) === PREFIX && !memory.hasOwnProperty(key)) { all.push(key); }
        }
        return all.filter(function (key) { return key.slice(0, beginning.length) === beginning; });
      },
      remove: function (key) {
        delete memory[key];
        try { area.removeItem(PREFIX + key); } catch (absent) { return; }
      }
    };
  }

  nk.storeOn = storeOn;
  nk.box_store = storeOn(usable('localStorage'));
  nk.visit_store = storeOn(usable('sessionStorage'));
}(window.nk));
