// What the player's panels offer: lessons and chapters below, settings above.
(function (nk) {
  'use strict';

  var SPEEDS = [[0.75, 'speed_slow'], [1, 'speed_normal'], [1.25, 'speed_fast'], [1.5, 'speed_faster']];
  // More do not stand side by side.
  var MOST_IN_ROW = 3;

  function lessonColumn(place, box, play) {
    return {
      title: nk.t('lessons'), box: box, at: place.at,
      rows: place.course.lessons.map(function (lesson, at) {
        return nk.panelRow([{
          number: at + 1, label: lesson.title, chosen: at === place.at,
          mark: at === place.at ? nk.t('playing_now') : nk.lessonMark(lesson), act: function () { play(lesson, at === place.at); }
        }]);
      })
    };
  }

  // The number of the chapter at that second, from 0; -1 before the first.
  nk.chapterAt = function (chapters, at_s) {
    var found = -1;
    chapters.forEach(function (chapter, at) { if (chapter.start_s <= at_s) { found = at; } });
    return found;
  };

  function chapterColumn(chapters, box, at_s, jump) {
    var now = nk.chapterAt(chapters, at_s);
    return {
      title: nk.t('player_chapters'), box: box, at: Math.max(0, now),
      rows: chapters.map(function (chapter, at) {
        return nk.panelRow([{
          number: at + 1, label: chapter.title, chosen: at === now,
          mark: nk.playTime(chapter.start_s), mark_px: 110, act: function () { jump(at); }
        }]);
      })
    };
  }

  // on: {play(lesson, isThis), jump(chapter number from 0)}.
  nk.lessonColumns = function (place, chapters, at_s, on) {
    var layout = nk.layout.player;
    var columns = [lessonColumn(place, layout.right_column, on.play)];
    if (chapters.length) { columns.unshift(chapterColumn(chapters, layout.left_column, at_s, on.jump)); }
    return columns;
  };

  function inRows(cells) {
    var rows = [], at;
    for (at = 0; at < cells.length; at += MOST_IN_ROW) { rows.push(nk.panelRow(cells.slice(at, at + MOST_IN_ROW))); }
    return rows;
  }

  // now: {speed (null where the box can't), captions: [tracks], caption, tracks: [of the player]}
  // on: {again(), fromStart(), speed(rate), caption(track or null), track(n, its name)}.
  nk.settingColumns = function (now, on) {
    var rows = [
      nk.panelRow([{ label: nk.t('last_seconds', { s: nk.AGAIN_S }), act: on.again }]),
      nk.panelRow([{ label: nk.t('from_start'), act: on.fromStart }])
    ];

    function group(title, cells, split) {
      rows.push(nk.panelHeading(title));
      rows = rows.concat(split ? inRows(cells) : [nk.panelRow(cells)]);
    }

    if (now.speed) {
      group(nk.t('player_speed'), SPEEDS.map(function (speed) {
        return { label: nk.t(speed[1]), chosen: speed[0] === now.speed, act: function () { on.speed(speed[0]); } };
      }));
    }
    if (now.captions.length) {
      group(nk.t('player_captions'), [null].concat(now.captions).map(function (track) {
        return {
          label: track ? track.name : nk.t('captions_off'), chosen: track === now.caption,
          act: function () { on.caption(track); }
        };
      }), true);
    }
    if (now.tracks.length > 1) {
      group(nk.t('player_sound'), now.tracks.map(function (track, n) {
        return { label: track.name || track.language || String(n + 1), chosen: track.on, act: function () { on.track(n, track.name); } };
      }), true);
    }
    return [{ title: nk.t('player_settings'), box: nk.layout.player.right_column, at: 0, rows: rows }];
  };
}(window.nk));
