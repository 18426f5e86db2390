// The village watches together: the hall's playlist, and how many people are present. The
// mode lasts for the visit, and ends by itself when nothing has played for a while, so that
// the next day's household is not counted as a village.
(function (nk) {
  'use strict';

  var IDLE_MS = 45 * 60 * 1000;
  // A lesson that stands still on the screen is being talked about, but not until tomorrow.
  var LESSON_IDLE_MS = 2 * 60 * 60 * 1000;
  // Longer than any visit: the clock was set right meanwhile.
  var JUMP_MS = 30 * 24 * 60 * 60 * 1000;
  var MOST_COURSES = 50; // as the server takes

  var mode = nk.visit_store.read('hall') || {}; // {people, on, at_ms, also: a course not on the list}

  function save() {
    mode.at_ms = Date.now();
    nk.visit_store.write('hall', mode);
    nk.mark(nk.stage, 'hall', mode.on);
  }

  nk.hallOn = function () {
    var idle_ms = Math.abs(Date.now() - mode.at_ms);
    if (!mode.on) { return false; }
    if (idle_ms > JUMP_MS) {
      save();
    } else if (idle_ms > (/^#\/play/.test(nk.shownAddress()) ? LESSON_IDLE_MS : IDLE_MS)) {
      nk.endHall();
    }
    return mode.on;
  };

  function isOurs(course) {
    return nk.settings.hall.indexOf(course.number) >= 0 || mode.also === course.number;
  }

  // How many watch what is shown.
  nk.peopleHere = function () {
    var address = nk.parseAddress(nk.shownAddress());
    var place = address.name === 'play' && nk.index.byLesson[address.argument];
    return nk.hallOn() && (!place || isOurs(place.course)) ? mode.people || 0 : 0;
  };

  // Told with every event of a play.
  nk.people = function () {
    var people = nk.peopleHere();
    if (people) { save(); }
    return people;
  };

  // By a number or a coloured key one comes to courses that are not on the list, and who plays
  // one may be a household that came home: asked once, and nobody is counted until it is said.
  nk.askWhoWatches = function (course) {
    if (!nk.hallOn() || isOurs(course)) { return; }
    nk.askToEndHall(function () { return; }, function () {
      mode.also = course.number;
      save();
    });
  };

  nk.peopleTyped = function () { return mode.people || 0; };

  nk.setPeople = function (people) {
    mode.people = people;
    save();
  };

  nk.startHall = function () {
    mode.on = true;
    save();
  };

  nk.endHall = function () {
    mode.on = false;
    save();
  };

  nk.hallCourses = function () {
    return nk.settings.hall.map(function (number) {
      return nk.index.byNumber[number];
    }).filter(function (course) { return course && course.lessons.length; });
  };

  // True when the list takes no further course; that is said.
  nk.hallFull = function () {
    if (nk.settings.hall.length < MOST_COURSES) { return false; }
    nk.openDialog({
      title: nk.t('hall_full'), text: nk.t('hall_full_text', { n: MOST_COURSES }),
      buttons: [{ label: nk.t('ok'), act: function () { return; } }]
    });
    return true;
  };

  function lessons() {
    return nk.hallCourses().reduce(function (all, course) { return all.concat(course.lessons); }, []);
  }

  // The id of the lesson after that one in the playlist; null at its end and without hall.
  nk.hallNext = function (lessonId) {
    var all, at;
    if (!nk.hallOn()) { return null; }
    all = lessons();
    for (at = 0; at < all.length - 1; at += 1) {
      if (String(all[at].id) === String(lessonId)) { return all[at + 1].id; }
    }
    return null;
  };

  // Where the hall goes on: the lesson seen last, or the one after it.
  nk.hallResume = function () {
    var all = lessons(), last = -1, latest_ms = 0;
    all.forEach(function (lesson, at) {
      var seen = nk.progressOf(lesson.id);
      if (seen && seen.at_ms >= latest_ms) { last = at; latest_ms = seen.at_ms; }
    });
    if (last >= 0 && nk.progressOf(all[last].id).done) { last += 1; }
    return all[Math.max(0, last) % (all.length || 1)];
  };

  nk.mark(nk.stage, 'hall', mode.on);

  // Home is a way out of the hall as well: asked once, then done. Over a question it is the
  // answer to all.
  nk.addLayer(function (action) {
    if (action !== 'home' || !nk.index || !nk.hallOn()) { return false; }
    nk.closeNumber();
    if (nk.dialogOpen()) {
      nk.closeDialog();
      nk.goHome(); // what was watched until now was still the village's
      nk.endHall();
    } else {
      nk.askToEndHall(nk.goHome);
    }
    return true;
  });

  // stay(), when given, is what going on with the hall does.
  nk.askToEndHall = function (then, stay) {
    stay = stay || function () { return; };
    nk.openDialog({
      title: nk.t('hall_end_title'), text: nk.t('hall_end_text'),
      buttons: [
        { label: nk.t('hall_stay'), act: stay },
        { label: nk.t('hall_end'), act: function () { nk.endHall(); then(); } }
      ],
      cancel: stay
    });
  };
}(window.nk));
