// Which of the 24 solar terms it is, by which farmers in China tell the season, and the
// courses whose work falls into this month.
(function (nk) {
  'use strict';

  var DAY_MS = 86400000;
  var CHINA_MS = 8 * 3600000;
  var J2000_MS = 946728000000;
  var DEGREE = Math.PI / 180;

  // 0 is the spring equinox. The sun's longitude by the short formula of the Astronomical
  // Almanac, good to 0.01° (a quarter of an hour) until 2050, at the end of the day in China:
  // a term's day is called by its name from midnight on.
  nk.solarTerm = function (now_ms) {
    var end_ms = (Math.floor((now_ms + CHINA_MS) / DAY_MS) + 1) * DAY_MS - CHINA_MS;
    var days = (end_ms - J2000_MS) / DAY_MS;
    var anomaly = (357.528 + 0.9856003 * days) * DEGREE;
    var longitude = 280.46 + 0.9856474 * days + 1.915 * Math.sin(anomaly) + 0.02 * Math.sin(2 * anomaly);
    return Math.floor((longitude % 360) / 15);
  };

  nk.termName = function (now_ms) { return nk.t('terms').split(',')[nk.solarTerm(now_ms)]; };

  // Those that the neighbours watch first, then work of few months before work of many. Made once
  // for a month and what is watched most.
  nk.seasonCourses = function (index, now_ms) {
    var month = new Date(now_ms + CHINA_MS).getUTCMonth() + 1;
    var rank = nk.ranks();
    if (!index.season || index.season.month !== month || index.season.rank !== rank) {
      index.season = { month: month, rank: rank, courses: inMonth(index, month, rank) };
    }
    return index.season.courses;
  };

  function inMonth(index, month, rank) {
    return nk.sorted(index, 'number').filter(function (course) {
      return (course.months || []).indexOf(month) >= 0;
    }).sort(function (a, b) {
      return (rank[a.number] || 1e9) - (rank[b.number] || 1e9) || a.months.length - b.months.length ||
        (a.number < b.number ? -1 : 1);
    });
  }
}(window.nk));
