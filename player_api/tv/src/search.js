// Search: keys on the left, what they find on the right, with every key and from the menu
// that the box keeps. The remote's digits type wherever the focus is.
(function (nk) {
  'use strict';

  var LONGEST = 12;
  var SETTLED_MS = 3000;
  var SHORTEST_MISS = 2;
  var MOST_SHOWN_FIRST = 24;

  var LAYOUT = {
    query: [64, 100, 396, 64],
    pad: [64, 180, 396], gap_px: 12, nine_px: 96, letters_px: 78, other_px: 72,
    found: [524, 100, 692, 48],
    view: [460, 150, 820, 570], pitch_px: 372
  };

  var settling = null;
  var miss = null; // what found nothing, until it is told
  var reported = {};

  nk.addTexts({
    search_hint: '拼音首字母或课程号',
    search_clear: '清空',
    search_erase: '删除',
    search_letters: '换成26个字母',
    search_nine: '换成九个键',
    search_found: '找到{n}门课',
    search_none: '没有找到，看看这些课：'
  }, {
    search_hint: 'Initials or number',
    search_clear: 'Clear',
    search_erase: 'Erase',
    search_letters: 'All 26 letters',
    search_nine: 'Nine keys',
    search_found: '{n} courses found',
    search_none: 'Nothing found. Look at these:'
  });

  // 'y z erase:2' → keys from left to right, with their place and width in columns.
  function keysOf(line) {
    var column = 0;
    return line.split(' ').map(function (word) {
      var parts = word.split(':');
      var key = { name: parts[0], column: column, columns: +parts[1] || 1 };
      column += key.columns;
      return key;
    });
  }

  var PADS = {
    nine: {
      columns: 3, height_px: LAYOUT.nine_px,
      rows: ['1 2abc 3def', '4ghi 5jkl 6mno', '7pqrs 8tuv 9wxyz', 'clear 0 erase', 'letters:3'].map(keysOf)
    },
    letters: {
      columns: 6, height_px: LAYOUT.letters_px,
      rows: ['a b c d e f', 'g h i j k l', 'm n o p q r', 's t u v w x', 'y z clear:2 erase:2', 'nine:6'].map(keysOf)
    }
  };

  // nk.padOf(parent, pad, memory, press): memory keeps {row, column}.
  function drawPad(parent, pad, memory, press) {
    var unit_px = (LAYOUT.pad[2] + LAYOUT.gap_px) / pad.columns;
    var top_px = LAYOUT.pad[1];
    var nodes = pad.rows.map(function (row, r) {
      var height_px = (r === pad.rows.length - 1 ? LAYOUT.other_px : pad.height_px) - LAYOUT.gap_px;
      var made = row.map(function (key) {
        var named = key.name.length > 1 && !/^\d/.test(key.name);
        var node = nk.button(parent, 'pad-key', [
          LAYOUT.pad[0] + key.column * unit_px, top_px, key.columns * unit_px - LAYOUT.gap_px, height_px
        ], null, function () { go(r, key.column); press(key.name); });
        var sign = nk.make(node, named ? 'pad-word' : 'pad-sign', null, named ? nk.t('search_' + key.name) : key.name.charAt(0).toUpperCase());
        if (key.name.length > 1 && !named) {
          nk.make(node, 'pad-letters', null, key.name.slice(1).toUpperCase());
        } else {
          sign.style.lineHeight = height_px + 'px';
        }
        return node;
      });
      top_px += height_px + LAYOUT.gap_px;
      return made;
    });

    function at(row) {
      var found = 0;
      pad.rows[row].forEach(function (key, k) { if (key.column <= memory.column) { found = k; } });
      return found;
    }

    function go(row, column) {
      memory.row = row;
      memory.column = column;
    }

    if (!pad.rows[memory.row]) { go(1, 1); }
    return {
      draw: function (focused) {
        nodes.forEach(function (row, r) {
          row.forEach(function (node, k) { nk.mark(node, 'on', focused && r === memory.row && k === at(r)); });
        });
      },
      // False when the focus can't go there on the pad.
      move: function (action) {
        var k = at(memory.row);
        var row = pad.rows[memory.row];
        var next = row[k + (action === 'right' ? 1 : -1)];
        if (action === 'up' || action === 'down') {
          memory.row = nk.clamp(memory.row + (action === 'up' ? -1 : 1), 0, pad.rows.length - 1);
          return true;
        }
        if (next) { memory.column = next.column; }
        return !!next;
      },
      press: function () { press(pad.rows[memory.row][at(memory.row)].name); },
      remove: function () { nodes.forEach(function (row) { row.forEach(nk.remove); }); }
    };
  }

  // What nobody's course answers is told once, when the viewer has stopped typing.
  function reportMiss(query) {
    if (query.length < SHORTEST_MISS || reported[query]) { return; }
    reported[query] = true;
    nk.errand('search.' + query, 'POST', 'searches', {
      searches: [{ id: nk.uuid7(Date.now()), q: query, at: Math.round(nk.now_ms()), found: 0 }]
    });
  }

  function tellMiss() {
    clearTimeout(settling);
    if (miss) { reportMiss(miss); }
    miss = null;
  }

  nk.screens.search = function (page, argument, memory) {
    var index = nk.index;
    var popular = nk.popular(index, MOST_SHOWN_FIRST);
    var suggested = popular.length ? popular : nk.sorted(index, 'newest').slice(0, MOST_SHOWN_FIRST);
    var line = nk.make(page, 'query', LAYOUT.query);
    var title = nk.make(page, 'shelf-title', LAYOUT.found);
    var pad, results;

    index.finder = index.finder || nk.makeFinder(nk.sorted(index, 'popular'));
    memory.query = memory.query || '';
    memory.results = memory.results || { away: true };

    function gridOf(courses) {
      var large = nk.large;
      return { courses: courses, columns: large ? 1 : 2, pitch_px: LAYOUT.pitch_px };
    }

    function found() {
      var courses = memory.query ? index.finder(memory.query) : [];
      clearTimeout(settling);
      miss = courses.length ? null : memory.query;
      if (miss) { settling = setTimeout(tellMiss, SETTLED_MS); }
      nk.write(line, memory.query ? memory.query.toUpperCase() : nk.t('search_hint'));
      nk.mark(line, 'empty', !memory.query);
      nk.write(title, courses.length ? nk.t('search_found', { n: courses.length })
        : nk.t(memory.query ? 'search_none' : popular.length ? 'shelf_popular' : 'shelf_newest'));
      return gridOf(courses.length ? courses : suggested);
    }

    function put(query) {
      memory.query = query.slice(0, LONGEST);
      memory.results.band = 0;
      memory.results.at = {};
      results.setGrid(found());
    }

    function press(name) {
      if (name === 'letters' || name === 'nine') {
        memory.pad = name;
        memory.row = -1;
        usePad();
      } else if (name === 'clear') {
        put('');
      } else if (name === 'erase') {
        put(memory.query.slice(0, -1));
      } else {
        put(memory.query + name.charAt(0));
      }
      focus(true);
    }

    function usePad() {
      if (pad) { pad.remove(); }
      pad = drawPad(page, PADS[memory.pad] || PADS.nine, memory, press);
    }

    function focus(onPad) {
      memory.results.away = onPad || results.empty();
      pad.draw(memory.results.away);
      results.draw();
    }

    nk.screenHeader(page, nk.t('search'));
    usePad();
    results = nk.bands(page, [], memory.results, function (band, at) {
      memory.results.away = false;
      nk.go('#/course/' + band.courses[at].number);
    }, found(), LAYOUT.view);
    focus(memory.results.away);

    return {
      digit: function (digit) {
        put(memory.query + digit);
        return true;
      },
      key: function (action) {
        if (action === 'back') {
          // The next search begins anew.
          memory.query = '';
          memory.results = null;
          return false;
        }
        if (!memory.results.away) {
          if (action === 'left' && results.atLeft()) { focus(true); } else { results.key(action); }
        } else if (action === 'ok') {
          pad.press();
        } else if (/^(left|right|up|down)$/.test(action)) {
          focus(pad.move(action) || action !== 'right');
        }
        return true;
      },
      close: tellMiss
    };
  };
}(window.nk));
