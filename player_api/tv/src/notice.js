// Screens that say one thing and offer one button: empty, gone, line down.
(function (nk) {
  'use strict';

  nk.noticeScreen = function (page, notice) {
    var button;
    nk.make(page, 'notice-mark', [540, 140, 200, 120], nk.t('brand'));
    nk.make(page, 'notice-title', [140, 280, 1000, 64], notice.title);
    nk.make(page, 'notice-text', [140, 354, 1000, 88], notice.text);
    button = nk.button(page, 'choice on', [440, 470, 400, 88], notice.label, notice.act);
    return {
      fresh: true,
      key: function (action) {
        if (action === 'ok' || action === 'play' || action === 'play_pause') { notice.act(); return true; }
        return action !== 'back';
      },
      busy: function (text) { nk.write(button, text); },
      close: function () { return; }
    };
  };

  // While a part of the page is on its way; failed() says that it did not come.
  nk.waitingScreen = function (page, again) {
    var notice = null;
    var words = nk.make(page, 'notice-text', [140, 314, 1000, 88], nk.t('opening'));
    return {
      key: function (action) { return notice ? notice.key(action) : action !== 'back'; },
      failed: function () {
        nk.remove(words);
        notice = nk.noticeScreen(page, {
          title: nk.t('error_network_title'), text: nk.t('error_menu_text'), label: nk.t('retry'), act: again
        });
      },
      close: function () { return; }
    };
  };

  nk.emptyScreen = function (page) {
    return nk.noticeScreen(page, {
      title: nk.t('empty_title'), text: nk.t('empty_text'), label: nk.t('empty_again'),
      act: function () { nk.refreshMenu(nk.redraw); }
    });
  };

  nk.goneScreen = function (page) {
    return nk.noticeScreen(page, {
      title: nk.t('error_gone_title'), text: nk.t('error_gone_text'), label: nk.t('to_home'),
      act: nk.goHome
    });
  };
}(window.nk));
