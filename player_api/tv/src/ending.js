// What is asked when a lesson is over.
(function (nk) {
  'use strict';

  // So many lessons without a key: somebody may have fallen asleep.
  var MOST_ALONE = 3;

  var alone = 0; // lessons that began by themselves since the last key

  // Who chose a button is there, by whatever way.
  function awake(act) {
    return function () {
      alone = 0;
      act();
    };
  }

  nk.addLayer(awake(function () { return; }));

  // The next lesson begins by itself, unless nobody seems to be there. Gives the timer, for
  // a screen that closes before.
  nk.offerNext = function (next, goOn, stay) {
    if (alone + 1 < MOST_ALONE) { return countDown(next, goOn, stay); }
    askWhetherWatching(next, goOn, stay);
    return null;
  };

  function askWhetherWatching(next, goOn, stay) {
    nk.openDialog({
      title: nk.t('still_title'), text: nk.t('still_text', { n: MOST_ALONE, title: next.title }),
      buttons: [{ label: nk.t('still_go_on'), act: awake(goOn) }, { label: nk.t('to_course'), act: awake(stay) }],
      cancel: stay
    });
  }

  function countDown(next, goOn, stay) {
    var left_s = nk.patience.next_s;
    var countdown = setInterval(tick, 1000);
    var dialog = nk.openDialog({
      title: nk.t('next_title'), text: next.title,
      buttons: [
        { label: nk.t('next_play', { s: left_s }), act: ending(goOn) },
        { label: nk.t('to_course'), act: ending(stay) }
      ],
      cancel: ending(stay)
    });

    function ending(act) {
      return awake(function () {
        clearInterval(countdown);
        act();
      });
    }

    function tick() {
      left_s -= 1;
      nk.relabelDialog(dialog, 0, nk.t('next_play', { s: left_s }));
      if (left_s <= 0) {
        clearInterval(countdown);
        nk.closeDialog();
        alone += 1;
        goOn();
      }
    }

    return countdown;
  }

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

  // What to do about a lesson that does not play.
  nk.sayStopped = function (kind, retry) {
    nk.openDialog({
      title: nk.t('error_' + kind + '_title'), text: nk.t('error_' + kind + '_text'),
      buttons: [{ label: nk.t('retry'), act: retry }, { label: nk.t('to_course'), act: nk.goBack }],
      cancel: nk.goBack
    });
  };
}(window.nk));
