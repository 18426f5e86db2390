// Every text the page shows. Chinese is complete by definition; another language
// (english.js) must have the same keys: a test compares them. {name} marks a place to fill.
(function (nk) {
  'use strict';

  nk.strings = {
    zh: {
      brand: '农课',
      line_down: '网络断了',
      opening: '正在打开……',
      back: '返回',
      hint_number_before: '输入课程号',
      hint_number_after: '直接看课',
      hero_newest: '新课推荐',
      hero_resume: '上次学到这里',
      hero_play: '按“确定”看这门课',
      hero_continue: '按“确定”接着学',
      season: '{term} · 这个时节的农活',
      terms: '春分,清明,谷雨,立夏,小满,芒种,夏至,小暑,大暑,立秋,处暑,白露,秋分,寒露,霜降,立冬,小雪,大雪,冬至,小寒,大寒,立春,雨水,惊蛰',
      shelf_begun: '接着学',
      shelf_popular: '大家都在看',
      shelf_newest: '最新课程',
      search: '搜索',
      tile_mine: '我的',
      tile_hall: '集体学习',
      place: '第{n}课，看到{time}',
      place_new: '第{n}课',
      courses_count: '{n}门课',
      all: '全部',
      by_popular: '最多人看',
      by_newest: '最新',
      by_number: '课程号',
      goals: '学会什么',
      keep: '☆ 收藏',
      kept: '★ 已收藏',
      join: '加入集体',
      joined: '✓ 已加入',
      related: '相关课程',
      demo: '演示',
      number: '{n}号课',
      teacher: '老师：{name}',
      lessons_total: '共{n}课，{length}',
      lessons: '课程目录',
      play: '播放',
      play_lesson: '播放第{n}课',
      resume_lesson: '继续看第{n}课',
      play_again: '再看一遍',
      resume_at: '上次看到 {time}',
      watched: '已看完',
      watched_to: '看到{time}',
      no_lessons: '这门课还没有视频，请过几天再来。',
      hours_minutes: '{h}小时{m}分钟',
      minutes: '{m}分钟',
      minutes_seconds: '{m}分{s}秒',
      seconds: '{s}秒',
      date: '{month}月{day}日 {weekday}',
      weekdays: '周日,周一,周二,周三,周四,周五,周六',
      to_course: '回到课程',
      retry: '重试',
      leave_title: '要离开农课吗？',
      leave_text: '没看完的课会记住，下次接着学。',
      leave_stay: '继续学习',
      leave_go: '离开',
      left_title: '可以离开了',
      left_text: '请按遥控器上的“主页”键，回到电视首页。',
      ok: '知道了',
      number_title: '课程号',
      number_more_2: '再按两位数字',
      number_more_1: '再按一位数字',
      number_unknown: '没有{n}号课',
      number_unknown_text: '请看看课程卡，再输一次',
      error_menu_title: '课程没有打开',
      error_menu_text: '网络可能断了。\n请检查网线或机顶盒，然后按“确定”重试。',
      empty_title: '课程正在准备',
      empty_text: '现在还没有课程，请过一会儿再来看。',
      empty_again: '再看看',
      error_gone_title: '没有找到这一页',
      error_gone_text: '这门课可能已经下架。',
      to_home: '回到首页',
      error_network_title: '网络断了',
    }
  };

  // A part of the page brings its texts in a file of its own.
  nk.addTexts = function (zh, en) {
    var key;
    nk.strings.en = nk.strings.en || {};
    for (key in zh) { nk.strings.zh[key] = zh[key]; }
    for (key in en) { nk.strings.en[key] = en[key]; }
  };

  nk.languages = ['zh', 'en'];

  nk.language = 'zh';

  nk.t = function (key, places) {
    var table = nk.strings[nk.language] || nk.strings.zh;
    var text = table[key] === undefined ? nk.strings.zh[key] : table[key];
    return places ? nk.fill(text, places) : text;
  };

  nk.fill = function (text, places) {
    return text.replace(/\{(\w+)\}/g, function (whole, name) {
      return places[name] === undefined ? whole : String(places[name]);
    });
  };
}(window.nk = window.nk || {}));
