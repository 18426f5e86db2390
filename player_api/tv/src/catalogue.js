// The menu snapshot, indexed once: by number, by lesson, by category, by each order.
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

  nk.indexMenu = function (menu) {
    var index = {
      version: menu.version, time_zone: menu.time_zone, media: menu.media || '/media/',
      courses: menu.courses || [], categories: menu.categories || [],
      byNumber: {}, byLesson: {}, category: {}, great: [], sorted: {}, under: {}
    };
    var filled = {};
    index.categories.forEach(function (category) { index.category[category.id] = category; });
    index.courses.forEach(function (course) {
      var great = greatOf(index.category, course.category);
      index.byNumber[course.number] = course;
      course.lessons.forEach(function (lesson, at) {
        index.byLesson[lesson.id] = { course: course, lesson: lesson, at: at };
      });
      if (great) { filled[great.id] = true; }
    });
    index.great = index.categories.filter(function (category) { return filled[category.id]; });
    return index;
  };

  nk.children = function (index, id) {
    return index.categories.filter(function (category) { return category.parent === id; });
  };

  var ORDERS = {
    number: function (a, b) { return a.number < b.number ? -1 : 1; },
    newest: function (a, b) {
      return a.published_at < b.published_at ? 1 : a.published_at > b.published_at ? -1 : ORDERS.number(a, b);
    },
    popular: function (a, b) {
      var ranks = nk.ranks();
      return (ranks[a.number] || 1e9) - (ranks[b.number] || 1e9) || ORDERS.number(a, b);
    }
  };

  // All courses in an order; each is made once.
  nk.sorted = function (index, order) {
    index.sorted[order] = index.sorted[order] || index.courses.slice().sort(ORDERS[order]);
    return index.sorted[order];
  };

  // The courses of a category and of everything below it; each list is made once.
  nk.coursesUnder = function (index, id, order) {
    var all = nk.sorted(index, order || 'number');
    var name = (order || 'number') + ' ' + id;
    var under = {};
    function add(category) {
      if (under[category]) { return; }
      under[category] = true;
      nk.children(index, category).forEach(function (child) { add(child.id); });
    }
    if (!index.under[name] || index.under[name].of !== all) {
      add(id);
      index.under[name] = { of: all, courses: all.filter(function (course) { return under[course.category]; }) };
    }
    return index.under[name].courses;
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

  // Where its picture may lie, the fittest first: packages of earlier releases have no medium one,
  // and the large one takes four times the memory.
  nk.posterUrls = function (index, course, big) {
    if (!course.poster) { return []; }
    return (big ? ['-medium.jpg', '.jpg'] : ['-small.jpg']).map(function (ending) {
      return index.media + course.poster.replace(/-small\.jpg$/, ending);
    });
  };

  nk.duration_s = function (course) {
    return course.lessons.reduce(function (sum, lesson) { return sum + (lesson.duration_s || 0); }, 0);
  };
}(window.nk));
