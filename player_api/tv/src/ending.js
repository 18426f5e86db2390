// What is asked when a lesson is over.
(function (nk) {
  'use strict';

  var NEXT_S = 8;

  // The next lesson begins by itself; gives the timer, for a screen that closes before.
  nk.offerNext = function (next, goOn, stay) {
    var left_s = NEXT_S;
    var countdown = setInterval(tick, 1000);
    var dialog = nk.openDialog({
      title: nk.t('next_title'), text: nk.t('next_text', { title: next.title }),
      buttons: [
        { label: nk.t('next_play', { s: left_s }), act: ending(goOn) },
        { label: nk.t('to_course'), act: ending(stay) }
      ],
      cancel: ending(stay)
    });

    function ending(act) {
      return function () {
        clearInterval(countdown);
        act();
      };
    }

    function tick() {
      left_s -= 1;
      nk.relabelDialog(dialog, 0, nk.t('next_play', { s: left_s }));
      if (left_s <= 0) {
        nk.closeDialog();
        ending(goOn)();
      }
    }

    return countdown;
  };

  nk.sayFinished = function (again, leave) {
    nk.openDialog({
      title: nk.t('finished_title'), text: nk.t('finished_text'),
      buttons: [
        { label: nk.t('to_course'), act: leave },
        { label: nk.t('play_again'), act: again }
      ],
      cancel: leave
    });
  };
}(window.nk));
