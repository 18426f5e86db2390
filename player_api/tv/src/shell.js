// What the box offers around the page. Only leaving is needed by now.
(function (nk) {
  'use strict';

  function leave() {
    if (window.starcorExt && window.starcorExt.closeBrwoser) { // spelt so by the box
      window.starcorExt.closeBrwoser('back');
    } else if (window.android && window.android.finish) {
      window.android.finish();
    } else if (window.history.length > 2) {
      window.history.go(-2);
    } else {
      window.close();
    }
  }

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
