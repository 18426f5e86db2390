// Durations, dates and clock times as people read them.
(function (nk) {
  'use strict';

  function two(n) { return (n < 10 ? '0' : '') + n; }

  // 62 → "1:02"
  nk.playTime = function (seconds) {
    var s = Math.max(0, Math.floor(seconds || 0));
    var hours = Math.floor(s / 3600);
    var minutes = Math.floor(s / 60) % 60;
    return (hours ? hours + ':' + two(minutes) : minutes) + ':' + two(s % 60);
  };

  nk.spokenTime = function (seconds) {
    var s = Math.max(0, Math.round(seconds || 0));
    var m = Math.round(s / 60);
    if (m >= 60) { return nk.t('hours_minutes', { h: Math.floor(m / 60), m: m % 60 }); }
    if (s < 60) { return nk.t('seconds', { s: s }); }
    if (s >= 600 || s % 60 === 0) { return nk.t('minutes', { m: m }); }
    return nk.t('minutes_seconds', { m: Math.floor(s / 60), s: s % 60 });
  };

  // Box time zones are often wrong; China has one, without summer time.
  nk.wallClock = function (now_ms, timeZone) {
    var china = timeZone === 'Asia/Shanghai';
    var at = new Date(china ? now_ms + 8 * 3600000 : now_ms);
    var weekday = china ? at.getUTCDay() : at.getDay();
    return {
      time: china ? two(at.getUTCHours()) + ':' + two(at.getUTCMinutes())
        : two(at.getHours()) + ':' + two(at.getMinutes()),
      date: nk.t('date', {
        month: (china ? at.getUTCMonth() : at.getMonth()) + 1,
        day: china ? at.getUTCDate() : at.getDate(),
        weekday: nk.t('weekdays').split(',')[weekday]
      })
    };
  };
}(window.nk));
