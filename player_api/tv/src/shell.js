// What a box's shell offers around the page: keys by its bridge, who the box is, the way
// out. Every call may be missing or throw: shells of the same name differ.
(function (nk) {
  'use strict';

  function attempt(act) {
    try { return act(); } catch (absent) { return undefined; }
  }

  nk.attempt = attempt;

  // ---- who the box is

  // Where a box tells a number of its own: the operator's list has it as the card's number.
  var NUMBERS = [
    function () { return window.starcorExt.readSystemProp('device.id'); },
    function () { return window.android.get_device_id(); },
    function () { return window.Authentication.CTCGetConfig('STBID'); },
    function () { return window.Utility.getSystemInfo('SID'); }
  ];

  nk.shellCard = function () {
    var at, card;
    for (at = 0; at < NUMBERS.length; at += 1) {
      card = String(attempt(NUMBERS[at]) || '').replace(/^\s+|\s+$/g, '');
      if (card && !/^(null|undefined|0+)$/.test(card)) { return card; }
    }
    return null;
  };

  // ---- keys

  // The box's word on its player is told by a key and then asked for (CTC).
  var listener = null;

  nk.onBoxEvent = function (listen) { listener = listen; };

  nk.boxEvent = function () {
    var event = attempt(function () { return String(window.Utility.getEvent()); });
    // Some boxes write it as JSON, others as JavaScript does.
    var type = /\btype["']?\s*:\s*["']?(\w+)/.exec(event || '');
    if (type && listener) { listener(type[1], event); }
  };

  function starcorKeys() {
    window.starcorExt.requestFocus();
    window.starcorExt.setKeyEventHandler(function (action, keyCode, keyName) {
      return nk.onKey(Number(keyCode), /up/i.test(action) || Number(action) === 1 ? 'keyup' : 'keydown', String(keyName).toLowerCase());
    });
  }

  // Samsung sets hand over only the arrows unasked.
  function tizenKeys() {
    var names = 'MediaPlayPause MediaPlay MediaPause MediaStop MediaFastForward MediaRewind ChannelUp ChannelDown ' +
      'ColorF0Red ColorF1Green ColorF2Yellow ColorF3Blue 0 1 2 3 4 5 6 7 8 9';
    names.split(' ').forEach(function (name) {
      attempt(function () { window.tizen.tvinputdevice.registerKey(name); });
    });
  }

  // A broadcaster's application says which keys it wants: 0x17f is colours, arrows, player,
  // pages and digits (ETSI TS 102 796).
  function hbbtvKeys(application) {
    application.show();
    application.privateData.keyset.setValue(0x17f);
  }

  function hbbtvApplication() {
    var factory = window.oipfObjectFactory;
    var manager = factory && factory.isObjectSupported('application/oipfApplicationManager') &&
      factory.createApplicationManagerObject();
    return manager ? manager.getOwnerApplication(document) : null;
  }

  nk.startShell = function () {
    if (window.starcorExt) { attempt(starcorKeys); }
    if (window.tizen) { tizenKeys(); }
    attempt(function () { hbbtvKeys(hbbtvApplication()); });
  };

  // ---- the way out

  // The first that is there and works; `return` of the start address goes before all.
  var WAYS_OUT = [
    function () {
      var back = nk.startParameters['return'];
      if (!/^https?:\/\//.test(back || '')) { return false; }
      location.href = back;
      return true;
    },
    function () {
      window.starcorExt.closeBrwoser('back'); // spelt so by the box
      return true;
    },
    function () {
      window.android.finish();
      return true;
    },
    function () {
      window.tizen.application.getCurrentApplication().exit();
      return true;
    },
    function () {
      hbbtvApplication().destroyApplication();
      return true;
    },
    function () {
      var steps = nk.guarded() ? 2 : 1; // over the guard below our own entry
      if (window.history.length > steps) { window.history.go(-steps); } else { window.close(); }
      return true;
    }
  ];

  function leave() { WAYS_OUT.some(attempt); }

  // Where the box lets no page close itself, say which key does.
  function sayHow() {
    nk.openDialog({
      title: nk.t('left_title'), text: nk.t('left_text'),
      buttons: [{ label: nk.t('ok'), act: function () { return; } }]
    });
  }

  nk.askToLeave = function () {
    nk.openDialog({
      title: nk.t('leave_title'), text: nk.t('leave_text'),
      buttons: [
        { label: nk.t('leave_stay'), act: function () { return; } },
        { label: nk.t('leave_go'), act: function () { leave(); setTimeout(sayHow, 600); } }
      ],
      cancel: function () { return; }
    });
  };
}(window.nk));
