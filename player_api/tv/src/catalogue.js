// The menu snapshot, indexed once: by number, by lesson, by category.
(function (nk) {
  'use strict';

  function greatOf(byId, id) {
    var category = byId[id];
    var steps = 0;
    // The limit guards against a loop in the tree.
    while (category && category.parent !== null && byId[category.parent] && steps < 9) {
      category = byId[category.parent];
      steps += 1;
    }
    return category;
  }

  function newestFirst(a, b) {
    return a.published_at < b.published_at ? 1 : a.published_at > b.published_at ? -1 : 0;
  }

  nk.indexMenu = function (menu) {
    var index = {
      version: menu.version, time_zone: menu.time_zone, media: menu.media || '/media/',
      courses: menu.courses || [], categories: menu.categories || [], byNumber: {}, byLesson: {}, category: {}, great: [], inCategory: {}
    };
    index.categories.forEach(function (category) {
      index.category[category.id] = category;
      index.inCategory[category.id] = [];
    });
    index.courses.forEach(function (course) {
      index.byNumber[course.number] = course;
      course.lessons.forEach(function (lesson, at) {
        index.byLesson[lesson.id] = { course: course, lesson: lesson, at: at };
      });
      if (index.inCategory[course.category]) { index.inCategory[course.category].push(course); }
    });
    index.great = index.categories.filter(function (category) {
      return greatOf(index.category, category.id) === category && nk.coursesUnder(index, category.id).length;
    });
    return index;
  };

  nk.children = function (index, id) {
    return index.categories.filter(function (category) { return category.parent === id; });
  };

  // The courses of a category and of everything below it.
  nk.coursesUnder = function (index, id) {
    return nk.children(index, id).reduce(function (all, child) {
      return all.concat(nk.coursesUnder(index, child.id));
    }, index.inCategory[id] || []);
  };

  nk.newest = function (index, count) {
    return index.courses.slice().sort(newestFirst).slice(0, count);
  };

  // Which of the four colours a course wears.
  nk.hueOf = function (index, categoryId) {
    var great = greatOf(index.category, categoryId);
    return great ? Math.max(0, index.great.indexOf(great)) % 4 : 0;
  };

  nk.pathOf = function (index, categoryId) {
    var category = index.category[categoryId];
    var great = greatOf(index.category, categoryId);
    if (!category) { return ''; }
    return great === category ? category.title : great.title + ' · ' + category.title;
  };

  nk.posterUrl = function (index, course, big) {
    if (!course.poster) { return null; }
    return index.media + (big ? course.poster.replace(/-small\.jpg$/, '.jpg') : course.poster);
  };

  nk.duration_s = function (course) {
    return course.lessons.reduce(function (sum, lesson) { return sum + (lesson.duration_s || 0); }, 0);
  };
}(window.nk));
