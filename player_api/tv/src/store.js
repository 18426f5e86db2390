// What the box keeps. Where local storage is missing, full or forbidden, the page
// works on with memory alone.
(function (nk) {
  'use strict';

  var PREFIX = 'nk.';

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
        try {
          area.setItem(PREFIX + key, JSON.stringify(value));
          delete memory[key];
          return true;
        } catch (absentOrFull) {
          memory[key] = value;
          return false;
        }
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
